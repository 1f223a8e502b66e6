"""Noting in the inventory what devices report (HS-4), within a bound, and the alarms that come with it (S-12).

A report is a claim: a device that was taken over could fill the inventory with invented serial numbers. So one device
may bring :data:`MOST_NEW_A_DAY` headsets a day that nobody knew (our own design); a further one is met as if it had not
been connected, and the first of a day is an alarm in the audit and the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from roamline.rooms.headsets import store
from roamline.rooms.headsets.serials import clean, fold, masked
from roamline.rooms.headsets.store import Seen
from roamline.rooms.ledger import service as ledger

log = structlog.get_logger(__name__)

MOST_NEW_A_DAY = 50


@dataclass(frozen=True, slots=True)
class Reported:
    """A headset as a device describes it; texts of any length."""

    serial: str
    model: str = ""
    vendor: str = ""
    firmware: str = ""
    connection: str = "unknown"


def seen_of(headset: Reported, origin: str) -> Seen | None:
    """A headset as the inventory notes it; None when that is no serial number."""
    serial = clean(headset.serial)
    if serial is None:
        return None
    return Seen(
        serial, fold(serial), _text(headset.model, 64), _text(headset.vendor, 64), _text(headset.firmware, 32),
        headset.connection if headset.connection in {"wired", "wireless"} else "unknown", origin[:12],
    )  # fmt: skip


def _text(text: str, longest: int) -> str:
    return "".join(character for character in text if character.isprintable()).strip()[:longest]


def note(machine: store.Machine, found: Sequence[Seen], phone: store.PhoneRow, source: str, now: datetime) -> list[str]:
    """Note in the inventory that headsets are at a phone whose machine is locked; those noted, by folded number."""
    known = store.known_of([seen.folded for seen in found])
    noted = [seen for seen in found if seen.folded in known or _may_be_new(machine, phone, source, now)]
    for seen in noted:
        other = store.see_headset(seen, phone.id, now)
        if other is not None:
            ledger.record(at=now, action="headset.at_two_phones", source=source, device=phone.name,
                          subject=seen.serial, details={"also at": other})  # fmt: skip
            log.warning("one headset at two phones", serial=masked(seen.serial), device=phone.name, other=other)
    return [seen.folded for seen in noted]


def _may_be_new(machine: store.Machine, phone: store.PhoneRow, source: str, now: datetime) -> bool:
    count = store.count_new_headset(machine, now)
    if count == MOST_NEW_A_DAY + 1:
        ledger.record(at=now, action="headset.too_many_new", source=source, device=phone.name, succeeded=False,
                      details={"most in a day": MOST_NEW_A_DAY})  # fmt: skip
        log.warning("a device reports too many new headsets", device=phone.name, most_a_day=MOST_NEW_A_DAY)
    return count <= MOST_NEW_A_DAY
