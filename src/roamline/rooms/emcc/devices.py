"""EMCC devices: adding them, and who uses which (RO-30, RO-31)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count as numbers_from
from itertools import islice

from django.db import IntegrityError, transaction

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.emcc.rules import MOST_PHONES, Capacity
from roamline.rooms.emcc.settings import emcc_devices
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author
from roamline.rooms.phones import catalogue
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import DevicePool, Phone

PREFIX = "EMCC"
MOST_AT_ONCE = 10_000


class CannotInsert(ValueError):
    """EMCC devices that cannot be added; nothing was."""


@dataclass(frozen=True, slots=True)
class Use:
    """Who uses an EMCC device now: the user, and the phone of which cluster they are logged in on, since when."""

    user_id: str
    phone: str
    cluster: str
    since: datetime


Uses = Callable[[], dict[str, Use]]

_uses: list[Uses] = []


def ask_about_use(uses: Uses) -> None:
    """Name who knows which EMCC devices are used, by device name; the last one named is asked."""
    _uses[:] = [uses]


def uses() -> dict[str, Use]:
    """Which EMCC devices are used now, and by whom, by device name."""
    return _uses[0]() if _uses else {}


def capacity() -> Capacity:
    """How much of what a cluster may have is there."""
    devices = emcc_devices().count()
    return Capacity(Phone.objects.count() - devices, devices)


def usual_pool() -> DevicePool | None:
    """The device pool that is proposed for new ones: that of the newest EMCC device, else the first by name."""
    newest = emcc_devices().select_related("device_pool").order_by("-pk").first()
    return newest.device_pool if newest is not None else DevicePool.objects.order_by("name").first()


def next_names(count: int) -> list[str]:
    """The names that so many new EMCC devices get: EMCC1, EMCC2, …, those that no phone has (RO-31)."""
    taken = set(Phone.objects.filter(folded_name__startswith=PREFIX.lower()).values_list("folded_name", flat=True))
    return list(islice((f"{PREFIX}{n}" for n in numbers_from(1) if f"{PREFIX.lower()}{n}" not in taken), count))


def plan(count: int) -> list[str]:
    """The names that an insertion would give; CannotInsert when there cannot be so many more."""
    if not 1 <= count <= MOST_AT_ONCE:
        raise CannotInsert(Wording(_("Insert 1 to %(most)s EMCC devices at a time."), most=MOST_AT_ONCE))
    now = capacity()
    after = Capacity(now.phones, now.devices + count)
    if not after.is_kept:
        said = _("Phones and twice the EMCC devices would be %(weight)s together; a cluster may have %(most)s.")
        raise CannotInsert(Wording(said, weight=after.weight, most=MOST_PHONES))
    return next_names(count)


@transaction.atomic
def insert(count: int, pool: DevicePool, author: Author, now: datetime) -> list[str]:
    """Add so many EMCC devices to a device pool under the next free names; which (RO-31).

    Errors: CannotInsert, nothing added. What else happens: one audit entry for all.
    """
    names, model = plan(count), catalogue.emcc_base_phone()
    try:
        phones.save_new_phones([Phone(name=name, model=model, device_pool=pool) for name in names])
    except IntegrityError as taken:
        raise CannotInsert(_("Phones of these names were added at the same moment: try again.")) from taken
    ledger.record(
        at=now, action="emcc_device.inserted", actor=author.name, way=author.way, source=author.source,
        subject=f"{names[0]}–{names[-1]}" if len(names) > 1 else names[0],
        details={"count": len(names), "device_pool": pool.name},
    )  # fmt: skip
    return names
