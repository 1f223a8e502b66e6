"""A Kamailio that listens on both IP versions: phones of either register, call each other, and are told by theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from roamline.doors.call_control import effects
from roamline.rooms.phones.models import Button
from roamline.wires.service_control import Action
from tests.doors.call_control.watching import Watch
from tests.support import parts

if TYPE_CHECKING:
    from tests.doors.call_control.small_site import SmallSite

pytestmark = [pytest.mark.needs("kamailio")]


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[SmallSite]:
    """One Kamailio on 127.0.0.1 and ::1."""
    parts.need("kamailio")
    from tests.doors.call_control.small_site import running_site

    ipv6 = {"call_control.bind_ipv6": "::1", "site.advertised_ipv6": "::1"}
    with django_db_blocker.unblock(), running_site(tmp_path_factory.mktemp("site"), more=ipv6) as site:
        yield site


@pytest.fixture
def desks(site: SmallSite) -> tuple[Any, Any]:
    """A Cisco phone over IPv6 with a key for a phone over IPv4, both registered."""
    row = site.phone("SEP06", "1006", model=site.desk)
    site.phone("SEP04", "1004")
    Button.objects.create(profile=row.own_profile, position=3, kind="blf", label="1004", number="1004")
    new, old = site.sip("SEP06", address="::1"), site.sip("SEP04")
    assert [new.register("1006"), old.register("1004")] == [200, 200]
    return new, old


@pytest.mark.proves("EM-2")
def test_a_phone_registers_over_ipv6_and_is_told_from_there(site: SmallSite, desks: Any, settings: Any) -> None:
    settings.CONFIG = site.config
    new, _old = desks
    (registration,) = site.rpc().contacts("sep06")
    assert registration.host == new.host
    effects.order(site.rpc(), registration, Action.RESTART)
    told = new.expect("NOTIFY")
    assert told.first("From").startswith("<sip:[::1]>")
    addresses = [value for name, value in told.headers if name != "Call-ID"]  # that one is a token
    assert not [value for value in addresses if "127.0.0.1" in value]


def test_phones_of_both_ip_versions_call_each_other(desks: Any) -> None:
    new, old = desks
    for caller, line, number, callee in ((new, "1006", "1004", old), (old, "1004", "1006", new)):
        outgoing = caller.dial(number, line)
        callee.rings().answer()
        assert caller.finish(outgoing).status == 200
        assert outgoing.hang_up().status == 200


def test_a_lamp_is_watched_and_watched_on_over_ipv6(desks: Any) -> None:
    new, old = desks
    watch = Watch(new, "1006", "1004")
    assert watch.subscribe() in (200, 202)
    watch.shows(False)
    assert "[::1]" in watch.target
    assert watch.subscribe() in (200, 202)
    outgoing = old.dial("1006", "1004")
    new.rings().answer()
    assert old.finish(outgoing).status == 200
    watch.shows(True)
