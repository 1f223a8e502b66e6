"""Files that an administrator uploads for phones, and the phones that asked."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones import asked, files, service
from roamline.rooms.phones.models import DevicePool, Phone, PhoneFile, PhoneModel

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "files"
    monkeypatch.setattr(files, "folder", lambda: place)
    return place


def upload(name: str, content: bytes = b"content") -> PhoneFile:
    return files.upload(name, io.BytesIO(content), actor="admin", now=NOW)


def read(name: str) -> bytes | None:
    file = files.open_file(name)
    if file is None:
        return None
    with file:
        return file.read()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sip88xx.14-1-1-0001-136.loads", "firmware"),
        ("rootfs88xx.sbn", "firmware"),
        ("Korean_Korea_Republic/sl-be-sip.jar", "locale"),
        ("United_States/g3-tones.xml", "locale"),
        ("Desktops/800x480x24/List.xml", "wallpaper"),
        ("Ringlist-wb.xml", "ring_tone"),
        ("Chime.raw", "ring_tone"),
        ("defaultheadsetconfig.json", "other"),
    ],
)
def test_a_file_is_known_for_what_it_is_by_its_name(name: str, kind: str) -> None:
    assert upload(name).kind == kind
    assert read(name) == b"content"


@pytest.mark.parametrize(
    "name",
    [
        "SEP0011AA220001.cnf.xml", "sep0011aa220001.cnf.xml", "SEP0011AA220001.cnf.xml.sgn", "XMLDefault.cnf.xml",
        "xmldefault.cnf.xml", "DialTemplate.xml", "readyz", "../evil", "a/b/c", "lower/x.jar", "Desktops/x.png",
        "Desktops/800x480x24/../x", "/etc/passwd", "", "x" * 129, "Locale/.hidden", "a b",
    ],
)  # fmt: skip
def test_no_upload_over_generated_names_or_out_of_the_folders(name: str, folder: Path) -> None:
    with pytest.raises(ValidationError):
        upload(name)
    assert PhoneFile.objects.count() == 0
    assert not folder.exists() or list(folder.iterdir()) == []


def test_an_upload_over_the_limit_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "size_limit", lambda: 2**20)
    upload("a.raw", b"first")
    with pytest.raises(ValidationError, match="larger than 1 MiB"):
        upload("a.raw", bytes(2**20 + 1))
    assert read("a.raw") == b"first"
    assert len(list(folder.iterdir())) == 1
    upload("a.raw", bytes(2**20))


def test_there_is_a_limit_to_the_number_of_files(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(files, "MOST_FILES", 1)
    upload("a.raw")
    with pytest.raises(ValidationError, match="1 files already"):
        upload("b.raw")
    upload("a.raw", b"again")
    assert [file.name for file in files.listed()] == ["a.raw"]


@pytest.mark.django_db(transaction=True)
def test_a_replaced_file_is_replaced_at_once_and_leaves_nothing_behind(folder: Path) -> None:
    upload("a.raw", b"one")
    being_read = files.open_file("a.raw")
    assert being_read is not None
    upload("a.raw", b"two")
    assert (being_read.read(), read("a.raw")) == (b"one", b"two")
    being_read.close()
    assert len(list(folder.iterdir())) == 1
    assert files.delete("a.raw", actor="admin", now=NOW)
    assert not files.delete("a.raw", actor="admin", now=NOW)
    assert (read("a.raw"), list(folder.iterdir())) == (None, [])


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_is_rolled_back_leaves_the_old_file(folder: Path) -> None:
    upload("a.raw", b"one")
    with transaction.atomic():
        upload("a.raw", b"two")
        transaction.set_rollback(True)
    assert read("a.raw") == b"one"


def test_what_a_crash_left_behind_is_removed_by_a_later_upload(folder: Path) -> None:
    folder.mkdir()
    orphan, fresh = folder / ("0" * 32), folder / ("1" * 32)
    orphan.write_bytes(b"half")
    fresh.write_bytes(b"being written")
    long_ago = (NOW - timedelta(days=2)).timestamp()
    os.utime(orphan, (long_ago, long_ago))
    os.utime(fresh, (NOW.timestamp(), NOW.timestamp()))
    upload("a.raw")
    assert (orphan.exists(), fresh.exists()) == (False, True)


def test_uploads_and_deletions_are_audited() -> None:
    upload("a.raw")
    files.delete("a.raw", actor="admin", now=NOW)
    entries = AuditEntry.objects.filter(subject="a.raw").order_by("id")
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("phone_file.uploaded", "admin"),
        ("phone_file.deleted", "admin"),
    ]


@pytest.fixture
def phone() -> Phone:
    model = PhoneModel.objects.create(name="Cisco 8851", product_number=684, registers_once=True)
    pool = DevicePool.objects.create(name="Here")
    return service.add_phone(name="SEP0011AA220001", model=model, device_pool=pool, actor="admin", now=NOW)


def test_a_phone_says_which_files_its_language_lacks(phone: Phone) -> None:
    assert files.missing_locale_files(phone) == ()
    phone.own_profile.user_locale = "ko"
    assert files.missing_locale_files(phone) == ("Korean_Korea_Republic/sl-be-sip.jar",)
    upload("Korean_Korea_Republic/sl-be-sip.jar")
    assert files.missing_locale_files(phone) == ()


def test_the_thousand_phones_that_asked_last_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "MOST_REMEMBERED", 3)
    for number in range(5):
        assert asked.note(f"SEP00000000000{number}", "10.0.0.1", NOW + timedelta(seconds=number))
    assert [each.name[-1] for each in asked.phones_that_asked()] == ["4", "3", "2"]
    assert not asked.note("robert'); --", "10.0.0.1", NOW)


def test_a_phone_that_was_added_or_forgotten_is_off_the_list(phone: Phone) -> None:
    assert not asked.note(phone.name, "10.0.0.1", NOW)
    asked.note("SEP000000000001", "10.0.0.1", NOW)
    asked.note("SEP000000000002", "2001:db8::1", NOW)
    service.add_phone(name="SEP000000000001", model=phone.model, device_pool=phone.device_pool, actor="a", now=NOW)
    assert [each.name for each in asked.phones_that_asked()] == ["SEP000000000002"]
    assert asked.forget("SEP000000000002", "SEP00000000000F", actor="admin", now=NOW) == 1
    assert asked.phones_that_asked() == []
