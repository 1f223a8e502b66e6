"""Calls between clusters (RO-40), over one Kamailio that is both: what it sends to "the other" comes back to itself.

What clusters know of each other is put in by views of fixed rows; the views of a site are tested with whole sites.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from django.db import connection

from roamline.doors.call_control import views
from roamline.rooms.parameters import service as parameters
from roamline.rooms.roaming import hearing
from roamline.rooms.roaming.models import RoamingSettings
from tests.sip_client import eventually
from tests.support.factories import NOW

pytestmark = [pytest.mark.needs("kamailio")]

PLACES = (
    "CREATE VIEW kamailio_route AS SELECT '{number}' AS number, '127.0.0.1' AS host, {port} AS port, "
    "{here} AS is_here, 1 AS rank"
)
OWN = "CREATE VIEW kamailio_cluster AS SELECT 'east' AS origin, 1 AS is_own"

Place = Callable[..., None]


@pytest.fixture
def place(site) -> Iterator[Place]:
    """Say where a number is: ``place("1005", port)`` elsewhere, with ``here=True`` in this cluster."""
    RoamingSettings.objects.all().delete()
    RoamingSettings.objects.create(call_ha1=hearing.call_ha1(b"k" * 32))
    statements = {found["name"]: found[0] for found in views._STATEMENT.finditer(views._SOURCE)}

    def put(number: str, port: int, *, here: bool = False) -> None:
        with connection.cursor() as cursor:
            for name in ("kamailio_cluster_secret", "kamailio_route", "kamailio_cluster"):
                cursor.execute(f"DROP VIEW IF EXISTS {name}")
            cursor.execute(OWN)
            cursor.execute(PLACES.format(number=number, port=port, here=int(here)))
            cursor.execute(statements["kamailio_cluster_secret"])

    yield put
    with connection.cursor() as cursor:
        for name in ("kamailio_cluster_secret", "kamailio_route", "kamailio_cluster"):
            cursor.execute(f"DROP VIEW IF EXISTS {name}")
    views.create()


def sip_port(site) -> int:
    return int(site.config["call_control.port"])


def test_a_call_to_a_number_that_is_elsewhere_goes_there_and_rings_there(site, place) -> None:
    place("1005", sip_port(site))
    site.phone("SEP01", "2002")
    site.phone("SEP02", "1005")
    caller, erins = site.sip("SEP01"), site.sip("SEP02")
    assert erins.register("1005") == 200
    outgoing = caller.dial("1005", "2002")
    incoming = erins.rings()
    assert "2002" in incoming.invite.first("P-Asserted-Identity")
    assert incoming.invite.first("X-Roamline-Cluster") == ""
    incoming.answer()
    assert caller.finish(outgoing).status == 200
    assert outgoing.hang_up().status == 200
    erins.expect("BYE")


def test_a_number_that_is_here_rings_here(site, place) -> None:
    place("1005", 1, here=True)
    site.phone("SEP01", "2002")
    site.phone("SEP02", "1005")
    caller, erins = site.sip("SEP01"), site.sip("SEP02")
    assert erins.register("1005") == 200
    outgoing = caller.dial("1005", "2002")
    erins.rings().answer()
    assert caller.finish(outgoing).status == 200
    outgoing.hang_up()


def test_a_number_of_another_cluster_is_called_by_whoever_may_call_numbers_at_all(site, place) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        other.settimeout(5)
        place("3001", other.getsockname()[1])
        site.phone("SEP01", "2002")
        caller = site.sip("SEP01")
        outgoing = caller.dial("3001", "2002")
        connected, _ = other.accept()
        with closing(connected):
            connected.settimeout(5)
            said = connected.recv(65_535).decode()
        assert said.startswith("INVITE sip:3001@127.0.0.1")
        assert "X-Roamline-Cluster: east" in said
        caller.cancel(outgoing)
    site.phone("SEP03", "2003", css=None)
    for phone in (site.pool("Lobby", "", ""),):
        phone.default_css = site.space("Reaches nothing")
        phone.save()
    assert site.sip("SEP03").call("3001", "2003").status == 404


@pytest.mark.shows("Inter-cluster call timeout", "1")
def test_a_cluster_that_does_not_answer_is_given_up_in_time(site, place) -> None:
    parameters.change(
        service="Enterprise Parameters", name="Inter-cluster call timeout", value="1", actor="tests", way="", source="",
        now=NOW,
    )  # fmt: skip
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        place("1005", silent.getsockname()[1])
        site.phone("SEP01", "2002")
        began = time.monotonic()
        assert site.sip("SEP01").call("1005", "2002").status == 480
        assert time.monotonic() - began < 4  # the default


def test_a_cluster_that_is_down_is_told_at_once(site, place) -> None:
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        place("1005", nobody.getsockname()[1])
        site.phone("SEP01", "2002")
        assert site.sip("SEP01").call("1005", "2002").status == 480


def test_who_only_says_to_be_a_cluster_is_asked_for_the_secret_and_rings_nobody(site, place) -> None:
    place("1005", sip_port(site), here=True)
    site.phone("SEP01", "2002")
    site.phone("SEP02", "1005")
    erins, stranger = site.sip("SEP02"), site.sip("SEP01")
    assert erins.register("1005") == 200
    answer = stranger.challenged(
        "INVITE", "sip:1005@127.0.0.1", from_user="2002", to="<sip:1005@127.0.0.1>",
        extra=("X-Roamline-Cluster: east",),
    )  # fmt: skip
    assert answer.status == 407
    assert "roamline-clusters" in answer.first("Proxy-Authenticate")
    assert erins.stays_silent()


def test_a_call_from_a_cluster_goes_no_further_so_that_there_is_no_loop(site, place) -> None:
    # Each says that the number is at the other: itself. The second hop is not taken.
    place("1005", sip_port(site))
    site.phone("SEP01", "2002")
    site.number("1005")
    assert site.sip("SEP01").call("1005", "2002").status == 480
    assert eventually(lambda: site.rpc().in_call("SEP01") is False, "the end")
