"""Associations in bulk: dry run, reasons by row, valid rows or nothing, files as spreadsheets write them (HS-3)."""

from __future__ import annotations

import threading
from pathlib import Path

import openpyxl
import pytest
from django.db import connection

from roamline.processes import cli
from roamline.rooms.directory.models import Account
from roamline.rooms.headsets import service as headsets
from roamline.rooms.headsets.exchange import Outcome, Report, UnreadableTable, import_table, staging, write_table
from roamline.rooms.headsets.models import Association, Headset, StagedRow
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from tests.support import factories
from tests.support.factories import ACTOR, NOW
from tests.support.headset_site import LOBBY

HEADER = "user_id,serial_number,action\n"


def table() -> list[tuple[str, str]]:
    found = Association.objects.order_by("account__user_id", "headset__folded_serial")
    return list(found.values_list("account__user_id", "headset__serial"))


def imported(file: Path, *, dry_run: bool = False, all_or_nothing: bool = False) -> Report:
    return import_table(file, actor=ACTOR, way="tests", now=NOW, dry_run=dry_run, all_or_nothing=all_or_nothing)


def bad_rows(report: Report) -> dict[int, str]:
    return {row.number: row.reason for row in report.rows if row.outcome is Outcome.REFUSED}


@pytest.fixture
def people(db: None) -> None:
    """alice has one headset, bob none; and there is an application user."""
    for user_id in ("alice", "bob"):
        factories.user(user_id)
    factories.proxy()
    headsets.associate("OLD", "alice", actor=ACTOR, way="tests", now=NOW)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A file with good rows and every kind of bad one."""
    file = tmp_path / "mixed.csv"
    file.write_text(
        HEADER + "alice,NEW1,add\n"
        "bob,NEW2,\n"
        "nobody,NEW3,add\n"
        "emproxy,NEW4,add\n"
        "bob,old,add\n"
        "alice,NEW5,destroy\n"
        "alice,,add\n"
        f"alice,{'x' * 51},add\n"
        "bob,OLD,remove\n"
        "alice,new1,add\n"
        "\n"
        "bob,new1,add\n"
        "alice,OLD,REMOVE\n"
        "bob,OLD,add\n"
    )
    return file


@pytest.mark.proves("HS-3")
def test_valid_rows_are_applied_and_the_others_say_why_not(people: None, mixed: Path) -> None:
    report = imported(mixed)
    assert bad_rows(report) == {
        4: "no end user has this id",
        5: "no end user has this id",
        6: "a headset belongs to one user: dissociate it first",
        7: "the action is add or remove",
        8: "a serial number has 1 to 50 printable characters",
        9: "a serial number has 1 to 50 printable characters",
        10: "the headset is not associated with this user",
        13: "a headset belongs to one user: dissociate it first",
    }
    assert [row.number for row in report.rows if row.outcome is Outcome.UNCHANGED] == [11]
    assert table() == [("alice", "NEW1"), ("bob", "NEW2"), ("bob", "OLD")]
    entries = AuditEntry.objects.filter(way="tests", action__startswith="headset.").order_by("id")
    assert sorted((entry.action, entry.user_id, entry.subject) for entry in entries[1:]) == [
        ("headset.associated", "alice", "NEW1"),
        ("headset.associated", "bob", "NEW2"),
        ("headset.associated", "bob", "OLD"),
        ("headset.dissociated", "alice", "OLD"),
    ]


@pytest.mark.proves("HS-3")
def test_a_dry_run_and_a_refused_all_or_nothing_change_nothing(people: None, mixed: Path) -> None:
    for options in ({"dry_run": True}, {"all_or_nothing": True}, {"dry_run": True, "all_or_nothing": True}):
        report = imported(mixed, **options)
        assert not report.was_applied
        assert len(bad_rows(report)) == 8
        assert table() == [("alice", "OLD")]
        assert Headset.objects.count() == 1


@pytest.mark.proves("HS-3")
def test_all_or_nothing_applies_all(people: None, tmp_path: Path) -> None:
    file = tmp_path / "good.csv"
    file.write_text(HEADER + "alice,OLD,remove\nbob,OLD,add\nalice,NEW1,add\nalice,NEW1,remove\nalice,NEW2,add\n")
    report = imported(file, all_or_nothing=True)
    assert report.was_applied
    assert table() == [("alice", "NEW2"), ("bob", "OLD")]
    assert not StagedRow.objects.exists()
    entries = AuditEntry.objects.filter(action__startswith="headset.").exclude(action="headset.added").order_by("id")
    assert sorted((entry.action, entry.user_id, entry.subject) for entry in entries[1:]) == [
        ("headset.associated", "alice", "NEW2"),
        ("headset.associated", "bob", "OLD"),
        ("headset.dissociated", "alice", "OLD"),
    ]


def test_all_or_nothing_does_nothing_when_somebody_was_quicker(people: None) -> None:
    from roamline.rooms.headsets.exchange.checking import Check
    from roamline.rooms.headsets.exchange.reading import TableRow

    check = Check()
    check.take([TableRow(2, "bob", "NEW1", "add"), TableRow(3, "bob", "NEW2", "add")])
    headsets.associate("NEW2", "alice", actor=ACTOR, way="tests", now=NOW)
    assert not staging.apply_whole(check.changes(), actor=ACTOR, way="tests", now=NOW)
    assert table() == [("alice", "NEW2"), ("alice", "OLD")]
    assert not Headset.objects.filter(serial="NEW1").exists()
    assert not StagedRow.objects.exists()


def test_the_sixteenth_headset_of_a_user_is_a_refused_row(people: None, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text(HEADER + "".join(f"alice,N{number},add\n" for number in range(16)))
    assert bad_rows(imported(file)) == {16: "a user has at most 15 headsets", 17: "a user has at most 15 headsets"}
    assert Association.objects.filter(account__user_id="alice").count() == 15


@pytest.mark.proves("HS-3")
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_export_then_import_gives_the_same_table(people: None, tmp_path: Path, suffix: str) -> None:
    for serial in ("=1+1", '"quoted, with comma"', "0012", "1e5", "头戴式耳机", "+@-"):
        headsets.associate(serial, "bob", actor=ACTOR, way="tests", now=NOW)
    before = table()
    file = tmp_path / f"all{suffix}"
    assert write_table(file) == 7
    unchanged = imported(file)
    assert {row.outcome for row in unchanged.rows} == {Outcome.UNCHANGED}
    Headset.objects.all().delete()
    assert bad_rows(imported(file)) == {}
    assert table() == before
    again = tmp_path / f"again{suffix}"
    write_table(again)
    if suffix == ".csv":
        assert again.read_bytes() == file.read_bytes()


@pytest.mark.proves("HS-3")
@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "user_id,serial_number\nalice,Ñ1\n"),
        ("utf-8-sig", "user_id,serial_number,action\r\nalice,Ñ1,add\r\n"),
        ("utf-8-sig", "user_id;serial_number;action\r\nalice;Ñ1;add\r\n"),
        ("utf-16", "user_id\tserial_number\taction\r\nalice\tÑ1\tadd\r\n"),
        ("utf-8", 'Action,SERIAL_NUMBER,note, User_ID \nadd," Ñ1 ",x,alice\n'),
    ],
)
def test_files_as_spreadsheets_write_them(people: None, tmp_path: Path, encoding: str, text: str) -> None:
    file = tmp_path / "sheet.csv"
    file.write_bytes(text.encode(encoding))
    imported(file)
    assert table() == [("alice", "OLD"), ("alice", "Ñ1")]


def test_numbers_in_a_workbook_are_serials(people: None, tmp_path: Path) -> None:
    file, book = tmp_path / "sheet.xlsx", openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["user_id", "serial_number", "action"])
    sheet.append(["alice", 12345, None])
    sheet.append(["alice", 678.0, "add"])
    book.save(file)
    imported(file)
    assert table() == [("alice", "12345"), ("alice", "678"), ("alice", "OLD")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "first row must name"),
        (b"alice,NEW1,add\n", "first row must name"),
        (b"user_id,serial_number,user_id\n", "twice"),
        (b"\xff\xfe\x00", "UTF-16"),
        (b"user_id,serial_number\nalice,\xff\n", "UTF-8"),
        (b'user_id,serial_number\nalice,"open\n', "no CSV"),
        (b"PK\x03\x04 not really", "XLSX"),
    ],
)
def test_what_is_no_table_is_refused(people: None, tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "odd"
    file.write_bytes(content)
    with pytest.raises(UnreadableTable, match=reason):
        imported(file, all_or_nothing=True)
    assert table() == [("alice", "OLD")]


def test_the_command_line(
    people: None, mixed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["import", "headsets", str(mixed), "--dry-run"]) == 1
    printed = capsys.readouterr().out
    assert "row 4: add 'nobody NEW3': no end user has this id" in printed
    assert "4 rows would be done, 1 unchanged, 8 refused" in printed
    assert cli.main(["export", "headsets", "all.csv"]) == 0
    assert (tmp_path / "all.csv").read_text().splitlines() == ["user_id,serial_number,action", "alice,OLD,add"]
    assert cli.main(["import", "headsets", str(tmp_path / "missing.csv")]) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("HS-3")
@pytest.mark.parametrize("all_or_nothing", [False, True])
def test_log_ins_go_on_during_an_import_of_5000_rows(tmp_path: Path, all_or_nothing: bool) -> None:
    factories.phone(LOBBY)
    factories.user("alice")
    Account.objects.bulk_create(Account(user_id=f"user{n}", password="!") for n in range(400))
    file = tmp_path / "long.csv"
    file.write_text(HEADER + "".join(f"user{n % 400},S{n},add\n" for n in range(5000)))
    reports: list[Report] = []

    def run() -> None:
        try:
            reports.append(imported(file, all_or_nothing=all_or_nothing))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    by, log_ins = mobility.By(ACTOR, mobility.Way.ADMINISTRATOR), 0
    while thread.is_alive():
        outcome = mobility.log_in(mobility.LogIn(LOBBY, "alice", None), by, NOW)
        assert isinstance(outcome, mobility.LoggedIn)
        assert isinstance(mobility.log_out(LOBBY, by, NOW), mobility.LoggedOut)
        log_ins += 1
    thread.join()
    assert reports[0].was_applied
    assert reports[0].count(Outcome.DONE) == 5000
    assert Association.objects.count() == 5000
    assert log_ins > 1
