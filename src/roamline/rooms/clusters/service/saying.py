"""Saying things to the network: records of this cluster's own, written in the transaction of their cause."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from roamline.platform import sql
from roamline.rooms.clusters import sealing, statements, store
from roamline.rooms.clusters.models import Network
from roamline.rooms.clusters.rules import LOGIN, log_in_said
from roamline.rooms.ledger import service as ledger

Payload = dict[str, Any]


def is_joined() -> bool:
    """Whether this cluster is in a network, reachable or not."""
    role = Network.objects.values_list("role", flat=True).first()
    return role in (Network.HUB, Network.SPOKE)


def append(kind: str, key: str, payload: Payload | None, now: datetime) -> int | None:
    """Say something of a key (None: that it is gone), in the caller's transaction; its stamp.

    Peers are told right after the commit. What is said already is not said again. None when this cluster is in no
    network. Takes the cluster's clock until the commit: lock everything else before.
    """
    if not is_joined():
        return None
    text = written(payload)
    standing = own_record(kind, key)
    if standing is not None and standing[1] == text:
        return standing[0]
    if standing is None and text is None:
        return None
    stamp = store.say(sealing.identity(), kind, [(key, text)], now)
    ledger.wake_after_commit()
    return stamp


@transaction.atomic
def append_many(kind: str, said: Iterable[tuple[str, Payload | None]], now: datetime) -> int:
    """Say many things at once, whether or not they are said already; how many. Signed a thousand at a time."""
    texts = [(key, written(payload)) for key, payload in said]
    if not texts or not is_joined():
        return 0
    store.say(sealing.identity(), kind, texts, now)
    ledger.wake_after_commit()
    return len(texts)


def log_in(user_id: str, numbers: Sequence[str], device: str, now: datetime) -> int | None:
    """Say that a user logged in here, now; the log-in's stamp, None when this cluster is in no network (RO-4).

    Every other session of theirs in the network has a smaller stamp, whatever the clocks say. Calls to the numbers
    come here as soon as the others have learned it.
    """
    stamp = append(LOGIN, user_id, {"ended": False, "numbers": list(numbers), "device": device, "at": str(now)}, now)
    if stamp is not None:
        settle(user_id)
    return stamp


def log_out(user_id: str, now: datetime, since: int | None = None) -> None:
    """Say that the log-in here has ended; with ``since`` only when it is that one. Changes nothing for newer ones."""
    mine = own_record(LOGIN, user_id)
    said = log_in_said(sealing.identity().origin, mine[0], mine[1]) if mine else None
    if said is None or said.ended or (since is not None and said.since != since):
        return
    append(LOGIN, user_id, {"ended": True, "since": said.since, "device": said.device}, now)
    settle(user_id)


def own_record(kind: str, key: str) -> tuple[int, str | None] | None:
    """What this cluster says of a key: (stamp, payload)."""
    own = store.cluster_id(sealing.identity().origin, is_own=True)
    found = sql.row(statements.OWN_RECORD, [own, kind, key])
    return (int(found[0]), found[1]) if found else None


def forget_kind(kind: str, now: datetime) -> None:
    """Say of everything of a kind that it is gone, in the caller's transaction."""
    own = store.cluster_id(sealing.identity().origin, is_own=True)
    gone = [(key, None) for key, _payload in sql.rows(statements.OWN_RECORDS, [own, kind])]
    if gone:
        store.say(sealing.identity(), kind, gone, now)


def settle(user_id: str) -> None:
    """Put where a user is now in place of where they were, for call routing, in the caller's transaction."""
    from roamline.rooms.clusters.service.showing import newest_log_in

    sql.run("DELETE FROM clusters_place WHERE user_id = %s", [user_id])
    found = newest_log_in(user_id)
    if found is None or found.ended:
        return
    place = store.cluster_id(found.origin)
    for number in found.numbers:
        sql.run(
            "INSERT INTO clusters_place (number, user_id, cluster_id, since) VALUES (%s, %s, %s, %s)",
            [number, user_id, place, found.since],
        )


def written(payload: Payload | None) -> str | None:
    """A payload as its records carry it: equal payloads are equal texts."""
    return None if payload is None else json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
