"""Tables in bulk: what each row does, why one is refused, and that nothing is half done (BL-1)."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from roamline.kernel.secret import Secret
from roamline.platform import pace
from roamline.rooms.bulk import files, running, service
from roamline.rooms.bulk.models import Job
from roamline.rooms.bulk.tables import NAMES, TABLES
from roamline.rooms.directory import store
from roamline.rooms.directory.authentication import Verdict, check_pin
from roamline.rooms.directory.models import Account, ControlledProfile, PhoneOwner
from roamline.rooms.ledger.changes import Author
from roamline.rooms.ledger.models import AuditEntry, Effect
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.catalogue import emcc_base_phone
from roamline.rooms.phones.models import Button, DeviceProfile, Phone
from scripts import compile_translations
from tests.support import factories

compile_translations.main()

NOW = datetime(2030, 5, 17, 9, 30, tzinfo=UTC)
AUTHOR = Author("boss", "administrator", "192.0.2.7")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs' files of this test alone."""
    monkeypatch.setattr(files, "folder", lambda: tmp_path)


def asked(table: str, text: str | bytes, **options: Any) -> Job:
    """A job that waits."""
    content = BytesIO(text if isinstance(text, bytes) else text.encode())
    return service.ask_for_import(table, content, file_name="table.csv", author=AUTHOR, now=NOW, **options)


def done(job: Job, **options: Any) -> Job:
    """Work on a job to its end."""
    claimed = service.claim("here", NOW, only=job.pk)
    assert claimed is not None
    return running.run(running.Work(claimed, lambda: NOW, **options))


def imported(table: str, text: str, **options: Any) -> Job:
    """Ask for an import and do it."""
    return done(asked(table, text, **options))


def reasons(job: Job) -> dict[int, str]:
    """Why which rows were refused."""
    return {int(row["row"]): row["reason"] for row in running.refused_rows(job, 100)}


def counts(job: Job) -> tuple[int, int, int]:
    """How many rows were done, unchanged, refused."""
    return job.rows_done, job.rows_unchanged, job.rows_refused


USERS = """user_id,first_name,primary_extension,pin,active
new1,Ann,1401/Internal,90817,yes
new2,Bea,,11111,
Bad Id,x,,,
new1,again,,,
new3,Cy,1403/Nowhere,,
new4,Di,,,maybe
alice,Alicia,,,
"""


def test_a_refusal_is_read_in_the_language_of_whoever_reads_it() -> None:
    factories.user("alice")
    factories.number("1000")
    job = imported("users", USERS, all_or_nothing=True)
    in_english = reasons(job)
    with override("ko"):
        assert job.trouble == "거부된 행 때문에 아무것도 변경하지 않았습니다"
        in_korean, file = reasons(job), "".join(running.result_lines(job))
    assert in_korean[4] == "user_id: a-z 0-9 . _ @ - (소문자)로 1~128자를 지정하십시오."
    assert in_korean[6] == "파티션 'Nowhere'이(가) 없습니다. 번호는 1001/Partition처럼 쓰십시오"
    assert in_korean[7] == "active은(는) yes 또는 no입니다"
    assert set(in_korean) == set(in_english)
    assert in_korean[3] in file
    assert file.splitlines()[0] == "row,what,action,outcome,reason"
    assert job.trouble == job.problem == "nothing was changed, because of the refused rows"


@pytest.mark.proves("BL-1")
def test_users_are_added_and_changed_and_each_refused_row_says_why() -> None:
    factories.number("1000")
    alice = factories.user("alice", first_name="Alice", last_name="Archer")
    job = imported("users", USERS)
    assert counts(job) == (2, 0, 5)
    said = reasons(job)
    assert "too easy to guess" in said[3]
    assert "user_id: Give 1 to 128" in said[4]
    assert said[5] == "an earlier row is about the same"
    assert "there is no partition 'Nowhere'" in said[6]
    assert said[7] == "active is yes or no"
    assert set(Account.objects.values_list("user_id", flat=True)) == {"new1", "alice"}
    new, changed = Account.objects.get(user_id="new1"), Account.objects.get(pk=alice.pk)
    assert (new.primary_extension.pattern, changed.first_name, changed.last_name) == ("1401", "Alicia", "Archer")  # type: ignore[union-attr]
    assert check_pin(store.by_user_id("new1"), Secret("90817"), NOW).verdict is Verdict.RIGHT
    entry = AuditEntry.objects.get(action="end_user.changed")
    assert (entry.actor, entry.way, entry.source, entry.user_id) == ("boss", "administrator", "192.0.2.7", "alice")
    assert entry.details["changes"] == {"first_name": {"before": "Alice", "after": "Alicia"}}
    assert "90817" not in files.result_of(job).read_text()
    assert not files.upload_of(job).exists(), "the uploaded PINs are gone"


@pytest.mark.proves("BL-1")
def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    factories.number("1000")
    factories.user("alice")
    entries = AuditEntry.objects.count()
    job = imported("users", USERS, dry_run=True)
    assert counts(job) == (2, 0, 5)
    assert Account.objects.count() == 1
    assert [e.action for e in AuditEntry.objects.order_by("id")[entries:]] == ["job.import", "job.done"]


def test_all_or_nothing_does_nothing_when_a_row_is_refused() -> None:
    factories.number("1000")
    job = imported("users", USERS, all_or_nothing=True)
    assert job.problem == running.REFUSED_FIRST
    assert not Account.objects.exists()
    assert imported("users", "user_id\na\nb\n", all_or_nothing=True).rows_done == 2


def test_a_refused_row_leaves_nothing_behind() -> None:
    factories.model()
    factories.device_pool()
    factories.number("1000")
    job = imported(
        "phones", "name,model,device_pool,lines,owner\nSEP0011AA22AA01,Cisco 8851,Lobby,1500/Internal,nobody\n"
    )
    assert reasons(job) == {2: "there is no end user 'nobody'"}
    assert not Phone.objects.exists()
    assert not DeviceProfile.objects.exists()
    from roamline.rooms.dialplan.models import DirectoryNumber

    assert not DirectoryNumber.objects.filter(pattern="1500").exists()


@pytest.mark.proves("BL-1")
def test_phones_are_added_changed_and_deleted() -> None:
    factories.model()
    factories.device_pool()
    factories.number("1000")
    factories.user("alice")
    head = "name,model,device_pool,em_enabled,owner,lines,description,action\n"
    job = imported("phones", f"{head}SEP0011AA22AA01,Cisco 8851,lobby,yes,alice,1500/Internal;1501/Internal,,\n")
    assert counts(job) == (1, 0, 0), reasons(job)
    phone = Phone.objects.get()
    assert [line.directory_number.pattern for line in phone.own_profile.lines.all()] == ["1500", "1501"]
    assert PhoneOwner.objects.get(phone=phone).account.user_id == "alice"
    again = imported("phones", f"{head}sep0011aa22aa01,,,,,1501/Internal,By the door,\nSEP0011AA22AA02,,,,,,,delete\n")
    assert counts(again) == (1, 1, 0), reasons(again)
    phone.refresh_from_db()
    assert (phone.description, phone.em_enabled, phone.configuration_version) == ("By the door", True, 2)
    assert Effect.objects.filter(kind="phone.reconfigure").exists()
    assert counts(imported("phones", f"{head}SEP0011AA22AA01,,,,,,,delete\n")) == (1, 0, 0)
    assert not Phone.objects.exists()
    bad = imported("phones", f"{head}SEP00XX,Cisco 8851,Lobby,,,,,\nSEP0011AA22AA03,,Lobby,,,,,\n")
    assert set(reasons(bad).values()) == {
        "a name that begins with SEP goes on with twelve hexadecimal digits", "a new one needs a model",
    }  # fmt: skip


@pytest.mark.proves("BL-1", "EM-4")
def test_profiles_and_who_controls_them() -> None:
    factories.model()
    factories.number("1000")
    factories.user("bob", profiles=())
    made = imported("profiles", "name,model,lines,dnd\nEM_1,Cisco 8851,1600/Internal,no\nEM_2,Cisco 8851,,yes\n")
    assert counts(made) == (2, 0, 0), reasons(made)
    rung = imported(
        "profiles",
        "name,dnd_option,dnd_alert,lines,ring_settings\n"
        "EM_1,ringer_off,flash,1600/Internal;1000/Internal,;Once\nEM_2,,loud,,\n",
    )
    assert counts(rung) == (1, 0, 1), reasons(rung)
    one = DeviceProfile.objects.get(name="EM_1")
    assert (one.dnd_option, one.dnd_alert) == ("ringer_off", "flash")
    assert [line.ring_setting for line in one.lines.order_by("index")] == ["default", "once"]
    assert counts(imported("profiles", "name,dnd_alert,ring_settings\nEM_1,none,ring\nEM_2,,ring\n")) == (1, 0, 1)
    one.refresh_from_db()
    assert (one.dnd_alert, one.lines.get(index=1).ring_setting) == ("", "ring")
    job = imported(
        "profile_associations", "user_id,profile,default\nbob,EM_1,\nbob,EM_2,yes\nbob,EM_3,\nnobody,EM_1,\n"
    )
    assert counts(job) == (2, 0, 2)
    controlled = ControlledProfile.objects.order_by("position").values_list("profile__name", "is_default")
    assert list(controlled) == [("EM_1", False), ("EM_2", True)]
    assert counts(imported("profile_associations", "user_id,profile,action\nbob,EM_2,remove\nbob,EM_2,x\n")) == (
        1,
        0,
        1,
    )
    assert counts(imported("profiles", "name,action\nEM_1,delete\nEM_2,delete\n")) == (1, 0, 1)


@pytest.mark.proves("BL-1")
def test_phones_and_users_are_logged_out_each_by_itself() -> None:
    phone = factories.phone(own_number="1900")
    factories.user("alice")
    by = mobility.By("test", mobility.Way.ADMINISTRATOR)
    assert isinstance(mobility.log_in(mobility.LogIn(phone.name, "alice", None), by, NOW), mobility.LoggedIn)
    rows = f"device,user_id\n{phone.name.lower()},\n,alice\n,nobody\n,\nx,y\n"
    dry = imported("log_outs", rows, dry_run=True)
    assert counts(dry) == (2, 0, 2)
    assert LoginSession.objects.filter(ended_at__isnull=True).exists()
    assert counts(imported("log_outs", rows)) == (1, 1, 2)
    assert not LoginSession.objects.filter(ended_at__isnull=True).exists()


@pytest.mark.proves("BL-1")
@pytest.mark.parametrize("table", [name for name in NAMES if name not in TABLES or TABLES[name].rows])
@pytest.mark.parametrize("is_workbook", [False, True])
def test_what_is_exported_is_imported_again_without_changing_anything(table: str, is_workbook: bool) -> None:
    factories.phone(own_number="1900")
    factories.user("alice", first_name="=1+1", primary_extension=factories.number("1001"))
    from roamline.rooms.headsets.service import associate

    associate("SERIAL-1", "alice", actor="test", way="administrator", now=NOW)
    exported = done(service.ask_for_export(table, is_workbook=is_workbook, author=AUTHOR, now=NOW))
    assert exported.state == Job.DONE
    assert exported.rows_done >= 1
    again = done(asked(table, files.result_of(exported).read_bytes()))
    assert (again.rows_done, again.rows_refused) == (0, 0), reasons(again)
    assert again.rows_unchanged == exported.rows_done


def test_what_is_no_such_table_is_refused_before_it_becomes_a_job() -> None:
    for content in (
        b"",
        b"name\nx\n",
        b"user_id,user_id\na,b\n",
        b"PK\x03\x04 no workbook",
        b"user_id\n",
        b"\xff\xff\xff",
    ):
        with pytest.raises(ValidationError):
            asked("users", content)
    with pytest.raises(ValidationError, match="larger than 0 MiB"):
        asked("users", b"user_id\n" + b"a\n" * 1000, largest=100)
    assert not Job.objects.exists()
    assert not list(files.folder().iterdir())


def test_too_many_jobs_at_once_are_refused() -> None:
    for _ in range(service.MOST_WAITING):
        asked("users", "user_id\na\n")
    with pytest.raises(ValidationError, match="jobs wait or run already"):
        asked("users", "user_id\na\n")


@pytest.mark.proves("BL-1")
def test_a_job_that_waits_or_runs_is_cancelled_and_what_was_done_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "ROWS_AT_ONCE", 100)
    waiting = asked("users", "user_id\na\n")
    assert service.cancel(waiting, author=AUTHOR, now=NOW)
    assert service.claim("here", NOW) is None
    rows = "user_id\n" + "".join(f"user{n}\n" for n in range(250))
    job = asked("users", rows)

    def cancel_soon(now: Job) -> None:
        if now.rows_seen >= 100:
            service.cancel(now, author=AUTHOR, now=NOW)

    ended = done(job, tell=cancel_soon)
    assert ended.state == Job.CANCELLED
    assert 100 <= Account.objects.count() < 250
    assert not service.cancel(ended, author=AUTHOR, now=NOW)
    assert AuditEntry.objects.filter(action="job.cancelled", actor="boss").exists()


def test_an_interrupted_job_goes_on_and_rows_that_were_done_come_out_unchanged() -> None:
    rows = "user_id\n" + "".join(f"user{n}\n" for n in range(150))
    job = asked("users", rows)
    stopped = done(job, is_stopping=lambda: True)
    stopped.refresh_from_db()
    assert stopped.state == Job.WAITING
    before = Account.objects.count()
    ended = done(job)
    assert counts(ended) == (150 - before, before, 0)


def test_a_job_whose_process_is_gone_is_taken_up_again_and_fails_the_fourth_time() -> None:
    job = asked("users", "user_id\na\n")
    for _ in range(service.MOST_ATTEMPTS):
        assert service.claim("gone", NOW) is not None
        assert service.claim("another", NOW) is None
        service.release("gone", NOW)
    assert service.claim("another", NOW) is None
    job.refresh_from_db()
    assert (job.state, job.problem) == (Job.FAILED, service.INTERRUPTED)


def test_the_oldest_jobs_are_forgotten_with_their_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_KEPT", 2)
    jobs = [imported("users", f"user_id\nu{n}\n") for n in range(4)]
    asked("users", "user_id\na\n")
    assert set(Job.objects.filter(state=Job.DONE)) == set(jobs[2:])
    assert not files.result_of(jobs[0]).exists()
    assert files.result_of(jobs[3]).exists()


def test_lines_take_the_keys_that_no_button_has_and_no_more_than_there_are() -> None:
    profile = DeviceProfile.objects.create(name="EM_a", model=factories.model(keys=4))
    Button.objects.create(profile=profile, position=2, kind="speed_dial", label="Bob", number="1002")
    factories.number("1000")
    two, four = "1500/Internal;1501/Internal", "1500/Internal;1501/Internal;1502/Internal;1503/Internal"
    assert imported("profiles", f"name,lines\nEM_a,{two}\n").rows_done == 1
    assert list(profile.lines.values_list("index", "button")) == [(1, 1), (2, 3)]
    said = reasons(imported("profiles", f"name,lines\nEM_a,{four}\n"))[2]
    assert said == "4 lines do not fit: 3 of the 4 keys of a Cisco 8851 are free"
    assert profile.lines.count() == 2


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("1500", "write 1500 with its partition, as 1001/Partition"),
        ("15a0/Internal", "'15a0' is no directory number: 1 to 24 digits, * or #, with an optional + in front"),
    ],
)
def test_a_number_that_cannot_be_is_named_as_it_stands_in_the_file(number: str, said: str) -> None:
    factories.model()
    factories.number("1000")
    assert reasons(imported("profiles", f"name,model,lines\nEM_a,Cisco 8851,{number}\n")) == {2: said}


def test_the_result_has_names_as_the_file_writes_them() -> None:
    factories.model()
    job = imported("profiles", "name,model\nEM_New,Cisco 8851\nem_new,Cisco 8851\n")
    lines = "".join(running.result_lines(job)).splitlines()
    assert lines[1:] == ["2,EM_New,save,done,", "3,em_new,save,refused,an earlier row is about the same"]


def test_a_profile_has_its_search_space_for_other_clusters_phones_and_loses_it_again() -> None:
    factories.profile("EM_1")
    factories.calling_search_space("Away")
    assert counts(imported("profiles", "name,emcc_css\nEM_1,away\n")) == (1, 0, 0)
    profile = DeviceProfile.objects.get(name="EM_1")
    assert profile.emcc_css is not None
    assert "Away" in next(row for row in service.rows_of("profiles") if row[0] == "EM_1")
    refused = imported("profiles", "name,emcc_css\nEM_1,Nowhere\n")
    assert reasons(refused) == {2: "there is no calling search space 'Nowhere'"}
    assert counts(imported("profiles", "name,emcc_css\nEM_1,\n")) == (0, 1, 0)
    assert counts(imported("profiles", "name,emcc_css\nEM_1,none\n")) == (1, 0, 0)
    profile.refresh_from_db()
    assert profile.emcc_css is None


def test_emcc_devices_are_in_no_exported_table_and_never_made_or_enabled_by_a_row() -> None:
    phones.save_new_phones([Phone(name="EMCC1", model=emcc_base_phone(), device_pool=factories.device_pool())])
    factories.model()
    assert list(service.rows_of("phones")) == []
    found = imported(
        "phones",
        "name,model,device_pool,em_enabled\nEMCC1,Cisco 8851,,\nEMCC1x,EMCC Base Phone,Lobby,\nEMCC1,,,yes\n"
        "SEP0011AA22FFFF,EMCC Base Phone,Lobby,\n",
    )
    assert counts(found) == (0, 0, 4)
    assert reasons(found)[2] == "an EMCC device keeps its model"
    assert counts(imported("phones", "name,description\nEMCC1,spare\n")) == (1, 0, 0)
