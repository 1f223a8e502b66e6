"""Emergency calls: always, in every state, with the phone's place and never the user's number."""

from __future__ import annotations

import contextlib
import sqlite3
from uuid import uuid4

import pytest
from django.db import connection

from roamline.doors.call_control import views
from roamline.rooms.phones.models import DeviceProfile, Phone
from tests.sip_client import eventually

pytestmark = [pytest.mark.needs("kamailio"), pytest.mark.proves("EM-40")]


DIGEST = 'Proxy-Authorization: Digest username="SEP01", realm="roamline", nonce="x", uri="sip:112", response="y"'


def emergency(site, phone, line, number="112", **parts):
    """Make an emergency call; what the network was told."""
    before = len(site.left_the_site())
    call = phone.call(number, line, **parts)
    assert call.status == 200
    assert call.hang_up().status == 200
    (left,) = site.left_the_site()[before:]
    assert left["number"] == number
    shown = " ".join(left[name] for name in ("from", "contact", "p_asserted_identity"))
    assert f":{line}@" not in shown
    assert f"{line}" not in left["from"]
    return left


@pytest.mark.proves("EM-12")
def test_logged_out_and_logged_in_carry_the_phones_place(site):
    row = site.phone("SEP01", "1901", pool=site.floor)
    phone = site.sip("SEP01")
    for line, profile in (("1901", row.own_profile), ("1001", site.profile("EM_alice", "1001"))):
        Phone.objects.filter(pk=row.pk).update(current_profile=profile)
        left = emergency(site, phone, line)
        assert left["p_asserted_identity"] == "<sip:5550002@127.0.0.1>"
        assert left["location"] == "Floor 2, Main Street 1"
        assert left["emergency"] == "verified; device=sep01"
        assert left["priority"] == "emergency"


def test_every_emergency_number_counts(site):
    site.phone("SEP01", "1901")
    assert emergency(site, site.sip("SEP01"), "1901", "911")["emergency"].startswith("verified")


def test_no_calling_rights_are_needed(site):
    row = site.phone("SEP01", "1901")
    row.device_pool.default_css = None
    row.device_pool.save()
    phone = site.sip("SEP01")
    assert phone.call("1002", "1901").status == 404
    emergency(site, phone, "1901")


def test_a_route_pattern_cannot_take_the_number_away(site):
    site.route("112", "Internal", None)
    site.route("1!", "Internal", None)
    site.phone("SEP01", "1901")
    emergency(site, site.sip("SEP01"), "1901")


def test_during_a_log_in_the_previous_secret_is_vouched_for(site):
    row = site.phone("SEP01", "1901")
    site.rotate(row, "new")
    assert emergency(site, site.sip("SEP01"), "1901")["emergency"] == "verified; device=sep01"
    assert emergency(site, site.sip("SEP01", "new"), "1901")["emergency"] == "verified; device=sep01"


def test_during_a_log_out_the_line_may_be_gone_already(site):
    row = site.phone("SEP01", "1901")
    Phone.objects.filter(pk=row.pk).update(current_profile=site.profile("EM_alice", "1001"))
    left = emergency(site, site.sip("SEP01"), "1901")
    assert "5550001" in left["p_asserted_identity"]


def test_a_wrong_secret_passes_unverified_with_the_place_of_the_phone_it_names(site):
    site.phone("SEP01", "1901")
    site.refresh_copy()
    left = emergency(site, site.sip("SEP01", "wrong"), "1901")
    assert left["emergency"] == "unverified; device=sep01"
    assert "5550001" in left["p_asserted_identity"]


def test_the_copy_of_phones_places_has_room_for_large_sites(site):
    phone = site.phone("SEP00000", "1901")
    for number in range(1100):
        phone.pk, phone.uuid = None, uuid4()
        phone.name, phone.folded_name = f"SEP{number + 1:05}", f"sep{number + 1:05}"
        phone.own_profile = DeviceProfile(name=f"{phone.name}-own", kind=DeviceProfile.AUTO, model=phone.model)
        phone.own_profile.save()
        phone.current_profile = phone.own_profile
        phone.save()
    site.refresh_copy()
    left = emergency(site, site.sip("SEP01100", "wrong"), "1901")
    assert "5550001" in left["p_asserted_identity"]


def test_a_stranger_passes_unverified_and_without_a_place(site):
    left = emergency(site, site.sip("whoever"), "1999")
    assert left["emergency"] == "unverified"
    assert left["p_asserted_identity"] == ""
    assert left["location"] == ""


def test_a_phone_that_cannot_answer_the_challenge_passes_the_second_time(site):
    site.phone("SEP01", "1901")
    phone = site.sip("SEP01")
    assert phone.call("112", "1901", anonymous=True).status == 407
    assert emergency(site, phone, "1901", anonymous=True)["emergency"] == "unverified"


def test_an_extra_identity_is_not_passed_on(site):
    site.phone("SEP01", "1901")
    forged = (
        "P-Asserted-Identity: <sip:1999@x>",
        "X-Roamline-Location: Elsewhere",
        "P-Preferred-Identity: <sip:1999@x>",
    )
    left = emergency(site, site.sip("SEP01"), "1901", extra=forged)
    assert left["p_asserted_identity"] == "<sip:5550001@127.0.0.1>"
    assert left["location"] == "Lobby, Main Street 1"


def test_the_service_urn_reaches_the_first_number(site):
    site.phone("SEP01", "1901")
    call = site.sip("SEP01").call("urn:service:sos", "1901")
    assert call.status == 200
    call.hang_up()
    assert site.left_the_site()[-1]["number"] == "112"


def test_with_the_database_locked_for_writing(site):
    site.phone("SEP01", "1901")
    phone = site.sip("SEP01")
    with contextlib.closing(sqlite3.connect(site.config.data / "roamline.sqlite3", isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        assert emergency(site, phone, "1901")["emergency"] == "verified; device=sep01"
        lock.execute("ROLLBACK")


def rename(table: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")


def test_with_a_table_gone(site):
    site.phone("SEP01", "1901")
    site.refresh_copy()
    phone = site.sip("SEP01")
    views.drop()
    rename("phones_phone", "phones_gone")
    try:
        left = emergency(site, phone, "1901")
        assert left["emergency"] == "unverified"
        assert phone.call("1002", "1901").status == 503
        assert phone.register("1901") == 503
        answering_anyway = emergency(site, phone, "1901", extra=(DIGEST,))
        assert answering_anyway["emergency"] == "unverified; device=sep01"
        assert "5550001" in answering_anyway["p_asserted_identity"], "from the copy in memory"
    finally:
        rename("phones_gone", "phones_phone")
        views.create()
    eventually(site.is_database_asked, "the pause after a database that was down")
    assert phone.register("1901") == 200


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="a server is no file; test_on_postgresql.py stops it")
def test_with_the_database_file_taken_away(site):
    site.phone("SEP01", "1901")
    site.refresh_copy()
    phone = site.sip("SEP01")
    site.stop(site.processes[-1])
    file = site.config.data / "roamline.sqlite3"
    away = file.with_suffix(".away")
    file.rename(away)
    try:
        site.start_kamailio()
        left = emergency(site, phone, "1901")
        assert left["emergency"] == "unverified"
        assert phone.register("1901") == 503
    finally:
        away.rename(file)
    eventually(lambda: phone.register("1901") == 200, "the database is back")
