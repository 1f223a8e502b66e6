"""Forwarding travels: set in whichever cluster, the last change counts in all (RO-13), also with home down (RO-40).

Spaces travel by name. One that is missing here is the roaming default one, never an open one (RO-11).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from roamline.rooms.clusters import service as clusters
from roamline.rooms.dialplan.rules import is_number
from roamline.rooms.directory.models import Account
from roamline.rooms.phones import forwards_shown
from roamline.rooms.phones.models import DeviceProfile, Forward, Line
from roamline.rooms.roaming import known, spaces
from roamline.rooms.roaming.known import SETTING
from roamline.rooms.roaming.rules import merging

FORWARDS = "forwards"
SPACES = ("css", "activating_line_css", "activating_device_css")
MOST = 60
"""Forwards of one profile that travel: more would not fit into a record."""
KINDS = frozenset(kind for kind, _words in Forward.KINDS)
LONGEST_RING = 300

Said = list[dict[str, Any]]


def taken(profile: DeviceProfile) -> Said:
    """What forwards the calls of a profile's lines, by number and kind."""
    found = Forward.objects.filter(line__profile=profile, line__is_intercom=False).exclude(destination="")
    rows = found.select_related("line__directory_number", *SPACES)
    return sorted((_row(each) for each in rows), key=_order)[:MOST]


def _order(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["number"]), str(row["kind"])


def _row(forward: Forward) -> dict[str, Any]:
    named = {name: getattr(forward, name) for name in SPACES}
    return {
        "number": forward.line.directory_number.pattern, "kind": forward.kind, "destination": forward.destination,
        "seconds": forward.seconds, "activated": forward.activated,
        **{name: space.name if space else "" for name, space in named.items()},
    }  # fmt: skip


def put(profile: DeviceProfile, said: Said) -> None:
    """Make the forwards of a profile's lines what was said, as far as the lines stand here."""
    lines = {line.directory_number.pattern: line for line in profile.lines.select_related("directory_number")}
    Forward.objects.filter(line__in=lines.values(), line__is_intercom=False).delete()
    Forward.objects.bulk_create(_forward(lines[row["number"]], row) for row in said if row["number"] in lines)


def _forward(line: Line, row: Mapping[str, Any]) -> Forward:
    named = {name: spaces.named(row[name]) for name in SPACES}
    plain = {name: row[name] for name in ("kind", "destination", "seconds", "activated")}
    return Forward(line=line, **plain, **named)


def tell(account: Account, profile: DeviceProfile, now: datetime) -> None:
    """Say how a profile's calls are forwarded, when that is news."""
    key = _key(account, profile)
    said = taken(profile)
    if known.is_told(key, _fingerprint(said)):
        return
    has_been_said = bool(clusters.records(SETTING, key))
    if not known.is_new_here(account, key) and (said or has_been_said):
        known.say(key, {"forwards": said}, _fingerprint(said), now)
    else:
        known.know(key, _fingerprint(said), 0)


def adopt(account: Account, profile: DeviceProfile, now: datetime) -> None:
    """Forward a profile's calls as the newest statement says."""
    key = _key(account, profile)
    newest = known.newest(key)
    wanted = _read(newest.payload) if newest is not None and newest.payload else None
    if newest is None or wanted is None or _with_spaces_of_here(wanted, profile) == taken(profile):
        return
    put(profile, wanted)
    forwards_shown.ask_of_profile(profile.pk, now)
    known.know(key, _fingerprint(taken(profile)), merging.said_at(newest))


def _with_spaces_of_here(said: Said, profile: DeviceProfile) -> Said:
    """What was said, as it would stand here: only lines that are here, missing spaces replaced."""
    here = set(profile.lines.values_list("directory_number__pattern", flat=True))
    rows = [row | {name: _name_here(row[name]) for name in SPACES} for row in said if row["number"] in here]
    return sorted(rows, key=_order)


def _name_here(name: str) -> str:
    space = spaces.named(name)
    return space.name if space else ""


def _read(payload: Mapping[str, Any]) -> Said | None:
    """What a cluster said, when every row of it is one; None otherwise (S-8)."""
    rows = payload.get("forwards")
    if not isinstance(rows, list) or len(rows) > MOST or not all(_is_row(row) for row in rows):
        return None
    return list({_order(row): row for row in rows}.values())


def _is_row(row: object) -> bool:
    return (
        isinstance(row, dict)
        and row.get("kind") in KINDS
        and type(row.get("activated")) is bool
        and type(row.get("seconds")) is int
        and 1 <= row["seconds"] <= LONGEST_RING
        and all(isinstance(row.get(name), str) and len(row[name]) <= 100 for name in ("number", *SPACES))
        and isinstance(row.get("destination"), str)
        and is_number(row["destination"])
    )


def _key(account: Account, profile: DeviceProfile) -> str:
    return known.key_of(account, f"{FORWARDS}:{profile.uuid}")


def _fingerprint(said: Said) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
