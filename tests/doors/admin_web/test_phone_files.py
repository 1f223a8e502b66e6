"""Files for phones: uploaded, listed, deleted, each refusal at its field; a phone whose locale's files are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones import files
from roamline.rooms.phones.models import PhoneFile
from tests.doors.admin_web import pages

PAGE, UPLOAD, DELETE = "/admin/phone-files/", "/admin/phone-files/upload/", "/admin/phone-files/delete/"
KOREAN = "Korean_Korea_Republic"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "files"
    monkeypatch.setattr(files, "folder", lambda: place)
    return place


def upload(client: Client, file: str, content: bytes = b"content", **fields: Any) -> Any:
    return client.post(UPLOAD, {"file": SimpleUploadedFile(file, content), **fields})


def content_of(name: str) -> bytes | None:
    opened = files.open_file(name)
    if opened is None:
        return None
    with opened:
        return opened.read()


def refused(response: Any) -> dict[str, list[str]]:
    """The fields that were refused, and why."""
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["form"].errors
    for reasons in found.values():
        assert all(reason in pages.text_of(response) for reason in reasons)
    return found


@pytest.mark.proves("EM-13")
def test_an_uploaded_file_is_listed_and_served_until_it_is_deleted(small_site: Any, admin: Client) -> None:
    assert "None yet" in pages.text_of(admin.get(PAGE))
    text = pages.messages_of(admin, upload(admin, "be-sip.jar", b"texts", folder=KOREAN))
    for said in (f"{KOREAN}/be-sip.jar is uploaded: Locale", f"{KOREAN}/be-sip.jar Locale 5 bytes", "admin"):
        assert said in text
    assert content_of(f"{KOREAN}/be-sip.jar") == b"texts"
    asks = admin.get(DELETE, {"name": f"{KOREAN}/be-sip.jar"})
    assert f"{KOREAN}/be-sip.jar" in pages.text_of(asks)
    assert content_of(f"{KOREAN}/be-sip.jar") == b"texts"
    gone = admin.post(f"{DELETE}?name={KOREAN}%2Fbe-sip.jar")
    assert "is deleted" in pages.messages_of(admin, gone)
    assert content_of(f"{KOREAN}/be-sip.jar") is None
    entries = AuditEntry.objects.filter(subject=f"{KOREAN}/be-sip.jar").order_by("id")
    assert [(e.action, e.actor) for e in entries] == [
        ("phone_file.uploaded", "admin"), ("phone_file.deleted", "admin"),
    ]  # fmt: skip


def test_a_file_may_get_another_name_and_replace_an_earlier_one(small_site: Any, admin: Client) -> None:
    upload(admin, "Chime.raw", b"one")
    upload(admin, "new chime.raw", b"two", name="Chime.raw")
    assert content_of("Chime.raw") == b"two"
    assert PhoneFile.objects.count() == 1


@pytest.mark.proves("EM-13")
@pytest.mark.parametrize(
    ("file", "fields", "field", "said"),
    [
        ("my tone.raw", {}, "name", "A name has 1 to 128 of"),
        ("SEP0011AA220001.cnf.xml", {}, "name", "Roamline makes a file of this name itself"),
        ("x.xml", {"name": "XMLDefault.cnf.xml"}, "name", "Roamline makes a file of this name itself"),
        ("be-sip.jar", {"folder": "a/b/c"}, "folder", "Folders are a locale's"),
        ("be-sip.jar", {"folder": "../up"}, "folder", "A name has 1 to 128 of"),
        ("be-sip.jar", {"folder": "x" * 129}, "folder", "at most 128 characters"),
    ],
)
def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(
    file: str, fields: dict[str, Any], field: str, said: str, small_site: Any, admin: Client
) -> None:
    response = upload(admin, file, **fields)
    assert list(refused(response)) == [field]
    assert said in pages.text_of(response)
    values = pages.form_values(response, "upload_form")
    assert values.get("folder", "") == fields.get("folder", "")
    if field == "name":
        assert values["name"] == fields.get("name", file)
    assert not PhoneFile.objects.exists()


def test_a_file_over_the_limit_is_refused_at_the_field_and_the_earlier_one_stays(
    small_site: Any, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "size_limit", lambda: 2**20)
    upload(admin, "a.raw", b"first")
    response = upload(admin, "a.raw", bytes(2**20 + 1))
    assert refused(response)["file"] == ["The file is larger than 1 MiB."]
    assert content_of("a.raw") == b"first"
    assert refused(upload(admin, "b.raw", b""))["file"]
    assert refused(admin.post(UPLOAD, {"folder": KOREAN}))["file"] == ["This field is required."]


def test_files_are_found_by_a_part_of_their_name(small_site: Any, admin: Client) -> None:
    for name in ("Chime.raw", "Bell.raw"):
        upload(admin, name)
    found = admin.get(PAGE, {"q": "chi"}).context["page"].object_list
    assert [file.name for file, _kind in found] == ["Chime.raw"]
    assert "No file's name contains this" in pages.text_of(admin.get(PAGE, {"q": "gong"}))


def test_who_may_only_look_sees_the_files_and_changes_none(small_site: Any, admin: Client, reader: Client) -> None:
    upload(admin, "Chime.raw")
    page = reader.get(PAGE)
    assert "Chime.raw" in pages.text_of(page)
    assert "upload_form" not in page.content.decode()
    assert DELETE not in page.content.decode()
    assert upload(reader, "Bell.raw").status_code == 403
    assert reader.post(f"{DELETE}?name=Chime.raw").status_code == 403
    assert content_of("Chime.raw") == b"content"
    assert Client().get(PAGE).status_code == 302


def test_a_file_that_somebody_else_deleted_meanwhile_is_said_to_be_gone(small_site: Any, admin: Client) -> None:
    assert admin.get(DELETE, {"name": "x.raw"}).status_code == 404
    assert "no such file any more" in pages.messages_of(admin, admin.post(f"{DELETE}?name=x.raw"))


def test_the_navigation_leads_here(small_site: Any, admin: Client) -> None:
    page = admin.get(reverse("admin:index")).content.decode()
    assert f'href="{PAGE}"' in page
    assert 'href="/admin/phones-that-asked/"' in page


@pytest.mark.proves("EM-13")
def test_a_phones_page_says_that_files_of_its_locale_are_missing(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(1)
    assert "Files of its locale are missing" not in pages.text_of(admin.get(pages.address_of(phone)))
    phone.own_profile.user_locale = "ko"
    phone.own_profile.save()
    [missing] = files.missing_locale_files(phone)
    assert f"Files of its locale are missing: {missing}" in pages.text_of(admin.get(pages.address_of(phone)))
    place, _slash, file = missing.rpartition("/")
    assert upload(admin, file, folder=place).status_code == 302
    assert "Files of its locale are missing" not in pages.text_of(admin.get(pages.address_of(phone)))
