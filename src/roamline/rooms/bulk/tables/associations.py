"""Which users control which device profiles, as a table: bulk add and delete of profile associations (EM-4, BL-1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from roamline.kernel.wording import gettext_noop as _
from roamline.platform.tables import Row
from roamline.rooms.bulk.terms import ADD, REMOVE, RowRefused, Table, flag, written
from roamline.rooms.directory.models import Account, ControlledProfile
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author
from roamline.rooms.phones.models import DeviceProfile

COLUMNS = ("user_id", "profile", "default", "action")


def do(row: Row, action: str, _prepared: Any, author: Author, now: datetime) -> bool:
    """Add a profile to a user's controlled profiles, at their end, or take it away."""
    account = Account.objects.select_for_update().filter(user_id=row["user_id"], kind=Account.END).first()
    if account is None:
        raise RowRefused(_("no end user has this id"))
    profile = DeviceProfile.objects.filter(name=row["profile"], kind=DeviceProfile.USER).first()
    if profile is None:
        raise RowRefused(_("no user device profile has this name"))
    there = ControlledProfile.objects.filter(account=account, profile=profile).first()
    changed = _remove(there) if action == REMOVE else _add(account, profile, there, flag(row, "default"))
    if changed:
        ledger.record(
            at=now, action="profile.controlled" if action == ADD else "profile.not_controlled", actor=author.name,
            way=author.way, source=author.source, user_id=account.user_id, subject=profile.name,
        )  # fmt: skip
    return changed


def _remove(there: ControlledProfile | None) -> bool:
    if there is None:
        return False
    there.delete()
    return True


def _add(account: Account, profile: DeviceProfile, there: ControlledProfile | None, is_default: bool | None) -> bool:
    others = ControlledProfile.objects.filter(account=account)
    if there is not None and (is_default is None or is_default == there.is_default):
        return False
    if is_default:
        others.update(is_default=False)
    if there is None:
        last = others.order_by("-position").values_list("position", flat=True).first() or 0
        there = ControlledProfile(account=account, profile=profile, position=last + 1)
    there.is_default = bool(is_default)
    there.save()
    return True


def rows() -> Iterator[Sequence[str]]:
    """Every controlled profile, users' profiles in their order."""
    found = ControlledProfile.objects.select_related("account", "profile").order_by("account__user_id", "position")
    for each in found.iterator(2000):
        yield each.account.user_id, each.profile.name, written(each.is_default), ADD


TABLE = Table(
    "profile_associations", COLUMNS, frozenset({"user_id", "profile"}), (ADD, REMOVE),
    lambda row: f"{row['user_id']} {row['profile']}", do, rows,
)  # fmt: skip
