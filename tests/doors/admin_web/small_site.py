"""A small site: the demo's phones and dial plan, an administrator, a reader, the help desk, a user with a profile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from roamline.demo import plan
from roamline.demo.clusters import HQ
from roamline.demo.plan import Routing
from roamline.doors.admin_web.models import EndUser
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import AccessControlGroup, Account
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import DeviceProfile, Phone

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SmallSite:
    """What tests refer to."""

    routing: Routing
    admin: Account
    alice: Any
    profile: DeviceProfile

    def phone(self, last_digit: int) -> Phone:
        """One of the demo's phones."""
        return Phone.objects.get(name=f"SEP0011AA22000{last_digit}")


def account(user_id: str, group: str = "", kind: str = Account.END) -> Account:
    """An account without password, in a group."""
    made = directory.add_account(user_id=user_id, kind=kind, first_name=user_id.title(), actor="test", now=NOW)
    if group:
        directory.join_group(made, AccessControlGroup.objects.get(name=group), actor="test", now=NOW)
    return made


def build() -> SmallSite:
    """The site, in the test's transaction."""
    routing = plan.build(HQ, "test", NOW)
    admin = account("admin", "Standard CCM Super Users", Account.APPLICATION)
    account("dana", "Standard Help Desk")
    account("reader", "Standard CCM Read Only")
    alice = account("alice")
    alice.primary_extension = routing.number("1001")
    alice.save()
    profile = DeviceProfile.objects.create(name="EM_alice", model=routing.models["Cisco 8851"])
    profile.services.set(routing.services)
    phones.add_line(profile=profile, number=routing.number("1001"), actor="test", now=NOW)
    directory.add_controlled_profile(alice, profile, actor="test", now=NOW, is_default=True)
    return SmallSite(routing, admin, EndUser.objects.get(pk=alice.pk), profile)


def signed_in(user_id: str) -> Client:
    """A browser in which an account is signed in."""
    client = Client()
    client.force_login(Account.objects.get(user_id=user_id))
    return client
