"""What peers that have proved who they are say, and what this cluster makes of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from roamline.kernel.wording import Wording, gettext_noop
from roamline.wires.ils.comparing import Comparing
from roamline.wires.ils.handshake import HUB, Peer, Profile, Refused
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.keys import KEY
from roamline.wires.ils.link import Link
from roamline.wires.ils.links import Links
from roamline.wires.ils.members import MEMBER, WORDS_OF_LEAVING, Member, words_of_admission
from roamline.wires.ils.messages import Ack, Have, Message, News, Please, Welcome
from roamline.wires.ils.outputs import Notice, Output
from roamline.wires.ils.reception import ALARMED_AHEAD, UNKNOWN, Taken, take_in
from roamline.wires.ils.records import NOTHING, Head, Position, Stream, is_behind
from roamline.wires.ils.rotation import Rotation
from roamline.wires.ils.standing import Standing
from roamline.wires.ils.store import Store

MINT_PAUSE = timedelta(minutes=1)
MOST_FORGOTTEN = 50
LEAVES = "leaves the network"
CUT = gettext_noop("an administrator cut the link")
PUT_OUT = gettext_noop("it was put out of the network")


class Exchange:
    """Takes messages in, one after the other; every one leaves the store and the links as they are to be."""

    def __init__(
        self, identity: Identity, profile: Profile, store: Store, standing: Standing, links: Links,
        comparing: Comparing, outputs: list[Output],
    ) -> None:  # fmt: skip
        self._identity, self._profile, self._store = identity, profile, store
        self._standing, self._links, self._comparing, self._outputs = standing, links, comparing, outputs
        self.rotation = Rotation(identity, store, standing, links)
        self._minted: datetime | None = None
        self._forgotten: dict[Stream, Position] = {}  # how much others know of this cluster that it does not
        self.cut: frozenset[str] = frozenset()
        """Clusters with which this one has no link until an administrator mends it."""
        self.alarms: dict[str, str] = {}
        self.learned: dict[str, datetime] = {}

    # members

    def check(self, peer: Peer, now: datetime) -> None:
        """Whether a peer that has proved itself may be linked; Refused when not."""
        if self._standing.is_stale:
            self.reload(now)
        if peer.origin in self._standing.removed:
            raise Refused(PUT_OUT, peer.profile.name)
        if peer.origin in self.cut:
            raise Refused(CUT, peer.profile.name)
        for member in self._standing.members.values():
            if member.name == peer.profile.name and member.origin != peer.origin:
                raise Refused(
                    f"{gettext_noop('another cluster has this Cluster ID')}: {member.name}", peer.profile.name
                )

    def admit(self, peer: Peer, now: datetime) -> None:
        """Say that a peer belongs to the network, unless that is known."""
        member = Member(peer.origin, peer.public_key, peer.profile.role, peer.profile.name)
        if self._standing.members.get(peer.origin) != member:
            self._store.say(self._identity, MEMBER, peer.origin, words_of_admission(member), now)
            self.reload(now)

    def see_off(self, peer: Peer, reason: str, now: datetime) -> None:
        """A peer ended its link; one that leaves the network is no member any more."""
        if reason == LEAVES and self._profile.role == HUB:
            self._store.say(self._identity, MEMBER, peer.origin, WORDS_OF_LEAVING, now)
            self.reload(now)

    def reload(self, now: datetime) -> None:
        """Read members and positions anew, and spread what has moved."""
        before = self._standing.members
        for stream in self._standing.reload():
            self._links.spread(stream, now)
        if self._standing.members is not before and self._standing.members != before:
            own = self._identity.origin
            self._outputs.append(Notice("learned", own, self._profile.name, kinds=frozenset({MEMBER})))
            self._links.ask_for_known()
            self.rotation.is_due = True

    def repair(self, now: datetime) -> None:
        """Say all positions and sign heads anew, compare everything that is held."""
        self._store.sign_heads(self._identity)
        self._comparing.reload()
        self.reload(now)
        self.rotation.look()
        self._compare(list(self._standing.positions), now)
        for number in self._links.standing:
            self._links.say(number, self._links.all_positions())
            self._links.say(number, Please())
            self._links.offer_all(number, self._comparing.heads())

    def settle_keys(self, now: datetime) -> None:
        """Say which of the network's keys are here, and drop those that nobody needs any more."""
        if self.rotation.settle(now):
            self.reload(now)

    # messages

    def take(self, number: int, link: Link, message: Message | None, now: datetime) -> None:
        """Take in a message of a link."""
        match message:
            case Have():
                link.on_have(message)
                self._look_for_own(message, now)
                self._links.offer(number, self._standing.positions if message.is_all else message.positions)
            case Ack():
                link.on_ack(message)
                self._links.offer(number, ())
            case News():
                self._take_news(number, link, message, now)
            case Head():
                self._take_head(number, link, message, now)
            case Welcome(keys) if keys and not link.peer.profile.only_looks:
                self.rotation.take(keys, number, now)
            case Please():
                self._links.say(number, self._links.all_positions())

    def _take_news(self, number: int, link: Link, news: News, now: datetime) -> None:
        stream = news.stream
        self._know(stream.origin, now)
        before = self._standing.positions.get(stream)
        taken = take_in(news, self._store, before, self._standing.members, self._identity.origin, now)
        self._links.say(number, Ack(stream, taken.position, taken.refused))
        self._note_taken(link, stream, taken)
        if taken.position != (before or NOTHING):
            self._standing.positions[stream] = taken.position
            self.learned[stream.origin] = now
            link.on_news(stream, taken.position)
            self._advanced(number, stream, now)

    def _know(self, origin: str, now: datetime) -> None:
        # Words about members come in many at a time; they are reckoned with at the next tick, or when it matters.
        if self._standing.is_stale and origin not in self._standing.members:
            self.reload(now)

    def _note_taken(self, link: Link, stream: Stream, taken: Taken) -> None:
        name = self._standing.name(stream.origin)
        if taken.refused == UNKNOWN:
            link.not_taken(stream)
        if taken.refused:
            said = gettext_noop("%(kind)s of %(cluster)s: %(reason)s")
            self._note(
                "refused news", link.peer, Wording(said, kind=stream.kind, cluster=name, reason=Wording(taken.refused))
            )
        if taken.ahead is not None and taken.ahead > ALARMED_AHEAD:
            said = gettext_noop("its clock is %(seconds)s s ahead")
            self.alarms[stream.origin] = Wording(said, seconds=int(taken.ahead.total_seconds()))
        elif taken.ahead is not None:
            self.alarms.pop(stream.origin, None)

    def _advanced(self, number: int, stream: Stream, now: datetime) -> None:
        self._links.spread(stream, now, number)
        self._compare([stream], now)
        if stream.kind == MEMBER:
            self._standing.is_stale = True
            return
        if stream.kind == KEY:
            self.rotation.is_due = True
        name = self._standing.name(stream.origin)
        self._outputs.append(Notice("learned", stream.origin, name, kinds=frozenset({stream.kind})))

    def _take_head(self, number: int, link: Link, head: Head, now: datetime) -> None:
        origin = head.stream.origin
        self._know(origin, now)
        member = self._standing.members.get(origin)
        if member is None or origin == self._identity.origin:
            return
        if not self._comparing.is_news(head):
            link.on_head(head)
            return
        position = self._comparing.take(head, member)
        if position is None:
            said = gettext_noop("a head of %(cluster)s that it did not sign")
            self._note("refused news", link.peer, Wording(said, cluster=member.name))
            return
        if position != self._standing.positions.get(head.stream, NOTHING):
            self._standing.positions[head.stream] = position
            self._links.say(number, Have({head.stream: position}))
        self._compare([head.stream], now)
        self._links.spread_head(head, number)

    def _compare(self, streams: list[Stream], now: datetime) -> None:
        differing = self._comparing.differing(streams, self._standing.positions, now)
        for stream in differing:
            self._store.forget_position(stream)
            self._standing.positions.pop(stream, None)
            name = self._standing.name(stream.origin)
            said = Wording(gettext_noop("%(kind)s, fetched again"), kind=stream.kind)
            self._outputs.append(Notice("differs", stream.origin, name, said))
        if differing:
            self._links.ask_again(differing)

    def _look_for_own(self, message: Have, now: datetime) -> None:
        """A peer that has more of this cluster's records than the cluster itself: it was set back to a backup."""
        for stream, theirs in message.positions.items():
            if self._is_forgotten(stream, theirs) and len(self._forgotten) < MOST_FORGOTTEN:
                self._forgotten[stream] = max(theirs, self._forgotten.get(stream, NOTHING))
        self.begin_anew(now)

    def _is_forgotten(self, stream: Stream, theirs: Position) -> bool:
        is_own = stream.origin == self._identity.origin
        return is_own and is_behind(self._standing.positions.get(stream, NOTHING), theirs)

    def begin_anew(self, now: datetime) -> None:
        """Begin a new epoch if others know more of this cluster, once a minute at most."""
        if not self._forgotten or (self._minted is not None and now - self._minted <= MINT_PAUSE):
            return
        forgotten = {each.kind: at for each, at in self._forgotten.items() if self._is_forgotten(each, at)}
        self._forgotten.clear()
        if forgotten:
            self._mint(forgotten, now)

    def _mint(self, forgotten: dict[str, Position], now: datetime) -> None:
        self._minted = now
        self._store.mint_epoch(self._identity, now, max(forgotten.values()).epoch, forgotten)
        text = gettext_noop("others know more of it, so it begins a new epoch")
        self._outputs.append(Notice("set back", self._identity.origin, self._profile.name, text))
        self._comparing.reload()
        self.reload(now)
        for number in self._links.standing:
            self._links.offer_all(number, self._comparing.heads())

    def _note(self, kind: str, peer: Peer, text: str) -> None:
        self._outputs.append(Notice(kind, peer.origin, peer.profile.name, text))
