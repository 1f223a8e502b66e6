"""All links of a cluster that stand, and what goes out over them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from roamline.wires.ils.handshake import HUB
from roamline.wires.ils.link import Link
from roamline.wires.ils.messages import Have, Message, framed, written
from roamline.wires.ils.outgoing import Outgoing
from roamline.wires.ils.outputs import Output, Send
from roamline.wires.ils.records import NOTHING, Head, Stream
from roamline.wires.ils.standing import Standing
from roamline.wires.ils.store import Store

RELAY_PAUSE = timedelta(milliseconds=250)


class Links:
    """The links by number; only those where something may be to send are looked at."""

    def __init__(self, store: Store, standing: Standing, outputs: list[Output], *, is_hub: bool) -> None:
        self._standing, self._outputs, self._is_hub = standing, outputs, is_hub
        self._outgoing = Outgoing(store)
        self._busy: set[int] = set()
        self.standing: dict[int, Link] = {}

    def begin(self, number: int, link: Link, heads: Iterable[Head]) -> None:
        """A link stands: all positions go out, then whatever the peer lacks."""
        self.standing[number] = link
        self.say(number, self.all_positions())
        self.offer_all(number, heads)

    def offer_all(self, number: int, heads: Iterable[Head]) -> None:
        """See to it that the peer gets whatever it lacks of anything."""
        link = self.standing[number]
        for stream in self._standing.positions:
            link.want(stream)
        for head in heads:
            if head.stream.origin in self._standing.members:
                link.want_head(head)
        self._busy.add(number)

    def offer(self, number: int, streams: Iterable[Stream]) -> None:
        """See to it that the peer gets what it lacks of some streams."""
        for stream in streams:
            self.standing[number].want(stream)
        self._busy.add(number)

    def spread(self, stream: Stream, now: datetime, source: int | None = None) -> None:
        """A stream has moved, by news over the link ``source``, or by itself: tell every other peer.

        What one hub has told another the other hubs have most probably heard, too: they are asked first.
        """
        teller = self.standing.get(source) if source is not None else None
        is_from_hub = self._is_hub and teller is not None and teller.peer.profile.role == HUB
        for number, link in self.standing.items():
            if number == source:
                continue
            if is_from_hub and link.peer.profile.role == HUB:
                link.want(stream, now + RELAY_PAUSE)
                link.announcing[stream] = self._standing.positions[stream]
            else:
                link.want(stream)
                self._busy.add(number)

    def spread_head(self, head: Head, source: int) -> None:
        """Tell every other peer of a head."""
        for number, link in self.standing.items():
            if number == source:
                link.on_head(head)
            else:
                link.want_head(head)
                self._busy.add(number)

    def ask_again(self, streams: Iterable[Stream]) -> None:
        """Begin streams anew: have every peer send them from their start."""
        self._outgoing.forget()
        for number in self.standing:
            self.say(number, Have(dict.fromkeys(streams, NOTHING)))

    def ask_for_known(self) -> None:
        """Have peers send what was not taken because its origin was unknown, and now is known."""
        for number, link in self.standing.items():
            wanted = link.now_wanted(self._standing.members)
            if wanted:
                self.say(number, Have({stream: self._standing.positions.get(stream, NOTHING) for stream in wanted}))

    def tick(self, now: datetime) -> None:
        """Time has passed: announce what came in, send what has waited."""
        for number, link in self.standing.items():
            if link.announcing:
                announced, link.announcing = link.announcing, {}
                self.say(number, Have(announced))
            if link.ripen(now):
                self._busy.add(number)
            link.note_step(self._standing.positions, now)

    def pump(self, now: datetime) -> None:
        """Send what is to be sent now."""
        busy, self._busy = self._busy, set()
        for number in busy:
            link = self.standing.get(number)
            if link is not None:
                self._pump(number, link, now)

    def _pump(self, number: int, link: Link, now: datetime) -> None:
        for parcel in link.next_news(self._standing.positions, self._outgoing):
            self._outputs.append(Send(number, parcel.content))
            link.last_said = now
        for head in link.next_heads():
            self.say(number, head)
        link.note_step(self._standing.positions, now)

    def accepted(self) -> set[int]:
        """The links that the peers began."""
        return {number for number, link in self.standing.items() if not link.is_initiator}

    def all_positions(self) -> Have:
        """Where all streams are here."""
        return Have(dict(self._standing.positions), is_all=True)

    def say(self, number: int, message: Message) -> None:
        """Send a message."""
        self._outputs.append(Send(number, framed(written(message))))
