"""Who rings when a number is called, and where its calls go instead, by the rows and rules that Kamailio has."""

from __future__ import annotations

from dataclasses import dataclass

from roamline.platform import sql

_FORWARDS = """
SELECT f.id, f.kind, f.destination, f.seconds, p.name
  FROM phones_forward f
  JOIN phones_line l ON l.id = f.line_id
  JOIN phones_deviceprofile p ON p.id = l.profile_id
 WHERE l.directory_number_id = %s AND f.destination <> '' AND NOT l.is_intercom
   AND (EXISTS (SELECT 1 FROM phones_phone h WHERE h.current_profile_id = l.profile_id)
        OR NOT EXISTS (SELECT 1 FROM phones_line o JOIN phones_phone h ON h.current_profile_id = o.profile_id
                        WHERE o.directory_number_id = l.directory_number_id))
 ORDER BY CASE p.kind WHEN 'user' THEN 0 ELSE 1 END, l.id
"""

_TARGETS = """
SELECT p.name, f.name, f.dnd_enabled, COALESCE(a.address, '')
  FROM phones_phone p
  JOIN phones_phonemodel m ON m.id = p.model_id
  JOIN phones_line l ON l.profile_id = p.current_profile_id AND l."index" <= m.max_lines
  JOIN phones_deviceprofile f ON f.id = p.current_profile_id
  LEFT JOIN phones_phoneaddress a ON a.phone_id = p.id
 WHERE l.directory_number_id = %s AND (NOT l.is_intercom OR l.default_phone_id = p.id)
 ORDER BY p.folded_name
"""


@dataclass(frozen=True, slots=True)
class ForwardInForce:
    """A forward that counts for a number now: the first of its kind."""

    id: int
    kind: str
    destination: str
    seconds: int
    profile: str


@dataclass(frozen=True, slots=True)
class Target:
    """A phone that has a number now; ``address`` is where it registered from last, empty for nowhere."""

    device: str
    profile: str
    dnd: bool
    address: str


def forwards_in_force(number_id: int) -> dict[str, ForwardInForce]:
    """By kind, the forward that counts for a number: of the lines that phones have now, else of any line with it."""
    found: dict[str, ForwardInForce] = {}
    for row in sql.rows(_FORWARDS, [number_id]):
        forward = ForwardInForce(*row)
        found.setdefault(forward.kind, forward)
    return found


def targets(number_id: int) -> list[Target]:
    """Every phone that has a number now (EM-41)."""
    return [
        Target(device, profile, bool(dnd), address) for device, profile, dnd, address in sql.rows(_TARGETS, [number_id])
    ]
