"""The demo's users, with their device profiles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from roamline.demo.plan import Routing
from roamline.kernel.secret import Secret
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import AccessControlGroup, Account
from roamline.rooms.headsets import service as headsets
from roamline.rooms.headsets.models import Headset
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import Button, DeviceProfile, Phone

PINS = {"alice": "27182", "bob": "31415", "chen": "16180", "dana": "57721", "erin": "66260"}

# user id, first name, last name, number, self-service id, locale, may call outside
USERS = [
    ("alice", "Alice", "Archer", "1001", "70001", "en", True),
    ("bob", "Bob", "Baker", "1002", None, "en", True),
    ("chen", "Chen", "Wei", "1003", None, "zh", False),
    ("dana", "Dana", "Diaz", "1004", None, "en", False),
    ("erin", "Erin", "Eun", "1005", None, "ko", False),
]

# user id, profile, model, numbers, default
PROFILES = [
    ("alice", "EM_alice", "Cisco 8851", ("1001",), True),
    ("bob", "EM_bob", "Cisco 8851", ("1002",), True),
    ("chen", "EM_chen_desk", "Cisco 8851", ("1003", "1013"), True),
    ("chen", "EM_chen_lab", "Cisco 7841", ("1003",), False),
    ("erin", "EM_erin", "Cisco 8851", ("1005",), True),
]

HEADSETS = {"alice": "QPK1234A001", "bob": "QPK1234B002", "chen": "QPK1234C003", "erin": "QPK1234E005"}
NOBODYS_HEADSET = "QPK1234X009"

ALICES_KEYS = [
    (2, "speed_dial", "Chen", "1003"),
    (3, "speed_dial", "Erin", "1005"),
    (4, "speed_dial", "Lobby", "1901"),
    (5, "blf", "Bob", "1002"),
]


def build(routing: Routing, password: Callable[[], str], actor: str, now: datetime) -> dict[str, str]:
    """Create the users and their profiles; the passwords by user id."""
    passwords: dict[str, str] = {}
    may_call_outside: set[str] = set()
    for user_id, first, last, number, self_service_id, locale, outside in USERS:
        passwords[user_id] = password()
        account = directory.add_account(
            user_id=user_id, first_name=first, last_name=last, password=Secret(passwords[user_id]),
            self_service_id=self_service_id, primary_extension=routing.number(number), user_locale=locale,
            emcc_enabled=user_id == "bob", actor=actor, now=now,
        )  # fmt: skip
        directory.set_pin(account, Secret(PINS[user_id]), actor=actor, now=now)
        may_call_outside |= {user_id} if outside else set()
    for row in PROFILES:
        _profile(row, routing, row[0] in may_call_outside, actor, now)
    _extras(routing, actor, now)
    _headsets(actor, now)
    return passwords


def _headsets(actor: str, now: datetime) -> None:
    for user_id, serial in HEADSETS.items():
        headsets.associate(serial, user_id, actor=actor, way="demo", now=now)
    headsets.add_headset(NOBODYS_HEADSET, actor=actor, way="demo", now=now)
    Headset.objects.update(model="Headset 532", vendor="Cisco", connection=Headset.WIRED)


def _profile(
    row: tuple[str, str, str, tuple[str, ...], bool], routing: Routing, outside: bool, actor: str, now: datetime
) -> None:
    user_id, name, model, numbers, is_default = row
    account = Account.objects.get(user_id=user_id)
    profile = DeviceProfile.objects.create(name=name, model=routing.models[model], user_locale=account.user_locale)
    profile.services.set(routing.services)
    css = routing.everywhere if outside else routing.inside
    for number in numbers:
        phones.add_line(
            profile=profile, number=routing.number(number), display_name=account.display_name, css=css,
            actor=actor, now=now,
        )  # fmt: skip
    directory.add_controlled_profile(account, profile, is_default=is_default, actor=actor, now=now)


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
