"""Calls between clusters (RO-40), over one Kamailio that is both: what it sends to "the other" comes back to itself.

What clusters know of each other stands in rows; how they learn it is tested with whole sites.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from roamline.rooms.clusters import models as standing
from roamline.rooms.clusters.models import Cluster
from roamline.rooms.parameters import service as parameters
from roamline.rooms.phones.models import Forward, Line
from roamline.rooms.roaming import keys
from roamline.rooms.roaming.models import RoamingSettings
from tests.sip_client import SipPhone, eventually
from tests.support.factories import NOW

pytestmark = [pytest.mark.needs("kamailio")]

Place = Callable[..., None]


@pytest.fixture
def place(site) -> Iterator[Place]:
    """Say where numbers are: ``place("1005", port)`` elsewhere, with ``here=True`` in this cluster.

    ``others`` are (number, port) of further numbers that are elsewhere.
    """
    # In the middle of a change of the network's key: the older one is still used, the newer one is held, too.
    newer, used = (keys.call_ha1(bytes([each]) * 32) for each in (1, 2))
    RoamingSettings.objects.create(call_ha1=used, accepted_ha1s=f"{newer},{used}")
    own = Cluster.objects.create(origin="east", name="EAST", is_own=True, is_member=True)

    def put(number: str, port: int, *others: tuple[str, int], here: bool = False) -> None:
        if here:
            standing.Place.objects.create(number=number, cluster=own, since=1)
            return
        for each, at in ((number, port), *others):
            other = Cluster.objects.create(origin=f"at{at}-{each}", host="127.0.0.1", sip_port=at, is_member=True)
            standing.Place.objects.create(number=each, cluster=other, since=1)

    yield put
    Cluster.objects.all().delete()
    RoamingSettings.objects.all().delete()


def sip_port(site) -> int:
    return int(site.config["call_control.port"])


def two_phones(site) -> tuple[SipPhone, SipPhone]:
    """One that calls as 2002, and one that is registered as 1005."""
    site.phone("SEP01", "2002")
    site.phone("SEP02", "1005")
    caller, erins = site.sip("SEP01"), site.sip("SEP02")
    assert erins.register("1005") == 200
    return caller, erins


def wait_for_clusters(seconds: str) -> None:
    """Set for how long a cluster that does not answer is waited for."""
    parameters.change(
        service="Enterprise Parameters", name="Inter-cluster call timeout", value=seconds, actor="tests", way="",
        source="", now=NOW,
    )  # fmt: skip


@pytest.fixture
def down() -> Iterator[int]:
    """The SIP port of a cluster that is down."""
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield nobody.getsockname()[1]


@pytest.fixture
def silent() -> Iterator[int]:
    """The SIP port of a cluster that takes calls and never says anything."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_call_to_a_number_that_is_elsewhere_goes_there_and_rings_there(site, place) -> None:
    place("1005", sip_port(site))
    caller, erins = two_phones(site)
    outgoing = caller.dial("1005", "2002")
    incoming = erins.rings()
    assert "2002" in incoming.invite.first("P-Asserted-Identity")
    assert incoming.invite.first("X-Roamline-Cluster") == ""
    incoming.answer()
    assert caller.finish(outgoing).status == 200
    assert outgoing.hang_up().status == 200
    erins.expect("BYE")


def test_a_user_elsewhere_who_is_busy_is_said_to_be_busy(site, place) -> None:
    place("1005", sip_port(site))
    caller, erins = two_phones(site)
    outgoing = caller.dial("1005", "2002")
    erins.rings().reject("486 Busy Here")
    assert caller.finish(outgoing).status == 486


def test_a_number_that_is_here_rings_here(site, place) -> None:
    place("1005", 1, here=True)
    caller, erins = two_phones(site)
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
def test_a_cluster_that_does_not_answer_is_given_up_in_time(site, place, silent) -> None:
    wait_for_clusters("1")
    place("1005", silent)
    site.phone("SEP01", "2002")
    began = time.monotonic()
    assert site.sip("SEP01").call("1005", "2002").status == 480
    assert time.monotonic() - began < 4  # the default


def test_a_cluster_that_is_down_is_told_at_once(site, place, down) -> None:
    place("1005", down)
    site.phone("SEP01", "2002")
    assert site.sip("SEP01").call("1005", "2002").status == 480


@pytest.mark.proves("RO-40")
@pytest.mark.parametrize("gone", ["down", "silent"])
@pytest.mark.parametrize("leads", ["here", "to a third cluster"])
def test_the_call_of_a_cluster_that_is_gone_is_forwarded_and_answered(site, place, gone, leads, request) -> None:
    wait_for_clusters("1")
    third = [("3001", sip_port(site))] if leads != "here" else []
    place("1005", request.getfixturevalue(gone), *third)
    site.phone("SEP01", "2002")
    site.profile("Roaming", "1005", css=site.space("Inside", "Internal"))
    site.phone("SEP03", "3001")
    Forward.objects.create(line=Line.objects.get(profile__name="Roaming"), kind=Forward.UNREGISTERED,
                           destination="3001")  # fmt: skip
    caller, taking = site.sip("SEP01"), site.sip("SEP03")
    assert taking.register("3001") == 200
    outgoing = caller.dial("1005", "2002")
    incoming = taking.rings()
    assert "2002" in incoming.invite.first("P-Asserted-Identity")
    assert incoming.invite.first("X-Roamline-Cluster") == ""
    assert incoming.invite.first("Diversion").startswith("<sip:1005@"), "whom the call was for first"
    incoming.answer()
    assert caller.finish(outgoing).status == 200
    assert site.rpc().in_call("SEP01")
    assert site.rpc().in_call("SEP03") or leads != "here"  # one Kamailio takes both clusters' halves for one call
    assert outgoing.hang_up().status == 200
    taking.expect("BYE")
    assert eventually(lambda: site.rpc().in_call("SEP03") is False, "the end")


def test_a_call_forwarded_in_two_clusters_says_who_did_so_last_and_whom_it_was_for_first(site, place, down) -> None:
    place("1005", down, ("3001", sip_port(site)))
    site.phone("SEP01", "2002")
    site.profile("Roaming", "1005", css=site.space("Inside", "Internal"))
    site.phone("SEP03", "3001")
    site.phone("SEP04", "3002")
    Forward.objects.create(line=Line.objects.get(profile__name="Roaming"), kind=Forward.UNREGISTERED,
                           destination="3001")  # fmt: skip
    Forward.objects.create(line=Line.objects.get(profile__name="SEP03-own"), kind=Forward.ALL, destination="3002")
    caller, taking = site.sip("SEP01"), site.sip("SEP04")
    assert taking.register("3002") == 200
    outgoing = caller.dial("1005", "2002")
    incoming = taking.rings()
    said = incoming.invite.all("Diversion")
    assert [each.partition("@")[0] for each in said] == ["<sip:3001", "<sip:1005"]
    assert [each.rpartition("=")[2] for each in said] == ["unconditional", "unavailable"]
    incoming.answer()
    assert caller.finish(outgoing).status == 200
    outgoing.hang_up()
    taking.expect("BYE")


def test_a_phone_that_says_for_whom_a_call_was_is_not_believed(site) -> None:
    caller, erins = two_phones(site)
    outgoing = caller.dial("1005", "2002", extra=("Diversion: <sip:1001@127.0.0.1>;reason=unconditional",))
    incoming = erins.rings()
    assert incoming.invite.first("Diversion") == ""
    incoming.answer()
    assert caller.finish(outgoing).status == 200
    outgoing.hang_up()
    erins.expect("BYE")


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
