"""The phone's page: who is on it, what it is when nobody is, and that it learns of changes without losing a session."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from roamline.rooms.directory.models import AssociatedPhone, PhoneOwner
from roamline.rooms.ledger.models import AuditEntry, Effect
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones import secrets
from roamline.rooms.phones.models import Phone
from tests.doors.admin_web import pages
from tests.doors.admin_web.test_in_use import log_in
from tests.doors.admin_web.test_roles import deed


def page_of(client: Client, phone: Phone) -> str:
    """What the phone's page says."""
    return pages.text_of(client.get(pages.address_of(phone)))


def version_of(phone: Phone) -> int:
    """The phone's configuration version now."""
    return Phone.objects.values_list("configuration_version", flat=True).get(pk=phone.pk)


def test_a_new_phone_runs_its_own_settings_and_has_a_secret(small_site: Any, admin: Client) -> None:
    model, pool = small_site.routing.models["Cisco 8851"], small_site.phone(1).device_pool
    values = {"name": "SEP00AABBCCDD01", "model": model.pk, "device_pool": pool.pk, "own_locale": "zh"}
    response = pages.send(admin, pages.add_to(Phone), values)
    phone = Phone.objects.get(name="SEP00AABBCCDD01")
    assert response.url == pages.address_of(phone)
    assert phone.current_profile == phone.own_profile
    assert (phone.own_profile.name, phone.own_profile.user_locale) == ("ADP_SEP00AABBCCDD01", "zh")
    assert phone.ha1 == secrets.ha1_of(phone.name, phone.configuration_version)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SEP00AABBCCDD", "twelve hexadecimal digits"),
        ("sep0011aa220001", "upper and lower case are the same"),
        ("two words", "Give 1 to 128 of"),
    ],
)
def test_a_bad_or_taken_name_is_refused_at_the_field(name: str, said: str, small_site: Any, admin: Client) -> None:
    model, pool = small_site.routing.models["Cisco 8851"], small_site.phone(1).device_pool
    response = pages.send(admin, pages.add_to(Phone), {"name": name, "model": model.pk, "device_pool": pool.pk})
    assert said in pages.text_of(response)
    assert Phone.objects.count() == 9


def test_the_name_stays(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(1)
    pages.send(admin, pages.address_of(phone), {"name": "SEP00AABBCCDD02", "description": "x"})
    phone.refresh_from_db()
    assert (phone.name, phone.description) == ("SEP0011AA220001", "x")


@pytest.mark.proves("EM-36")
def test_on_a_protected_phone_the_box_is_greyed_with_the_reason(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(8)
    page = admin.get(pages.address_of(phone))
    assert "marked as a protected device (secure tone)" in pages.text_of(page)
    assert "Hold reversion not supported" in pages.text_of(page)
    assert page.context["adminform"].form.fields["em_enabled"].disabled
    pages.send(admin, pages.address_of(phone), {"em_enabled": "on"})
    phone.refresh_from_db()
    assert not phone.em_enabled
    both = pages.send(admin, pages.address_of(small_site.phone(1)), {"protected": "on"})
    assert "Not possible on a protected device" in pages.text_of(both)
    assert not small_site.phone(1).protected


def test_the_owner_is_associated_with_the_phone(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(3)
    missing = pages.send(admin, pages.address_of(phone), {"use": "owner"})
    assert "Say whose phone this is" in pages.text_of(missing)
    assert pages.send(admin, pages.address_of(phone), {"use": "owner", "owner": small_site.alice.pk}).status_code == 302
    assert PhoneOwner.objects.get(phone=phone).account.user_id == "alice"
    assert AssociatedPhone.objects.filter(phone=phone, account__user_id="alice").exists()
    entry = AuditEntry.objects.filter(action="phone.changed").first()
    assert entry is not None
    assert entry.details["changes"]["owner"] == {"before": None, "after": "alice"}


@pytest.mark.proves("EM-12")
def test_lines_are_numbered_in_the_order_of_their_keys_and_may_change_places(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(1)
    address = pages.address_of(phone)
    second = small_site.routing.number("1013")
    values = pages.add_row(pages.open_form(admin, address), "lines", button="2", directory_number=second.pk)
    assert admin.post(address, values).status_code == 302
    values = pages.open_form(admin, address)
    assert admin.post(address, {**values, "lines-0-button": "2", "lines-1-button": "1"}).status_code == 302
    lines = phone.own_profile.lines.order_by("index")
    assert [(line.index, line.button, line.directory_number.pattern) for line in lines] == [
        (1, 1, "1013"), (2, 2, "1901"),
    ]  # fmt: skip
    entry = AuditEntry.objects.filter(action="phone.changed").first()
    assert entry is not None
    assert set(entry.details["changes"]) == {"lines"}


@pytest.mark.proves("EM-12")
@pytest.mark.parametrize(("key", "said"), [("1", "Key 1 is used more than once"), ("11", "a Cisco 8851 has 10 keys")])
def test_a_key_is_given_once_and_exists(key: str, said: str, small_site: Any, admin: Client) -> None:
    address = pages.address_of(small_site.phone(1))
    button = {"position": key, "kind": "speed_dial", "label": "Bob", "number": "1002"}
    values = pages.add_row(pages.open_form(admin, address), "buttons", **button)
    response = admin.post(address, values)
    assert said in pages.text_of(response)
    assert not small_site.phone(1).own_profile.buttons.exists()


@pytest.mark.parametrize(
    ("kind", "said"), [("speed_dial", "Give the number"), ("blf", "Give the number"), ("service", "Choose the phone")]
)
def test_a_button_has_what_its_kind_needs(kind: str, said: str, small_site: Any, admin: Client) -> None:
    address = pages.address_of(small_site.phone(1))
    values = pages.add_row(pages.open_form(admin, address), "buttons", position="5", kind=kind, label="x")
    assert said in pages.text_of(admin.post(address, values))


def test_a_phone_learns_of_a_change_of_its_lines(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(1)
    before = Phone.objects.get(pk=phone.pk)
    pages.send(admin, pages.address_of(phone), {"lines-0-label": "Lobby"})
    after = Phone.objects.get(pk=phone.pk)
    assert after.configuration_version == before.configuration_version + 1
    assert after.ha1 == secrets.ha1_of(after.name, after.configuration_version)
    assert after.previous_ha1 == before.ha1
    effect = Effect.objects.get(kind="phone.reconfigure", subject=phone.name)
    assert (effect.version, effect.payload) == (after.configuration_version, {"action": "restart"})


def test_what_the_phone_does_not_see_does_not_restart_it(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(4)
    assert pages.send(admin, pages.address_of(phone), {"em_enabled": "on", "firmware": "14.2"}).status_code == 302
    assert version_of(phone) == 1
    assert not Effect.objects.filter(subject=phone.name).exists()


def test_own_settings_changed_while_somebody_is_logged_in_wait_for_the_log_out(small_site: Any, admin: Client) -> None:
    phone = log_in(small_site)
    version = version_of(phone)
    pages.send(admin, pages.address_of(phone), {"lines-0-label": "Own", "own_dnd": "on"})
    assert version_of(phone) == version
    assert Phone.objects.get(pk=phone.pk).own_profile.dnd_enabled
    assert not small_site.profile.lines.filter(label="Own").exists()


def test_a_change_of_a_profile_reaches_the_phone_that_runs_it_and_the_session_stays(
    small_site: Any, admin: Client
) -> None:
    phone = log_in(small_site)
    other, version = version_of(small_site.phone(1)), version_of(phone)
    session = LoginSession.objects.get(ended_at__isnull=True)
    response = pages.send(admin, pages.address_of(small_site.profile), {"lines-0-label": "Alice"})
    assert "fetch their configuration anew: 1" in pages.messages_of(admin, response)
    assert version_of(phone) == version + 1
    assert version_of(small_site.phone(1)) == other
    session.refresh_from_db()
    assert session.ended_at is None
    assert Phone.objects.get(pk=phone.pk).current_profile == small_site.profile


def test_a_logout_profile_is_what_a_free_phone_runs_at_once(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(3)
    pages.send(admin, pages.address_of(phone), {"logout_profile": small_site.profile.pk})
    assert Phone.objects.get(pk=phone.pk).current_profile == small_site.profile
    pages.send(admin, pages.address_of(phone), {"logout_profile": ""})
    assert Phone.objects.get(pk=phone.pk).current_profile == phone.own_profile


def test_the_panel_says_who_is_logged_in_by_which_way_and_whether_confirmed(small_site: Any, admin: Client) -> None:
    assert "Logged in Nobody" in page_of(admin, small_site.phone(3))
    text = page_of(admin, log_in(small_site))
    for said in ("Logged in alice", "By way of administrator", "Confirmation by the phone Waiting", "Runs EM_alice"):
        assert said in text


def test_an_administrator_logs_a_user_in_without_a_pin(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(3)
    response = deed(admin, phone, "log-in", user=small_site.alice.pk)
    assert "alice is logged in on SEP0011AA220003 with EM_alice" in pages.messages_of(admin, response)
    entry = AuditEntry.objects.get(action="em.login")
    assert (entry.actor, entry.user_id, entry.way, entry.source) == ("admin", "alice", "administrator", "127.0.0.1")
    text = pages.text_of(deed(admin, small_site.phone(1), "log-in", user=small_site.alice.pk))
    assert "Refused with error 25" in text
    assert "SEP0011AA220003" in text


def test_a_phone_without_a_log_in_service_warns_and_is_found(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(3)
    assert "No EM service after log-out" not in page_of(admin, phone)
    assert deed(admin, phone, "subscribe").status_code == 302
    assert "No EM service after log-out" in page_of(admin, phone)
    found = admin.get(pages.list_of(Phone), {"em_service": "missing"}).context["cl"].result_list
    assert [each.name for each in found] == [phone.name]
    deed(admin, phone, "subscribe", services=[service.pk for service in small_site.routing.services])
    assert "No EM service after log-out" not in page_of(admin, phone)


def test_subscribing_is_audited_and_the_phone_learns_of_it(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(4)
    version = version_of(phone)
    deed(admin, phone, "subscribe", services=[service.pk for service in small_site.routing.services])
    assert version_of(phone) == version + 1
    entry = AuditEntry.objects.filter(action="phone.changed").first()
    assert entry is not None
    assert entry.details["changes"] == {"services": {"before": [], "after": ["Extension Mobility"]}}
    phone.refresh_from_db()
    assert phone.revision == 1


def test_a_device_token_is_shown_once(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(6)
    asked = admin.get(pages.address_of(phone).replace("/change/", "/token/"))
    assert asked.status_code == 200
    assert Phone.objects.get(pk=phone.pk).token_hash == ""
    shown = deed(admin, phone, "token")
    token = shown.context["token"]
    assert token in pages.text_of(shown)
    assert "no-store" in shown["Cache-Control"]
    phone.refresh_from_db()
    assert phone.token_hash
    assert token not in phone.token_hash
    assert token not in page_of(admin, phone)
    assert token not in str(list(AuditEntry.objects.values()))


def test_restart_and_reset_tell_the_phone_and_keep_the_session(small_site: Any, admin: Client) -> None:
    phone = log_in(small_site)
    for name in ("restart", "reset"):
        assert deed(admin, phone, name).status_code == 302
        assert Effect.objects.get(kind="phone.reconfigure", subject=phone.name).payload == {"action": name}
    assert LoginSession.objects.filter(phone=phone, ended_at__isnull=True).exists()


def test_secrets_and_hashes_are_on_no_page(small_site: Any, admin: Client) -> None:
    phone = small_site.phone(1)
    page = admin.get(pages.address_of(phone)).content.decode()
    assert phone.ha1 not in page
    assert secrets.secret_of(phone.name, phone.configuration_version).reveal() not in page
