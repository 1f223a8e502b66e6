"""Serial numbers: 1 to 50 characters, kept as typed, compared ignoring case, masked where nobody needs them."""

from __future__ import annotations

LONGEST_SERIAL = 50
SHOWN = 4


def fold(serial: str) -> str:
    """What serial numbers are compared by."""
    return serial.strip().casefold()[:200]


def clean(serial: str) -> str | None:
    """The serial number without spaces around it; None when it is none."""
    trimmed = serial.strip()
    return trimmed if 1 <= len(trimmed) <= LONGEST_SERIAL and trimmed.isprintable() else None


def masked(serial: str) -> str:
    """A serial number for logs: its last four characters, and nothing of a short one (S-12)."""
    return f"…{serial[-SHOWN:]}" if len(serial) > 2 * SHOWN else "…"
