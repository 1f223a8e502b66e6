"""Several at once: what will follow is said first, what was confirmed is what was seen, and changes can be undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from roamline.doors.admin_web.models import EndUser
from roamline.rooms.directory.models import Account, Membership
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import DevicePool, Phone
from tests.doors.admin_web import pages
from tests.doors.admin_web.small_site import account, signed_in
from tests.doors.admin_web.test_in_use import log_in


def open_sessions() -> int:
    """How many are logged in."""
    return LoginSession.objects.filter(ended_at__isnull=True).count()


def test_who_will_be_logged_out_and_what_resets_is_said_before_anything_happens(small_site: Any, admin: Client) -> None:
    log_in(small_site)
    asked = pages.choose(admin, Phone, "log_out_selected", Phone.objects.all())
    text = pages.text_of(asked)
    for said in ("9 selected", "Users who are logged out: 1.", "Phones that reset or restart: 1.", "cannot be undone"):
        assert said in text
    assert open_sessions() == 1
    response = pages.confirm(admin, asked)
    assert "alice is logged out on SEP0011AA220003." in pages.messages_of(admin, response)
    assert open_sessions() == 0


def test_calls_that_are_up_are_told(small_site: Any, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = log_in(small_site)
    monkeypatch.setattr("roamline.rooms.mobility.service.calls._questions", [lambda device: device == phone.name])
    text = pages.text_of(pages.choose(admin, Phone, "log_out_selected", [phone]))
    assert "In a call right now: 1. They are logged out when it ends: alice (SEP0011AA220003)." in text
    assert "Phones in a call right now, which are told when it ends: 1." in pages.text_of(
        pages.choose(admin, Phone, "change_selected", [phone])
    )


def test_phones_are_changed_together_each_audited_and_told_and_it_is_undone(small_site: Any, admin: Client) -> None:
    other = DevicePool.objects.create(name="New building")
    phones = [small_site.phone(1), small_site.phone(2)]
    before = {phone.pk: (phone.device_pool_id, phone.configuration_version) for phone in phones}
    asked = pages.choose(admin, Phone, "change_selected", phones)
    assert "You can undo it afterwards." in pages.text_of(asked)
    response = pages.confirm(admin, asked, device_pool=other.pk)
    said = pages.messages_of(admin, response)
    assert "Changed: 2. Phones that fetch their configuration anew: 2." in said
    assert "Undo" in said
    assert set(Phone.objects.filter(device_pool=other)) == set(phones)
    for entry in AuditEntry.objects.filter(action="phone.changed"):
        assert (entry.actor, entry.source) == ("admin", "127.0.0.1")
        assert entry.details["changes"]["device_pool"]["after"] == "New building"
    Phone.objects.filter(pk=phones[1].pk).update(device_pool=DevicePool.objects.exclude(pk=other.pk).first())
    response = admin.post("/admin/undo/")
    assert "Set back: 1. Left, because they were changed again or deleted: 1." in pages.messages_of(admin, response)
    first = Phone.objects.get(pk=phones[0].pk)
    assert first.device_pool_id == before[first.pk][0]
    assert first.configuration_version > before[first.pk][1]
    assert AuditEntry.objects.filter(action="phone.changed", device=first.name).count() == 2
    assert "nothing to undo" in pages.messages_of(admin, admin.get("/admin/undo/"))


def test_a_protected_phone_is_left_out_with_the_reason(small_site: Any, admin: Client) -> None:
    phones = [small_site.phone(1), small_site.phone(2)]
    Phone.objects.filter(pk=phones[1].pk).update(protected=True, em_enabled=False)
    Phone.objects.filter(pk=phones[0].pk).update(em_enabled=False)
    asked = pages.choose(admin, Phone, "change_selected", phones)
    assert "Protected devices, on which Extension Mobility cannot be enabled: 1." in pages.text_of(asked)
    said = pages.messages_of(admin, pages.confirm(admin, asked, em_enabled="on"))
    assert "SEP0011AA220002 is a protected device" in said
    assert "Changed: 1." in said
    assert list(Phone.objects.filter(pk__in=[phone.pk for phone in phones], em_enabled=True)) == [phones[0]]


def test_a_selection_that_became_another_is_shown_again(small_site: Any, admin: Client) -> None:
    log_in(small_site)
    sessions = LoginSession.objects.filter(ended_at__isnull=True)
    asked = pages.choose(admin, LoginSession, "log_out_selected", sessions)
    values = pages.form_values(asked)
    values["_selected_action"] = [999_999]
    again = admin.post(pages.list_of(LoginSession), values)
    assert again.status_code == 200
    assert "The selection is another one by now" in pages.text_of(again)
    assert open_sessions() == 1


def test_users_are_unlocked_together(small_site: Any, admin: Client) -> None:
    Account.objects.filter(user_id__in=["alice", "reader"]).update(failed_attempts=3)
    asked = pages.choose(admin, EndUser, "unlock_selected", EndUser.objects.filter(kind=Account.END))
    assert "on the way to it: 2." in pages.text_of(asked)
    assert "Unlocked: 2." in pages.messages_of(admin, pages.confirm(admin, asked))
    assert AuditEntry.objects.filter(action="account.unlocked", actor="admin").count() == 2


def test_the_last_administrator_is_not_switched_off_with_others(small_site: Any, admin: Client) -> None:
    account("boss", "Standard CCM Super Users")
    Membership.objects.filter(account=small_site.admin).delete()
    client = signed_in("boss")
    users = EndUser.objects.filter(user_id__in=["alice", "boss"])
    said = pages.messages_of(
        client, pages.confirm(client, pages.choose(client, EndUser, "change_selected", users), is_active="off")
    )
    assert "Nobody would be an administrator any more." in said
    assert Account.objects.get(user_id="boss").is_active
    assert not Account.objects.get(user_id="alice").is_active


def test_who_may_only_look_changes_no_selection_and_undoes_nothing(
    small_site: Any, reader: Client, dana: Client
) -> None:
    phone = log_in(small_site)
    for client in (reader, dana):
        pages.choose(client, Phone, "change_selected", [phone])
        client.post(pages.list_of(Phone), {"action": "change_selected", "_selected_action": [phone.pk],
                                           "confirmed": "x", "em_enabled": "off"})  # fmt: skip
        assert client.post("/admin/undo/").status_code == 302
    assert Phone.objects.get(pk=phone.pk).em_enabled
    reader.post(pages.list_of(EndUser), {"action": "unlock_selected", "_selected_action": [small_site.alice.pk]})
    assert open_sessions() == 1


def test_more_than_a_page_can_do_is_left_to_a_job(
    small_site: Any, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roamline.doors.admin_web.selection.MOST_SELECTED", 3)
    response = pages.choose(admin, Phone, "log_out_selected", Phone.objects.all())
    assert "At most 3 at once" in pages.messages_of(admin, response)


@pytest.mark.proves("EM-9")
def test_a_list_is_found_by_several_conditions_of_which_all_or_any_hold(small_site: Any, admin: Client) -> None:
    def names(address: str) -> list[str]:
        response = admin.get(f"{pages.list_of(Phone)}?{address}")
        return [phone.name[-1] for phone in response.context["cl"].result_list]

    two = "find=name&how=begins&text=sep0011&find=device_pool__name&how=is&text=lobby"
    lobby = [phone.name[-1] for phone in Phone.objects.filter(device_pool__name="Lobby").order_by("name")]
    assert names(two) == lobby
    assert len(lobby) < 9
    assert names(f"{two}&find=name&how=ends&text=0007") == ["7"]
    assert names("find=name&how=ends&text=0001&find=name&how=ends&text=0002&match=any") == ["1", "2"]
    assert names("find=name&how=ends&text=0001&find=name&how=ends&text=0002") == []
    number = "own_profile__lines__directory_number__pattern"
    assert names(f"find={number}&how=is&text=1901") == ["1"]
    page = admin.get(f"{pages.list_of(Phone)}?{two}&match=any&o=-1").content.decode()
    assert page.count('<select name="find"') == 2
    assert 'name="o" value="-1"' in page
