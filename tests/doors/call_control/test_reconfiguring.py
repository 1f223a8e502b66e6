"""The effect of a log-in or log-out on a phone: it is told, when it is idle, and its old registrations go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from roamline.doors.call_control import calls_up, effects
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.service import TryAgain
from roamline.rooms.mobility.models import PhoneAlarm
from roamline.rooms.phones.models import Phone
from roamline.wires.service_control import Action, parse_body
from tests.sip_client import eventually

pytestmark = [pytest.mark.needs("kamailio")]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def reconfigure(site, settings, monkeypatch):
    settings.CONFIG = site.config
    monkeypatch.setattr(effects, "SNAPSHOT_SECONDS", 0.0)
    return lambda phone, action="restart", version=1: effects.reconfigure(phone, version, {"action": action}, NOW)


@pytest.mark.parametrize("action", ["restart", "reset"])
def test_a_cisco_phone_is_told_to_restart_or_reset(site, reconfigure, action):
    site.phone("SEP01", "1001", model=site.desk)
    phone = site.sip("SEP01")
    assert phone.register("1001") == 200
    (registration,) = site.rpc().registrations("SEP01")
    reconfigure("SEP01", action)
    order = phone.expect("NOTIFY")
    phone.reply(order, "200 OK", "tag")
    assert order.first("Event") == "service-control"
    assert order.uri == f"sip:1001@127.0.0.1:{phone.port}"
    assert order.first("To") == f"<sip:1001@127.0.0.1:{phone.port}>"
    assert order.first("From").startswith("<sip:127.0.0.1>;tag="), "no user part: phones refuse one"
    told = parse_body(order.body)
    assert told.action is Action(action)
    assert told.register_call_id == registration.call_id
    assert site.aors() == ["sep01"], "it stays registered until it does what it was told"


def test_a_software_phones_old_registrations_go(site, reconfigure):
    row = site.phone("SEP01", "1901")
    phone = site.sip("SEP01")
    assert phone.register("1901") == 200
    Phone.objects.filter(pk=row.pk).update(current_profile=site.profile("EM_alice", "1001"))
    assert phone.register("1001") == 200
    reconfigure("SEP01")
    assert site.aors() == ["sep01~1001"]


@pytest.mark.proves("EM-42")
def test_a_phone_in_a_call_is_left_alone_until_the_call_ends(site, reconfigure):
    site.phone("SEP01", "1001", model=site.desk)
    site.phone("SEP02", "1002")
    desk, other = site.sip("SEP01"), site.sip("SEP02")
    assert desk.register("1001") == 200
    outgoing = other.dial("1001", "1002")
    incoming = desk.rings()
    with pytest.raises(TryAgain):
        reconfigure("SEP01")
    incoming.answer()
    assert other.finish(outgoing).status == 200
    with pytest.raises(TryAgain):
        reconfigure("SEP01")
    with pytest.raises(TryAgain):
        reconfigure("SEP02")
    assert calls_up.which_are_in_call(site.config, ["SEP01", "SEP02", "SEP99"]) == {"SEP01", "SEP02"}
    assert outgoing.hang_up().status == 200
    eventually(lambda: site.rpc().in_call("SEP01") is False, "the call's end")
    assert calls_up.which_are_in_call(site.config, ["SEP01", "SEP02", "SEP99"]) == set()
    reconfigure("SEP01")
    desk.expect("NOTIFY")


def test_an_order_that_a_newer_one_overtook_is_dropped(site, reconfigure):
    site.phone("SEP01", "1001", model=site.desk, configuration_version=7)
    phone = site.sip("SEP01")
    assert phone.register("1001") == 200
    reconfigure("SEP01", version=6)
    assert phone.look_for("NOTIFY", seconds=0.3) is None
    reconfigure("SEP01", version=7)
    phone.expect("NOTIFY")


def test_a_phone_that_is_gone_needs_nothing(site, reconfigure):
    reconfigure("SEP99")
    site.phone("SEP01", "1001", model=site.desk)
    reconfigure("SEP01")


def test_without_call_control_it_is_tried_again(site, reconfigure):
    site.phone("SEP01", "1001")
    site.stop(site.processes[-1])
    assert site.rpc().in_call("SEP01") is None
    with pytest.raises(TryAgain):
        reconfigure("SEP01")
    site.start_kamailio()
    reconfigure("SEP01")


@pytest.mark.proves("EM-44")
def test_a_phone_that_does_not_register_again_is_reset_and_then_there_is_an_alarm(site, reconfigure):
    row = site.phone("SEP01", "1001", model=site.desk)
    phone = site.sip("SEP01")
    assert phone.register("1001") == 200
    site.rotate(row, "the-new-secret")
    reconfigure("SEP01", version=row.configuration_version)
    assert parse_body(phone.expect("NOTIFY").body).action is Action.RESTART
    set_time = timedelta(seconds=site.config["phones.confirm_seconds"])
    ledger.fire_due_deadlines(NOW + set_time)
    ledger.perform_due_effects(NOW + set_time)
    assert parse_body(phone.expect("NOTIFY").body).action is Action.RESET
    assert not PhoneAlarm.objects.exists()
    ledger.fire_due_deadlines(NOW + 3 * set_time)
    assert PhoneAlarm.objects.get().phone == row
