"""What is in use is not deleted: the page says what uses it, with links."""

from __future__ import annotations

from typing import Any

from django.test import Client

from roamline.doors.admin_web.models import ApplicationUser
from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.directory.models import AccessControlGroup, Account
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, LogIn, Way
from roamline.rooms.phones.models import DeviceProfile, Phone
from tests.doors.admin_web import pages
from tests.doors.admin_web.small_site import NOW, account


def refused(client: Client, noun: Any) -> str:
    """Try to delete a noun; what the page says, which must have refused."""
    address = pages.address_of(noun, "delete")
    asked = client.get(address)
    assert "cannot be deleted now" in pages.text_of(asked)
    assert client.post(address, {"post": "yes"}).status_code == 200
    assert type(noun)._base_manager.filter(pk=noun.pk).exists()
    return asked.content.decode()


def log_in(site: Any, device: str = "SEP0011AA220003") -> Phone:
    """alice logs in on a phone."""
    outcome = mobility.log_in(LogIn(device, "alice", None), By("test", Way.ADMINISTRATOR), NOW)
    assert isinstance(outcome, mobility.LoggedIn)
    return Phone.objects.get(name=device)


def test_a_partition_with_numbers_links_to_them(small_site: Any, admin: Client) -> None:
    page = refused(admin, small_site.routing.internal)
    assert pages.address_of(small_site.routing.number("1001")) in page
    assert pages.address_of(small_site.routing.inside) in page


def test_a_number_links_to_the_phones_and_profiles_with_a_line_of_it(small_site: Any, admin: Client) -> None:
    assert pages.address_of(small_site.profile) in refused(admin, small_site.routing.number("1001"))
    assert pages.address_of(small_site.phone(1)) in refused(admin, small_site.routing.number("1901"))


def test_a_trunk_links_to_its_route_patterns(small_site: Any, admin: Client) -> None:
    assert "9!" in refused(admin, Trunk.objects.get())


def test_a_device_pool_links_to_its_phones(small_site: Any, admin: Client) -> None:
    assert pages.address_of(small_site.phone(1)) in refused(admin, small_site.phone(1).device_pool)


def test_a_profile_that_a_user_controls_links_to_the_user(small_site: Any, admin: Client) -> None:
    assert pages.address_of(small_site.alice) in refused(admin, small_site.profile)


def test_a_phone_with_somebody_logged_in_says_who(small_site: Any, admin: Client) -> None:
    phone = log_in(small_site)
    assert "alice: SEP0011AA220003" in refused(admin, phone)


def test_a_user_who_is_logged_in_is_logged_out_first(small_site: Any, admin: Client) -> None:
    phone = log_in(small_site)
    assert "alice: SEP0011AA220003" in refused(admin, small_site.alice)
    mobility.log_out(phone.name, By("test", Way.ADMINISTRATOR), NOW)
    assert admin.post(pages.address_of(small_site.alice, "delete"), {"post": "yes"}).status_code == 302
    assert not Account.objects.filter(user_id="alice").exists()


def test_a_profile_and_a_phone_that_were_used_once_can_go_when_nobody_is_logged_in(
    small_site: Any, admin: Client
) -> None:
    phone = log_in(small_site)
    mobility.log_out(phone.name, By("test", Way.ADMINISTRATOR), NOW)
    small_site.alice.controlled_profiles.all().delete()
    assert admin.post(pages.address_of(small_site.profile, "delete"), {"post": "yes"}).status_code == 302
    assert admin.post(pages.address_of(phone, "delete"), {"post": "yes"}).status_code == 302
    assert not DeviceProfile.objects.filter(name__in=["EM_alice", "ADP_SEP0011AA220003"]).exists()


def test_several_of_which_one_is_in_use_all_stay(small_site: Any, admin: Client) -> None:
    log_in(small_site)
    chosen = [small_site.phone(3).pk, small_site.phone(4).pk]
    values = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    assert "cannot be deleted now" in pages.text_of(admin.post(pages.list_of(Phone), values))
    assert Phone.objects.filter(pk__in=chosen).count() == 2


def test_nobody_deletes_the_account_they_are_signed_in_with(small_site: Any, admin: Client) -> None:
    assert "You are signed in with this account" in refused(admin, ApplicationUser.objects.get(user_id="admin"))


def test_the_last_administrator_cannot_be_switched_off(small_site: Any, admin: Client) -> None:
    myself = ApplicationUser.objects.get(user_id="admin")
    response = pages.send(admin, pages.address_of(myself), {}, without=("is_active",))
    assert "Nobody would be an administrator any more" in pages.messages_of(admin, response)
    assert Account.objects.get(user_id="admin").is_active
    account("second", "Standard CCM Super Users", Account.APPLICATION)
    assert pages.send(admin, pages.address_of(myself), {}, without=("is_active",)).status_code == 302
    assert not Account.objects.get(user_id="admin").is_active


def test_the_last_administrator_cannot_leave_the_group(small_site: Any, admin: Client) -> None:
    group = AccessControlGroup.objects.get(name="Standard CCM Super Users")
    response = pages.send(admin, pages.address_of(group), {"memberships-0-DELETE": "on"})
    assert "Nobody would be an administrator any more" in pages.messages_of(admin, response)
    assert group.memberships.count() == 1


def test_standard_groups_stay_and_keep_their_names(small_site: Any, admin: Client) -> None:
    group = AccessControlGroup.objects.get(name="Standard Help Desk")
    assert "is a standard group" in refused(admin, group)
    pages.send(admin, pages.address_of(group), {"name": "Mine", "roles": "administration"})
    group.refresh_from_db()
    assert (group.name, group.roles) == ("Standard Help Desk", ["help desk"])
