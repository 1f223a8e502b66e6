"""What a fetch is answered with, whichever protocol it comes by."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from roamline.doors.provisioning import networks, time_zones
from roamline.doors.provisioning.answering import Answer, Found, Refusal, answer
from roamline.platform.config import ConfigError
from roamline.rooms.dialplan.models import DirectoryNumber, Partition
from roamline.rooms.phones import asked, files
from roamline.rooms.phones.models import Phone, PhoneModel
from tests.doors.provisioning.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

HERE = "127.0.0.1"
STRANGER = "SEP00AA00BB00CC"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "folder", lambda: tmp_path / "files")


def fetch(name: str, source: str = HERE, after: timedelta = timedelta()) -> Answer:
    return answer(name, source, NOW + after)


def upload(name: str, content: bytes = b"content") -> None:
    files.upload(name, io.BytesIO(content), actor="admin", now=NOW)


def content_of(found: Answer) -> bytes:
    assert isinstance(found, Found), found
    return bytes(found.content[:])


@pytest.mark.parametrize("name", ["SEP0011AA220001.cnf.xml", "XMLDefault.cnf.xml", "DialTemplate.xml"])
def test_files_do_not_leave_the_trusted_networks(name: str) -> None:
    assert fetch(name, "192.0.2.7") is Refusal.FORBIDDEN
    assert fetch(name, "::ffff:127.0.0.1") is not Refusal.FORBIDDEN
    assert fetch(name, "not an address") is Refusal.FORBIDDEN


def test_a_mistake_in_the_trusted_networks_names_the_setting() -> None:
    with pytest.raises(ConfigError, match=r"phones\.file_networks"):
        networks.read("10.0.0.0/8;10.0.0.1/8")


@pytest.mark.parametrize(
    "name",
    ["", "..", "../roamline.toml", "a/../../b", "/etc/x", "a//b", ".hidden", "a/.b", "a\\b", "a b", "a\0", "a" * 129],
)  # fmt: skip
def test_no_name_leads_out_of_the_files(name: str) -> None:
    assert fetch(name) is Refusal.BAD_NAME


def test_names_of_files_are_case_sensitive() -> None:
    assert isinstance(fetch("SEP0011AA220001.cnf.xml"), Found)
    assert fetch("sep0011aa220001.cnf.xml") is Refusal.NOT_FOUND
    assert fetch("SEP0011AA220001.CNF.XML") is Refusal.NOT_FOUND


def test_an_unknown_phone_that_fetches_the_default_file_is_on_the_list_of_phones_that_asked() -> None:
    assert fetch(f"{STRANGER}.cnf.xml") is Refusal.NOT_FOUND
    assert asked.phones_that_asked() == []
    assert b"<Default>" in content_of(fetch("XMLDefault.cnf.xml"))
    fetch("XMLDefault.cnf.xml", after=timedelta(seconds=15))
    (found,) = asked.phones_that_asked()
    assert (found.name, found.address, found.fetches) == (STRANGER, HERE, 2)
    assert found.last_seen - found.first_seen == timedelta(seconds=15)


def test_whoever_only_fetches_the_default_file_is_not_on_the_list() -> None:
    fetch("XMLDefault.cnf.xml")
    fetch(f"{STRANGER}.cnf.xml")
    fetch("XMLDefault.cnf.xml", after=timedelta(minutes=6))
    assert asked.phones_that_asked() == []


def test_a_phone_that_is_known_but_fetches_no_file_is_not_on_the_list() -> None:
    assert fetch("SEP0011AA220006.cnf.xml") is Refusal.NOT_FOUND
    fetch("XMLDefault.cnf.xml")
    assert asked.phones_that_asked() == []


def test_uploaded_files_are_served_under_their_names() -> None:
    upload("Korean_Korea_Republic/sl-be-sip.jar", b"jar" * 1000)
    upload("empty.xml", b"")
    assert content_of(fetch("Korean_Korea_Republic/sl-be-sip.jar")) == b"jar" * 1000
    assert content_of(fetch("empty.xml")) == b""
    files.delete("empty.xml", actor="admin", now=NOW)
    assert fetch("empty.xml") is Refusal.NOT_FOUND


def test_a_load_is_told_to_a_phone_only_while_its_loads_file_is_served() -> None:
    PhoneModel.objects.filter(name="Cisco 8851").update(load_name="sip88xx.14-1-1")
    assert loads() == ([], [])
    upload("sip88xx.14-1-1.loads")
    assert loads() == (["sip88xx.14-1-1"], ["sip88xx.14-1-1"])
    Phone.objects.filter(name="SEP0011AA220001").update(load_name="sip88xx.14-2-1")
    assert loads() == ([], ["sip88xx.14-1-1"])
    upload("sip88xx.14-2-1.loads")
    assert loads() == (["sip88xx.14-2-1"], ["sip88xx.14-1-1"])


def loads() -> tuple[list[Any], list[Any]]:
    own = etree.fromstring(content_of(fetch("SEP0011AA220001.cnf.xml")))
    default = etree.fromstring(content_of(fetch("XMLDefault.cnf.xml")))
    return (
        [element.text for element in own.iterfind("loadInformation")],
        [element.text for element in default.iterfind("loadInformation684")],
    )


def test_the_dial_template_dials_emergency_and_internal_numbers_as_soon_as_they_are_complete() -> None:
    assert template() == {"112": "0", "911": "0", "1...": "0", "8...": "0", "*": "5"}


def test_a_number_that_begins_a_longer_one_is_not_cut_short() -> None:
    internal = Partition.objects.get(name="Internal")
    DirectoryNumber.objects.create(pattern="1120", partition=internal)
    DirectoryNumber.objects.create(pattern="10011", partition=internal)
    assert template() == {"112": "3", "911": "0", "8...": "0", "*": "5"}


def template() -> dict[str | None, str | None]:
    root = etree.fromstring(content_of(fetch("DialTemplate.xml")))
    return {rule.get("match"): rule.get("timeout") for rule in root.iterfind("TEMPLATE")}


def test_a_time_zone_that_phones_do_not_know_is_universal_time() -> None:
    assert time_zones.phones_time_zone("Asia/Seoul") == "Tokyo Standard Time"
    assert time_zones.phones_time_zone("Romance Standard/Daylight Time") == "Romance Standard/Daylight Time"
    assert time_zones.phones_time_zone("Antarctica/Troll") == "Greenwich Standard Time"
