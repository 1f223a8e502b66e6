"""Managers and their assistants: who assists whom, and the switches that either may press (EM-37).

Our own design where the original says no more than that a manager reaches assistants, filter and do-not-disturb after
the log-in. A diverted call rings the first assistant who can be reached; when there is none it rings the manager. An
assistant's own call always rings the manager.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from roamline.rooms.directory.models import ControlledProfile
from roamline.rooms.features.models import Assistance, ManagerSettings
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, Way, set_do_not_disturb
from roamline.rooms.phones.models import DeviceProfile

DIVERT, FILTER, DO_NOT_DISTURB = "divert", "filter", "dnd"
_FIELDS = {DIVERT: "divert_all", FILTER: "filter_on"}
ASSISTANTS_MAY = frozenset({DIVERT})


@dataclass(frozen=True, slots=True)
class Manager:
    """A manager as the assistant services show one."""

    profile_id: int
    profile: str
    name: str
    divert_all: bool
    filter_on: bool
    do_not_disturb: bool
    assistants: tuple[str, ...]

    def is_on(self, switch: str) -> bool:
        """Whether one of the switches is on."""
        return {DIVERT: self.divert_all, FILTER: self.filter_on, DO_NOT_DISTURB: self.do_not_disturb}[switch]


def manager_of(profile_id: int) -> Manager | None:
    """The manager whose profile this is; None when it names no assistant."""
    profile = DeviceProfile.objects.filter(pk=profile_id).first()
    return _manager(profile) if profile is not None and profile.assistants.exists() else None


def managers_of(account_id: int) -> list[Manager]:
    """The managers whom a user assists, by profile."""
    profiles = DeviceProfile.objects.filter(assistants__account=account_id).order_by("name")
    return [_manager(profile) for profile in profiles]


def may_switch(account_id: int, profile_id: int, switch: str) -> bool:
    """Whether a user may press a manager's switch: managers every one of their own, assistants the diversion."""
    if ControlledProfile.objects.filter(account=account_id, profile=profile_id).exists():
        return True
    if LoginSession.objects.filter(account=account_id, profile=profile_id, ended_at__isnull=True).exists():
        return True
    return switch in ASSISTANTS_MAY and Assistance.objects.filter(account=account_id, profile=profile_id).exists()


@transaction.atomic
def switch(profile_id: int, which: str, on: bool, *, author: Author, device: str = "", now: datetime) -> bool:
    """Put one of a manager's switches on or off; whether that changed anything. Audited; counts at the next call.

    It stays in the profile, whoever logs in or out (EM-32). Errors: KeyError for a switch that does not exist.
    """
    if which == DO_NOT_DISTURB:
        return set_do_not_disturb(profile_id, on, By(author.name, Way(author.way), author.source), now, device=device)
    profile = DeviceProfile.objects.select_for_update().filter(pk=profile_id).first()
    if profile is None or not _put(profile, which, on):
        return False
    ledger.record(
        at=now, action=f"assistant.{which}.{'on' if on else 'off'}", actor=author.name, way=author.way,
        source=author.source, device=device, subject=profile.name,
    )  # fmt: skip
    return True


def _put(profile: DeviceProfile, which: str, on: bool) -> bool:
    field = _FIELDS[which]
    ManagerSettings.objects.get_or_create(profile=profile)
    return ManagerSettings.objects.filter(profile=profile, **{field: not on}).update(**{field: on}) > 0


def _manager(profile: DeviceProfile) -> Manager:
    settings = ManagerSettings.objects.filter(profile=profile).first()
    assistants = Assistance.objects.filter(profile=profile).select_related("account")
    return Manager(
        profile_id=profile.pk,
        profile=profile.name,
        name=_name_of(profile),
        divert_all=settings.divert_all if settings else False,
        filter_on=settings.filter_on if settings else False,
        do_not_disturb=profile.dnd_enabled,
        assistants=tuple(each.account.display_name for each in assistants),
    )


def _name_of(profile: DeviceProfile) -> str:
    controller = ControlledProfile.objects.filter(profile=profile).select_related("account").order_by("id").first()
    return controller.account.display_name if controller else profile.name
