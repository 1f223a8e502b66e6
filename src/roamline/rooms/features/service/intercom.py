"""Intercom lines find their default device (EM-33)."""

from __future__ import annotations

from datetime import datetime

from roamline.platform import sql
from roamline.rooms.ledger import service as ledger

_CHOOSE = """
UPDATE phones_line SET default_phone_id = %s
WHERE is_intercom AND default_phone_id IS NULL AND NOT stays_without_device
  AND profile_id = (SELECT {profile} FROM phones_phone WHERE id = %s)
RETURNING directory_number_id
"""
_CHOOSE_CURRENT = _CHOOSE.format(profile="current_profile_id")
_CHOOSE_OWN = _CHOOSE.format(profile="own_profile_id")
_NAMES = "SELECT p.name, n.pattern FROM phones_phone p, dialplan_directorynumber n WHERE p.id = %s AND n.id = %s"


def choose_default_device(phone_id: int, now: datetime) -> None:
    """The phone runs a profile now: it becomes the default device of that profile's intercom lines that have none.

    A line that came over AXL stays without one until an administrator names it. Audited.
    """
    _choose(_CHOOSE_CURRENT, phone_id, now)


def choose_for_own_lines(phone_id: int, now: datetime) -> None:
    """The same for the lines of the phone's own settings, which nobody else's phone can show."""
    _choose(_CHOOSE_OWN, phone_id, now)


def _choose(statement: str, phone_id: int, now: datetime) -> None:
    for (number_id,) in sql.rows(statement, [phone_id, phone_id]):
        device, number = sql.row(_NAMES, [phone_id, number_id]) or ("", "")
        ledger.record(at=now, action="intercom.default_device", device=device, subject=number)
