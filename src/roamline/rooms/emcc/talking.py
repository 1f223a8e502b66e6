"""Asking another cluster, and being asked: sealed questions over whatever carries them (S-8).

Each cluster says in a record of its own with which key and at which port it is to be asked. A question is taken from
members of the network only, once, and not long after it was asked.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import structlog
from django.conf import settings

from roamline.kernel.errors import Error
from roamline.kernel.secret import Secret
from roamline.platform import keys, sql
from roamline.rooms.clusters import sealing
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.service import Cluster
from roamline.wires.emcc import envelope
from roamline.wires.emcc.envelope import Malformed
from roamline.wires.emcc.messages import (
    Question,
    Refusal,
    question_fields,
    read_question,
    read_refusal,
    refusal_fields,
)

log = structlog.get_logger(__name__)

KIND = "emcc_key"
"""The kind of the record that says how a cluster is asked: there is one, of the empty key."""
GOOD_FOR = timedelta(minutes=10)
SEALED_FOR = "emcc content"

Carrier = Callable[[str, int, bytes], bytes]
Answerer = Callable[[Any, Cluster, datetime], dict[str, Any]]

_carriers: list[Carrier] = []
_answerers: dict[type, Answerer] = {}

_HEAR = "INSERT INTO emcc_heardquestion (id, at) VALUES (%s, %s) ON CONFLICT (id) DO NOTHING"


class NotReached(Exception):
    """The other cluster cannot be asked now, or what answers is not that cluster; the text says which."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a cluster answered; ``refusal`` when it refused."""

    fields: dict[str, Any]
    refusal: Refusal | None


def carried_by(carrier: Carrier) -> Carrier:
    """Name what carries a question: ``carrier(host, port, text)`` gives the answer, or raises OSError."""
    _carriers[:] = [carrier]
    return carrier


def answered_by(kind: type) -> Callable[[Answerer], Answerer]:
    """Register what answers questions of a kind, outside of any transaction."""

    def register(answerer: Answerer) -> Answerer:
        _answerers[kind] = answerer
        return answerer

    return register


@cache
def _private_key() -> bytes:
    found = keys.load(settings.CONFIG.key_file)
    return found.derive("emcc questions", found.ids[-1])


def own_record() -> Iterable[tuple[str, dict[str, Any]]]:
    """What this cluster says of how it is asked."""
    key = base64.b64encode(envelope.public_key_of(_private_key())).decode()
    yield "", {"key": key, "port": int(settings.CONFIG["secure.port"])}


def ask(origin: str, question: Question, now: datetime) -> Answered:
    """Ask a cluster. Errors: NotReached, also when it was asked and no answer came."""
    cluster = clusters.by_origin(origin)
    known = next((each.payload for each in clusters.records(KIND, "") if each.origin == origin), None)
    if cluster is None or not known or not _carriers:
        raise NotReached("it is no cluster of the network that can be asked")
    try:
        key, port = base64.b64decode(str(known.get("key", "")), validate=True), int(known.get("port", 0))
        asked = envelope.ask(
            question_fields(question), by=sealing.identity(), to=origin, key=key, at=int(now.timestamp()),
            chance=secrets.token_bytes(envelope.ID_BYTES + envelope.KEY_BYTES),
        )  # fmt: skip
        fields = envelope.open_answer(_carriers[0](cluster.host, port, asked.text), asked)
        return Answered(fields, read_refusal(fields))
    except (OSError, Malformed, binascii.Error, ValueError) as error:
        raise NotReached(f"{cluster.name}: {type(error).__name__} {error}"[:200]) from error


def answer(text: bytes, now: datetime) -> bytes | None:
    """The sealed answer to a sealed question; None for one that is not to be answered at all, which is logged."""
    try:
        opened = envelope.open_question(text, own_origin=clusters.own_origin(), private=_private_key())
    except Malformed as error:
        log.warning("a question between clusters was not taken", error=str(error))
        return None
    cluster = clusters.by_origin(opened.origin)
    if cluster is None or cluster.is_own:
        log.warning("a question of a cluster that is not in the network", origin=opened.origin)
        return envelope.answer(refusal_fields(Refusal(Error.VISITING_CLUSTER_UNKNOWN.number)), opened)
    if abs(now.timestamp() - opened.at) > GOOD_FOR.total_seconds():
        reason = "the clocks of the clusters are too far apart, or the question is old"
        log.warning(reason, cluster=cluster.name)
        return envelope.answer(refusal_fields(Refusal(Error.NO_RESPONSE_FROM_REMOTE.number, reason)), opened)
    if not sql.run(_HEAR, [f"{opened.origin}/{opened.id}", sql.bound(now)]):
        log.warning("a question came twice", cluster=cluster.name)
        return None
    return envelope.answer(_answered(opened.content, cluster, now), opened)


def _answered(content: dict[str, Any], cluster: Cluster, now: datetime) -> dict[str, Any]:
    try:
        question = read_question(content)
    except Malformed as error:
        log.warning("a question that is not understood", cluster=cluster.name, error=str(error))
        return refusal_fields(Refusal(Error.PARSE_ERROR.number, str(error)))
    return _answerers[type(question)](question, cluster, now)


def forget_old(now: datetime) -> None:
    """Forget the ids of questions that are too old to be taken anyway."""
    sql.run("DELETE FROM emcc_heardquestion WHERE at < %s", [sql.bound(now - 3 * GOOD_FOR)])


def sealed(content: str) -> str:
    """A text with a secret in it, as the database may keep it."""
    return sealing.sealed(Secret(content), SEALED_FOR)


def opened(text: str) -> str:
    """The text again."""
    return sealing.opened(text, SEALED_FOR).reveal()
