"""The demo's users, with their device profiles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from roamline.demo.clusters import DemoCluster, ProfileRow
from roamline.demo.plan import Routing
from roamline.kernel.secret import Secret
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import AccessControlGroup, Account
from roamline.rooms.directory.rules.roles import SUPER_USERS
from roamline.rooms.headsets import service as headsets
from roamline.rooms.headsets.models import Headset
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import Button, DeviceProfile, Phone

ON_OTHER_CLUSTERS_PHONES = frozenset({"bob", "frank", "gina"})
HEADSETS = {"alice": "QPK1234A001", "bob": "QPK1234B002", "chen": "QPK1234C003", "erin": "QPK1234E005"}
NOBODYS_HEADSET = "QPK1234X009"

ALICES_KEYS = [
    (2, "speed_dial", "Chen", "1003"),
    (3, "speed_dial", "Erin", "1005"),
    (4, "speed_dial", "Lobby", "1901"),
    (5, "blf", "Bob", "1002"),
]


def build(
    cluster: DemoCluster, routing: Routing, password: Callable[[], str], actor: str, now: datetime
) -> dict[str, str]:
    """Create the cluster's users and their profiles; the passwords by user id."""
    passwords: dict[str, str] = {}
    for row in cluster.users:
        passwords[row.user_id] = password()
        account = directory.add_account(
            user_id=row.user_id, first_name=row.first_name, last_name=row.last_name,
            password=Secret(passwords[row.user_id]), self_service_id=row.self_service_id,
            primary_extension=routing.number(row.number), user_locale=row.locale,
            emcc_enabled=row.user_id in ON_OTHER_CLUSTERS_PHONES, actor=actor, now=now,
        )  # fmt: skip
        directory.set_pin(account, Secret(row.pin), actor=actor, now=now)
    outside = {row.user_id for row in cluster.users if row.may_call_outside}
    for profile in cluster.profiles:
        _profile(profile, routing, profile.user_id in outside, actor, now)
    supers = AccessControlGroup.objects.get(name=SUPER_USERS)
    for user_id in cluster.super_users:
        directory.join_group(Account.objects.get(user_id=user_id), supers, actor=actor, now=now)
    if cluster.is_headquarters:
        _extras(routing, actor, now)
        _headsets(actor, now)
    return passwords


def _headsets(actor: str, now: datetime) -> None:
    for user_id, serial in HEADSETS.items():
        headsets.associate(serial, user_id, actor=actor, way="demo", now=now)
    headsets.add_headset(NOBODYS_HEADSET, actor=actor, way="demo", now=now)
    Headset.objects.update(model="Headset 532", vendor="Cisco", connection=Headset.WIRED)


def _profile(row: ProfileRow, routing: Routing, outside: bool, actor: str, now: datetime) -> None:
    account = Account.objects.get(user_id=row.user_id)
    profile = DeviceProfile.objects.create(
        name=row.name, model=routing.models[row.model], user_locale=account.user_locale
    )
    profile.services.set(routing.services)
    css = routing.everywhere if outside else routing.inside
    for number in row.numbers:
        phones.add_line(
            profile=profile, number=routing.number(number), display_name=account.display_name, css=css,
            actor=actor, now=now,
        )  # fmt: skip
    directory.add_controlled_profile(account, profile, is_default=row.is_default, actor=actor, now=now)


def _extras(routing: Routing, actor: str, now: datetime) -> None:
    alice, bob = DeviceProfile.objects.get(name="EM_alice"), DeviceProfile.objects.get(name="EM_bob")
    for position, kind, label, number in ALICES_KEYS:
        Button.objects.create(profile=alice, position=position, kind=kind, label=label, number=number)
    for profile, number, device in ((alice, "8001", "SEP0011AA220001"), (bob, "8002", "SEP0011AA220002")):
        phones.add_line(
            profile=profile, number=routing.number(number, routing.intercom), button=6, label="Intercom",
            css=routing.inside, is_intercom=True, default_phone=Phone.objects.get(name=device), actor=actor, now=now,
        )  # fmt: skip
    owner = Account.objects.get(user_id="bob")
    for device in ("SEP0011AA220002", "SEP0011AA220009"):
        directory.give_phone(owner, Phone.objects.get(name=device), actor=actor, now=now)
    helper = Account.objects.get(user_id="dana")
    directory.join_group(helper, AccessControlGroup.objects.get(name="Standard Help Desk"), actor=actor, now=now)
