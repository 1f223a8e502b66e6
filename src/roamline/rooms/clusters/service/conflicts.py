"""What more than one cluster claims: numbers, patterns, user ids, profile names, headset serials (RO-25).

A number that several clusters publish leads to the one that published it first; the others' is not learned. Each
cluster finds the same, because the stamps say who was first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction

from roamline.platform import sql
from roamline.rooms.clusters.models import Conflict
from roamline.rooms.clusters.service.patterns import overlap

MOST = 10_000
MOST_PATTERNS = 2000
KINDS = ("number", "pattern", "user", "profile", "headset")

_CLAIMED_TWICE = """
SELECT r.kind, r.key, c.name, r.payload FROM clusters_record r JOIN clusters_cluster c ON c.id = r.cluster_id
JOIN (
  SELECT d.kind AS kind, d.key AS key FROM clusters_record d JOIN clusters_cluster m ON m.id = d.cluster_id
  WHERE d.kind IN ('number', 'pattern', 'user', 'profile', 'headset') AND d.payload IS NOT NULL AND m.is_member
  GROUP BY d.kind, d.key HAVING COUNT(*) > 1 ORDER BY d.kind, d.key LIMIT %s
) twice ON twice.kind = r.kind AND twice.key = r.key
WHERE r.payload IS NOT NULL AND c.is_member ORDER BY r.kind, r.key, r.stamp, c.origin
"""
_PATTERNS = """
SELECT r.key, c.name FROM clusters_record r JOIN clusters_cluster c ON c.id = r.cluster_id
WHERE r.kind = 'pattern' AND r.payload IS NOT NULL AND c.is_member ORDER BY r.stamp, c.origin LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that several clusters claim; the first one named is the one that counts."""

    kind: str
    key: str
    clusters: tuple[str, ...]


def find() -> list[Claim]:
    """All conflicts, at most :data:`MOST`; each cluster named with the owner that it gives, as ``HQ (erin)``."""
    rows = sql.rows(_CLAIMED_TWICE, [MOST])
    claims = [
        Claim(kind, key, tuple(_claimant(name, payload) for _, _, name, payload in group))
        for (kind, key), group in groupby(rows, key=lambda row: (row[0], row[1]))
    ]
    return claims + list(_overlapping())


def _overlapping() -> list[Claim]:
    rows = sql.rows(_PATTERNS, [MOST_PATTERNS])
    return [
        Claim("pattern", f"{one} / {other}", (name, other_name))
        for i, (one, name) in enumerate(rows)
        for other, other_name in rows[i + 1 :]
        if name != other_name and one != other and overlap(one, other)
    ]


def _claimant(name: str, payload: str) -> str:
    fields: Any = json.loads(payload)
    owner = fields.get("owner") if isinstance(fields, dict) else None
    return f"{name} ({owner})" if owner else str(name)


@transaction.atomic
def look(now: datetime) -> int:
    """Find all conflicts and keep them for the ILS page; how many. What is mended disappears."""
    claims = find()
    Conflict.objects.all().delete()
    Conflict.objects.bulk_create(
        Conflict(kind=each.kind, key=each.key[:200], clusters=list(each.clusters), found_at=now) for each in claims
    )
    return len(claims)
