"""Which address each phone registered from last, and for what reason, as call control reports it (EM-28)."""

from __future__ import annotations

from datetime import datetime

from roamline.platform import sql

LONGEST_ADDRESS, LONGEST_REASON = 64, 512

_KNOWN = """
SELECT a.address, a.reason FROM phones_phoneaddress a JOIN phones_phone p ON p.id = a.phone_id WHERE p.folded_name = %s
"""
# Written only when it changes: phones register every two minutes.
_PUT = """
INSERT INTO phones_phoneaddress (phone_id, address, since, reason)
SELECT p.id, %s, %s, %s FROM phones_phone p WHERE p.folded_name = %s
ON CONFLICT (phone_id) DO UPDATE SET address = excluded.address, reason = excluded.reason,
  since = CASE WHEN phones_phoneaddress.address = excluded.address THEN phones_phoneaddress.since
               ELSE excluded.since END
"""
_DROP = """
DELETE FROM phones_phoneaddress
WHERE address = %s AND phone_id IN (SELECT id FROM phones_phone WHERE folded_name = %s AND configuration_version <= %s)
"""
_IS_ONES = "SELECT 1 FROM phones_phoneaddress WHERE address = %s"


def registered(device: str, address: str, now: datetime, reason: str = "") -> None:
    """A phone registered from an address; ``reason`` is its REGISTER's Reason, empty for none: the last one stays."""
    if not address:
        return
    row = sql.row(_KNOWN, [device.lower()])
    known_address, known_reason = (str(row[0]), str(row[1])) if row else ("", "")
    wanted = reason[:LONGEST_REASON] or known_reason
    if (known_address, known_reason) != (address, wanted):
        sql.run(_PUT, [address[:LONGEST_ADDRESS], sql.bound(now), wanted, device.lower()])


def unregistered(device: str, address: str, version: int) -> None:
    """A phone took its registration back from an address; one that came from elsewhere meanwhile stays.

    So does one that takes back what it was before a log-in or log-out, by that ``version``'s secret: software phones
    register as what they are now first.
    """
    if address_of(device) == address:
        sql.run(_DROP, [address, device.lower(), version])


def address_of(device: str) -> str:
    """The address that a phone registered from last; empty for none."""
    row = sql.row(_KNOWN, [device.lower()])
    return str(row[0]) if row else ""


def is_a_registered_phones(address: str) -> bool:
    """Whether any phone is registered from an address."""
    return sql.row(_IS_ONES, [address]) is not None
