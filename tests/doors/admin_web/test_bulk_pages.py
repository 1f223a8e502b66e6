"""The bulk administration's pages: asking for jobs, following them, fetching results, and who may (BL-1)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from roamline.rooms.bulk import files, running, service
from roamline.rooms.bulk.models import Job
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import AuditEntry
from tests.doors.admin_web import pages

BULK = "/admin/tables/"
ROWS = b"user_id,first_name\nnewcomer,Ann\nBad Id,x\n"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs' files of this test alone."""
    monkeypatch.setattr(files, "folder", lambda: tmp_path)


def ask(client: Client, how: str = "valid", content: bytes = ROWS, table: str = "users") -> Any:
    """Send a table."""
    file = SimpleUploadedFile("people.csv", content)
    return client.post(f"{BULK}import/", {"table": table, "how": how, "file": file})


def work() -> Job:
    """Do the job that waits."""
    job = service.claim("here", timezone.now() + timedelta(seconds=1))
    assert job is not None
    return running.run(running.Work(job, timezone.now))


@pytest.mark.proves("BL-1")
def test_an_import_is_followed_to_its_result(small_site: Any, admin: Client) -> None:
    response = ask(admin)
    assert response.status_code == 302
    job = Job.objects.get()
    progress = admin.get(f"/admin/bulk/job/{job.pk}/progress/").json()
    assert (progress["state"], progress["percent"], progress["rows"]) == ("waiting", 0, 2)
    assert "Cancel the job" in pages.text_of(admin.get(response.url))
    assert admin.get(f"/admin/bulk/job/{job.pk}/result/").status_code == 404
    work()
    text = pages.text_of(admin.get(response.url))
    for said in ("Done 1", "Refused 1", "Refused rows", "3 Bad Id save user_id: Give 1 to 128", "Download the result"):
        assert said in text
    result = b"".join(admin.get(f"/admin/bulk/job/{job.pk}/result/").streaming_content).decode()  # type: ignore[attr-defined]
    assert "2,newcomer,save,done," in result
    assert Account.objects.filter(user_id="newcomer").exists()
    entry = AuditEntry.objects.get(action="job.import")
    assert (entry.actor, entry.way, entry.source) == ("admin", "administrator", "127.0.0.1")
    assert "people.csv" in pages.text_of(admin.get("/admin/bulk/job/"))


@pytest.mark.proves("BL-1")
def test_a_check_changes_nothing_and_the_page_says_would(small_site: Any, admin: Client) -> None:
    response = ask(admin, "dry_run")
    work()
    assert "Would be done 1" in pages.text_of(admin.get(response.url))
    assert not Account.objects.filter(user_id="newcomer").exists()


def test_a_file_that_is_no_such_table_is_refused_at_its_field(small_site: Any, admin: Client) -> None:
    text = pages.text_of(ask(admin, content=b"name\nx\n"))
    assert "the first row must name the columns user_id" in text
    assert not Job.objects.exists()


@pytest.mark.proves("BL-1")
def test_an_export_is_downloaded_under_its_name(small_site: Any, admin: Client) -> None:
    response = admin.post(f"{BULK}export/", {"table": "phones", "as": "xlsx"})
    job = work()
    assert response.url == f"/admin/bulk/job/{job.pk}/change/"
    answer = admin.get(f"/admin/bulk/job/{job.pk}/result/")
    assert answer["Content-Disposition"] == 'attachment; filename="phones.xlsx"'
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    refused = admin.post(f"{BULK}export/", {"table": "log_outs"})
    assert "no such table" in pages.messages_of(admin, refused)


@pytest.mark.proves("BL-1")
def test_a_job_is_cancelled_from_its_page(small_site: Any, admin: Client) -> None:
    ask(admin)
    job = Job.objects.get()
    response = admin.post(f"/admin/bulk/job/{job.pk}/cancel/")
    assert "The job is cancelled" in pages.messages_of(admin, response)
    assert service.claim("here", timezone.now()) is None


def test_an_empty_table_has_the_columns(small_site: Any, reader: Client) -> None:
    answer = reader.get(f"{BULK}template/profile_associations.csv")
    assert answer.content == b"user_id,profile,default,action\r\n"
    assert reader.get(f"{BULK}template/nonsense.csv").status_code == 404


@pytest.mark.proves("AD-1")
def test_only_administrators_ask_for_jobs_and_the_help_desk_sees_none(
    small_site: Any, admin: Client, reader: Client, dana: Client
) -> None:
    ask(admin)
    job = Job.objects.get()
    for client in (reader, dana):
        assert ask(client).status_code == 403
        assert client.post(f"{BULK}export/", {"table": "users"}).status_code == 403
        assert client.post(f"/admin/bulk/job/{job.pk}/cancel/").status_code == 403
    assert reader.get(f"/admin/bulk/job/{job.pk}/change/").status_code == 200
    for address in (BULK, "/admin/bulk/job/", f"/admin/bulk/job/{job.pk}/change/", f"{BULK}template/users.csv",
                    f"/admin/bulk/job/{job.pk}/progress/", f"/admin/bulk/job/{job.pk}/result/"):  # fmt: skip
        assert dana.get(address).status_code == 403
        assert Client().get(address).status_code == 302
    assert Job.objects.count() == 1


def test_a_job_is_called_by_its_table_and_whoever_asks_to_cancel_it_can_go_back(small_site: Any, admin: Client) -> None:
    asked = ask(admin, "dry_run").url
    assert "Import: End users (only checked)" in pages.text_of(admin.get(BULK))
    assert "Cancel the job Back" in pages.text_of(admin.get(asked.replace("/change/", "/cancel/")))
    assert f'href="{BULK}?table=users"' in admin.get(asked).content.decode()
