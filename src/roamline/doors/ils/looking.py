"""Looking at a network before joining it: links as a cluster that only looks, and reads what may be there twice."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.conf import settings

from roamline.doors.ils.authority import own_certificate
from roamline.doors.ils.certificate import client_context
from roamline.kernel.secret import Secret
from roamline.kernel.wording import Wording, gettext_noop
from roamline.rooms.clusters import sealing
from roamline.rooms.clusters.rules import CannotJoin
from roamline.rooms.clusters.service.duplicates import KINDS, NotReached
from roamline.rooms.clusters.service.membership import own_name
from roamline.wires.ils.handshake import REFUSED_BY_THEM, SPOKE, Credentials, Profile, password_key
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.keys import KeyRing
from roamline.wires.ils.members import MEMBER
from roamline.wires.ils.node import Node
from roamline.wires.ils.outputs import Close, Notice, Send
from roamline.wires.ils.records import NOTHING, Chunk, Head, Position, Record, Stream

CONNECT_SECONDS, LOOK_SECONDS = 5.0, 60.0
READ_BYTES = 262_144
LINK = 1


def duplicates(server: str, password: Secret) -> list[tuple[str, str, str]]:
    """Everything of the network that may be there twice: (kind, key, cluster with owner)."""
    try:
        return asyncio.run(_look(server, password, Profile(own_name(), SPOKE, only_looks=True)))
    except CannotJoin:
        raise
    except (OSError, TimeoutError, ValueError) as error:
        raise NotReached(
            Wording(gettext_noop("%(server)s does not answer as an ILS hub does."), server=server)
        ) from error


async def _look(server: str, password: Secret, profile: Profile) -> list[tuple[str, str, str]]:
    host, _, port = server.rpartition(":")
    async with asyncio.timeout(CONNECT_SECONDS):
        reader, writer = await asyncio.open_connection(host.strip("[]"), int(port), ssl=client_context())
    try:
        certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True) or b""
        store = _Looked()
        key = password_key(password.reveal()) if password else None
        node = Node(
            sealing.identity(),
            profile,
            Credentials(key, certified=own_certificate(settings.CONFIG)),
            store,
            lambda: os.urandom(32),
        )
        async with asyncio.timeout(LOOK_SECONDS):
            await _exchange(node, reader, writer, hashlib.sha256(certificate).digest())
        return store.claims({member.origin: member.name for member in node.members.values()})
    finally:
        writer.transport.abort()


async def _exchange(
    node: Node, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, binding: bytes
) -> None:  # fmt: skip
    node.connected(LINK, binding, datetime.now(UTC), is_initiator=True)
    while True:
        for output in node.outputs():
            match output:
                case Send(_, content):
                    writer.write(content)
                case Notice("refused", _, _, text):
                    raise CannotJoin(
                        Wording(
                            gettext_noop("The hub does not let this cluster in: %(reason)s."),
                            reason=Wording(text.removeprefix(REFUSED_BY_THEM).replace("%", "%%")),
                        )
                    )
                case Close():
                    return
        await writer.drain()
        if any(node.is_up_to(origin) for origin in node.links()):
            return
        content = await reader.read(READ_BYTES)
        if not content:
            raise OSError("closed")
        node.received(LINK, content, datetime.now(UTC))


class _Looked:
    """A store that keeps the keys of what may be there twice, and forgets everything else."""

    def __init__(self) -> None:
        self._positions: dict[Stream, Position] = {}
        self._said: list[tuple[str, Record]] = []
        self._found: dict[tuple[str, str, str], str] = {}

    def claims(self, names: dict[str, str]) -> list[tuple[str, str, str]]:
        """(kind, key, cluster with owner) of all that was found."""
        return [
            (kind, key, f"{names.get(origin, origin)} ({owner})" if owner else names.get(origin, origin))
            for (kind, key, origin), owner in self._found.items()
        ]

    def positions(self) -> dict[Stream, Position]:
        """How far reading has come."""
        return dict(self._positions)

    def chunks_after(self, stream: Stream, position: Position, most: int) -> list[Chunk]:  # noqa: ARG002
        """Nothing is shown by who only looks."""
        return []

    def keep(self, stream: Stream, chunks: Sequence[Chunk], now: datetime) -> Position:  # noqa: ARG002
        """Note the keys, and membership, by which later records are judged."""
        for record in (record for chunk in chunks for record in chunk.records):
            if stream.kind == MEMBER:
                self._said.append((stream.origin, record))
            elif stream.kind in KINDS:
                self._note(stream, record)
        self._positions[stream] = Position(chunks[-1].seal.epoch, chunks[-1].seal.last)
        return self._positions[stream]

    def _note(self, stream: Stream, record: Record) -> None:
        place = (stream.kind, record.key, stream.origin)
        if record.payload is None:
            self._found.pop(place, None)
        else:
            fields = json.loads(record.payload)
            self._found[place] = str(fields.get("owner", "")) if isinstance(fields, dict) else ""

    def of_kind(self, kind: str) -> Iterable[tuple[str, Record]]:
        """Membership only."""
        return list(self._said) if kind == MEMBER else []

    def say(self, identity: Identity, kind: str, key: str, payload: str | None, now: datetime) -> None:  # noqa: ARG002
        """The hub that was linked is believed."""
        self._said.append((identity.origin, Record(1, 1, key, payload)))

    def keep_head(self, head: Head) -> Position:
        """Not needed."""
        return self._positions.get(head.stream, NOTHING)

    def heads(self) -> Iterable[Head]:
        """None."""
        return []

    def sign_heads(self, identity: Identity) -> list[Head]:  # noqa: ARG002
        """None."""
        return []

    def fingerprint(self, stream: Stream) -> tuple[Position, int, int]:
        """Not compared."""
        return self._positions.get(stream, NOTHING), 0, 0

    def forget_position(self, stream: Stream) -> None:
        """Not needed."""

    def mint_epoch(self, identity: Identity, now: datetime, above: int = 0, kinds: Iterable[str] = ()) -> None:
        """Who only looks has nothing of its own."""

    def key_ring(self) -> KeyRing:
        """None."""
        return ()

    def keep_key_ring(self, ring: KeyRing, now: datetime) -> None:
        """Who only looks is given none."""
