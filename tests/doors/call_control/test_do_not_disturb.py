"""Do not disturb, by a Cisco phone's key and by code: kept in what the phone runs, and acting on real calls (EM-32)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from roamline.doors.call_control import activation, do_not_disturb
from roamline.doors.call_control.events import DoNotDisturb
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, Way
from roamline.rooms.phones import secrets
from roamline.rooms.phones.models import DeviceProfile, Phone
from tests.sip_client import eventually

pytestmark = [pytest.mark.needs("kamailio")]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MAC = "0011AA220001"
DESK = f"SEP{MAC}"
BODY = (
    '<?xml version="1.0"?><presence xmlns:ce="urn:cisco:params:xml:ns:pidf:rpid"><dm:person><e:activities>'
    "{}</e:activities></dm:person></presence>"
)


@pytest.fixture
def desks(site, heard):
    """A Cisco phone with 1001, a software phone with 1002, and an engine that takes up what they report."""
    site.phone(DESK, "1001", model=site.desk)
    site.phone("SEP02", "1002")
    phones = site.sip(DESK), site.sip("SEP02")
    for number, phone in enumerate(phones, 1):
        assert phone.register(f"100{number}") == 200
    assert activation.tell(site.rpc(), running=True)
    return phones


def press_key(desk, on: bool, mac: str = MAC) -> int:
    body = BODY.format("<ce:dnd/>" if on else "<e:unknown/>")
    call_id = f"publish-{on}-{mac}-{id(desk)}"
    desk.send(
        desk.request("PUBLISH", f"sip:{mac}@roamline", from_user=mac, to=f"<sip:{mac}@roamline>", call_id=call_id,
                     cseq=1, tag="t", extra=("Event: presence", "Expires: 3600"), body=body)
    )  # fmt: skip
    return desk.response(call_id, 1, "PUBLISH").status


def taken_up(heard, device: str, on: bool) -> None:
    """Wait for the report, and have the engine take it up."""

    def reports():
        return [event for event in heard if isinstance(event, DoNotDisturb)]

    eventually(reports, "the report")
    report = reports()[-1]
    assert (report.device.lower(), report.on) == (device.lower(), on)
    heard.remove(report)
    do_not_disturb.take_up(report, NOW)


def test_the_key_of_a_cisco_phone_refuses_calls_and_takes_them_again(desks, heard):
    desk, soft = desks
    assert press_key(desk, on=True) == 200
    taken_up(heard, DESK, on=True)
    assert soft.call("1001", "1002").final.status == 486
    assert press_key(desk, on=False) == 200
    taken_up(heard, DESK, on=False)
    outgoing = soft.dial("1001", "1002")
    desk.rings().answer()
    assert soft.finish(outgoing).status == 200


def test_codes_do_the_same_on_every_phone(desks, heard):
    desk, soft = desks
    assert soft.call("*78", "1002").final.start == "SIP/2.0 480 Do Not Disturb Is On"
    taken_up(heard, "SEP02", on=True)
    assert desk.call("1002", "1001").final.status == 486
    version = Phone.objects.get(name="SEP02").configuration_version
    soft.secret = secrets.secret_of("SEP02", version).reveal()  # it fetched its configuration anew, to show it
    assert soft.call("*79", "1002").final.start == "SIP/2.0 480 Do Not Disturb Is Off"
    taken_up(heard, "SEP02", on=False)
    assert DeviceProfile.objects.get(name="SEP02-own").dnd_enabled is False


def test_with_the_ringer_off_calls_still_come(desks, heard):
    desk, soft = desks
    DeviceProfile.objects.filter(name=f"{DESK}-own").update(dnd_option=DeviceProfile.RINGER_OFF)
    press_key(desk, on=True)
    taken_up(heard, DESK, on=True)
    soft.dial("1001", "1002")
    desk.rings()


@pytest.mark.proves("EM-32")
def test_what_is_set_while_logged_in_stays_in_the_profile_and_never_touches_the_phones_own(site, desks, heard):
    desk, soft = desks
    profile = site.profile("EM_alice", "1001")
    phone = Phone.objects.get(name=DESK)
    Phone.objects.filter(pk=phone.pk).update(current_profile=profile)
    account = Account.objects.create(user_id="alice", kind=Account.END)
    LoginSession.objects.create(phone=phone, account=account, profile=profile, started_at=NOW, way="phone")
    press_key(desk, on=True)
    taken_up(heard, DESK, on=True)
    assert soft.call("1001", "1002").final.status == 486
    LoginSession.objects.all().delete()
    Phone.objects.filter(pk=phone.pk).update(current_profile=phone.own_profile)
    soft.dial("1001", "1002")
    desk.rings()
    profile.refresh_from_db()
    assert profile.dnd_enabled, "it is there again at the next log-in"
    assert AuditEntry.objects.filter(action="dnd.on", user_id="alice", device=DESK).exists()
    Account.objects.all().delete()


def test_a_shared_logout_profile_is_not_changed_from_a_phone(site, desks):
    shared = site.profile("Lobby_profile", "1001")
    Phone.objects.filter(name=DESK).update(current_profile=shared)
    assert not mobility.set_do_not_disturb_on(DESK, True, By("", Way.PHONE), NOW)
    shared.refresh_from_db()
    assert not shared.dnd_enabled


def test_a_cisco_phone_shows_what_was_set_elsewhere(desks, site, settings):
    settings.CONFIG = site.config
    desk, _soft = desks
    profile = DeviceProfile.objects.get(name=f"{DESK}-own")
    mobility.set_do_not_disturb(profile.pk, True, By("alice", Way.ADMINISTRATOR), NOW)
    do_not_disturb.show(DESK, 1, {}, NOW)
    told = desk.expect("REFER")
    desk.reply(told, "202 Accepted", "t")
    assert told.first("Content-Type") == "application/x-cisco-remotecc-request+xml"
    assert "<state>enable</state><option>callreject</option>" in told.body
    assert told.first("Refer-To").startswith("<cid:")


def test_only_the_phone_itself_is_believed(desks, heard):
    desk, soft = desks
    assert press_key(desk, on=True, mac="0011AA229999") == 403
    assert press_key(soft, on=True, mac="DEADBEEF0001") == 403
    assert not [event for event in heard if isinstance(event, DoNotDisturb)]


def test_without_an_engine_nobody_pretends_that_it_is_kept(desks, site):
    desk, soft = desks
    site.rpc().call("htable.delete", "alive", "engine")
    assert press_key(desk, on=True) == 503
    assert soft.call("*78", "1002").final.status == 503
