"""The same over PostgreSQL, and emergency calls with the server stopped."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from roamline.rooms.dialplan.models import Partition, TranslationPattern
from roamline.rooms.dialplan.service import save_translation_pattern
from roamline.rooms.phones.models import Forward
from tests.doors.call_control.test_emergency import emergency
from tests.doors.call_control.test_forwarding import forward
from tests.sip_client import eventually

if TYPE_CHECKING:
    from tests.doors.call_control.small_site import SmallSite

pytestmark = [pytest.mark.needs("kamailio", "postgres")]


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory, django_db_blocker, postgres_url):
    from tests.doors.call_control.small_site import database_of_its_own, running_site

    folder = tmp_path_factory.mktemp("postgres")
    with django_db_blocker.unblock(), running_site(folder, database_of_its_own(postgres_url)) as site:
        yield site


def test_registering_calling_and_rights(site):
    site.route("9.!", "External", site.trunk(), discard_before_dot=True)
    row = site.phone("SEP01", "1001")
    site.phone("SEP02", "1002", css=site.space("Everything", "Internal", "External"))
    site.phone("SEP03", "1903", "1002", model=site.desk)
    one, two, three = site.sip("SEP01"), site.sip("SEP02"), site.sip("SEP03")
    assert two.register("1002") == 200
    assert three.register("1903") == 200
    assert two.register("1001") == 403
    outgoing = one.dial("1002", "1001")
    at_two, at_three = two.rings(), three.rings()
    at_two.answer()
    assert one.finish(outgoing).status == 200
    three.expect("CANCEL")
    at_three.reject("487 Request Terminated")
    outgoing.hang_up()
    assert one.call("95551234", "1001").status == 403
    assert one.call("4711", "1001").status == 404
    call = two.call("95551234", "1002")
    assert call.status == 200
    call.hang_up()
    site.rotate(row, "new")
    assert one.register("1001") == 401
    assert one.register("1001", 0) == 200


def test_translations_and_forwards(site):
    internal = Partition.objects.get_or_create(name="Internal")[0]
    short = TranslationPattern(pattern="8.XX", partition=internal, discard_before_dot=True, prefix="10")
    assert save_translation_pattern(short) is short
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    site.phone("SEP03", "1003")
    one, two, three = site.sip("SEP01"), site.sip("SEP02"), site.sip("SEP03")
    assert (two.register("1002"), three.register("1003")) == (200, 200)
    forward("1002", Forward.BUSY, "803")
    outgoing = one.dial("802", "1001")
    two.rings().reject("486 Busy Here")
    three.rings().answer()
    assert one.finish(outgoing).status == 200
    outgoing.hang_up()


def test_everything_but_emergency_calls_is_refused_with_the_server_refusing(site, postgres_url):
    site.route("9!", "Internal", site.trunk())
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    one, two = site.sip("SEP01"), site.sip("SEP02")
    assert two.register("1002") == 200
    forbid(site, postgres_url, True)
    try:
        for number in ("1002", "95551234", "4711", "*721002", "x-cisco-serviceuri-cfwdall"):
            eventually(lambda dialled=number: one.call(dialled, "1001").status == 503, f"503 for {number}")
        assert two.stays_silent(0.2)
        assert site.left_the_site() == []
        call = one.call("112", "1001")
        assert call.status == 200
        call.hang_up()
    finally:
        forbid(site, postgres_url, False)
        connections["default"].close()
    eventually(lambda: one.register("1001") == 200, "the database is back")


def test_emergency_calls_pass_with_the_server_refusing(site, postgres_url):
    site.phone("SEP01", "1901")
    site.refresh_copy()
    phone = site.sip("SEP01")
    assert emergency(site, phone, "1901")["emergency"] == "verified; device=sep01"
    forbid(site, postgres_url, True)
    try:
        assert emergency(site, phone, "1901")["emergency"] == "unverified"
        assert phone.register("1901") == 503
    finally:
        forbid(site, postgres_url, False)
        connections["default"].close()
    eventually(lambda: phone.register("1901") == 200, "the database is back")


def test_emergency_calls_pass_with_the_server_silent(site):
    site.phone("SEP01", "1901")
    site.refresh_copy()
    phone = site.sip("SEP01")
    assert phone.register("1901") == 200
    frozen = server_processes()
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        assert emergency(site, phone, "1901")["emergency"] == "unverified"
        assert time.monotonic() - started < 15, "phones give up after 32 s"
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    eventually(lambda: phone.register("1901") == 200, "the database is back", seconds=30)


def server_processes() -> list[int]:
    """The server's own process and those of its connections."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        pids = [pid for (pid,) in cursor.fetchall()]
        cursor.execute("SHOW data_directory")
        (folder,) = cursor.fetchone()
    return [int((Path(folder) / "postmaster.pid").read_text().split()[0]), *pids]


def forbid(site: SmallSite, postgres_url: str, forbidden: bool) -> None:
    """Cut Kamailio off from the database as a stopped server would, and let it in again."""
    import psycopg

    name = site.config.database["NAME"]
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {"false" if forbidden else "true"}')
        if forbidden:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
