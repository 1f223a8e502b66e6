"""The network's key: which there are, making it anew, and who has not taken the newest over yet."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from roamline.kernel.hybrid_clock import stamp_at
from roamline.kernel.wording import gettext_noop as _
from roamline.platform import sql
from roamline.rooms.clusters import ring, sealing
from roamline.rooms.clusters.models import Network
from roamline.rooms.clusters.rules import CannotJoin
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author
from roamline.wires.ils.keys import KEY, MOST_KEYS, KeyWord, key_word, ordered

_WORDS = """
SELECT c.origin, c.name, r.payload FROM clusters_cluster c
LEFT JOIN clusters_record r ON r.cluster_id = c.id AND r.kind = %s AND r.key = '' AND r.payload IS NOT NULL
WHERE c.is_member ORDER BY c.name, c.origin
"""


def network_keys() -> tuple[bytes, ...]:
    """The keys that anything of the network may be sealed with now, newest first: 32 bytes each."""
    return tuple(key.secret for key in ring.held())


def network_key() -> bytes | None:
    """The key that everything secret is sealed with for the network: the newest that is here."""
    return next(iter(network_keys()), None)


def key_in_use() -> bytes | None:
    """The key by which clusters prove themselves in calls: the newest that every cluster has."""
    keys = ring.held()
    words = [key_word(payload) for origin, _name, payload in sql.rows(_WORDS, [KEY]) if origin == _own()]
    uses = next((word.uses for word in words if word is not None), "")
    return next((key.secret for key in keys if key.name == uses), keys[-1].secret if keys else None)


def waiting_for() -> list[str]:
    """The clusters for which older keys are still held; empty when no rotation is under way."""
    keys = ring.held()
    if len(keys) < 2:
        return []
    done = KeyWord(keys[0].name, keys[0].name)
    rows = sql.rows(_WORDS, [KEY])
    behind = [name or origin for origin, name, payload in rows if getattr(key_word(payload), "has", "") != done.has]
    return behind or [name or origin for origin, name, payload in rows if key_word(payload) != done]


def key_name() -> str:
    """What stands for the newest key; says nothing about it."""
    keys = ring.held()
    return keys[0].name if keys else ""


@transaction.atomic
def rotate_key(author: Author, now: datetime) -> None:
    """Make a new key for the network; every cluster takes it over and seals with it, without anybody's PIN.

    The older one is held until every cluster has said that it has, and uses, the new one. Errors: CannotJoin, nothing
    changed. What else happens: audited; what this cluster says sealed is sealed anew in the same transaction.
    """
    if network_role() not in (Network.HUB, Network.SPOKE) or not ring.held():
        raise CannotJoin(_("This cluster is in no network, or has not been given its key yet."))
    if len(ring.held()) >= MOST_KEYS:
        raise CannotJoin(_("Too many keys wait for clusters that cannot be reached: put those out, or have them back."))
    make_key(frozenset(), now)
    ledger.record(at=now, action="ils.key_rotated", actor=author.name, way=author.way, source=author.source,
                  subject="ILS", details={"key": key_name()})  # fmt: skip
    ledger.wake_after_commit()


def make_key(not_for: frozenset[str], now: datetime) -> None:
    """A new key, kept from some clusters, in the caller's transaction; the engine gives it on."""
    keys = ring.held()
    made = max([stamp_at(now), *(key.made + 1 for key in keys[:1])])
    ring.keep(ordered([ring.fresh(made, not_for), *keys])[:MOST_KEYS], now)
    Network.objects.update(sync_asked_at=now)


def network_role() -> str:
    """This cluster's role in a network."""
    return Network.objects.values_list("role", flat=True).first() or Network.STANDALONE


def _own() -> str:
    return sealing.identity().origin
