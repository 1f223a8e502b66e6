"""Phones that asked: unknown phones that fetched the file for unknown phones, for the administrator to add (EM-13)."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from roamline.platform import sql
from roamline.rooms.ledger import service as ledger
from roamline.rooms.phones.models import Phone, PhoneThatAsked

MOST_REMEMBERED = 1000
DEVICE = re.compile(r"SEP[0-9A-F]{12}")

_NOTE = """
INSERT INTO phones_phonethatasked (uuid, revision, name, address, first_seen, last_seen, fetches)
VALUES (%s, 0, %s, %s, %s, %s, 1)
ON CONFLICT (name) DO UPDATE SET
  address = excluded.address, last_seen = excluded.last_seen, fetches = phones_phonethatasked.fetches + 1
"""

_DROP_OLDEST = """
DELETE FROM phones_phonethatasked WHERE id IN (
  SELECT id FROM phones_phonethatasked ORDER BY last_seen DESC, id DESC LIMIT 1000000 OFFSET %s)
"""


@transaction.atomic
def note(name: str, address: str, now: datetime) -> bool:
    """Note that a phone fetched the file for unknown phones; False, and nothing noted, when it is not unknown.

    The thousand that asked last are remembered.
    """
    if not DEVICE.fullmatch(name) or Phone.objects.filter(folded_name=name.lower()).exists():
        return False
    sql.run(_NOTE, [uuid4().hex, name, address, sql.bound(now), sql.bound(now)])
    sql.run(_DROP_OLDEST, [MOST_REMEMBERED])
    return True


def phones_that_asked() -> list[PhoneThatAsked]:
    """Those that nobody has added meanwhile, the latest first."""
    return list(PhoneThatAsked.objects.exclude(name__in=Phone.objects.values("name")))


@transaction.atomic
def forget(*names: str, actor: str, now: datetime) -> int:
    """Take phones off the list, with an audit entry for each; how many were on it. They return when they ask again."""
    found = list(PhoneThatAsked.objects.filter(name__in=names))
    for asked in found:
        ledger.record(at=now, action="phone_that_asked.forgotten", actor=actor, device=asked.name)
    PhoneThatAsked.objects.filter(pk__in=[asked.pk for asked in found]).delete()
    return len(found)
