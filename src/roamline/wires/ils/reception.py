"""Taking in what a peer sends of any origin's records: checks first, then the store; nothing is taken by halves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from roamline.kernel.hybrid_clock import ahead
from roamline.kernel.wording import gettext_noop
from roamline.wires.ils.members import Member
from roamline.wires.ils.messages import News
from roamline.wires.ils.records import NOTHING, Position, is_genuine
from roamline.wires.ils.store import Store

REFUSED_AHEAD = timedelta(hours=24)
ALARMED_AHEAD = timedelta(seconds=60)

UNKNOWN, OWN = gettext_noop("unknown cluster"), gettext_noop("not yours to write")
FORGED, CLOCK = gettext_noop("not sealed by its origin"), gettext_noop("stamps a day ahead")


@dataclass(frozen=True, slots=True)
class Taken:
    """Where the stream is now, and why the news was refused (if it was).

    ``ahead``: how far its newest stamp is ahead of the clock; None when no record was looked at.
    """

    position: Position
    refused: str = ""
    ahead: timedelta | None = None


def take_in(
    news: News, store: Store, at: Position | None, members: Mapping[str, Member], own: str, now: datetime
) -> Taken:
    """Take in news of a stream that is at ``at`` here. News that leaves a gap, or is old, changes nothing."""
    mine = at or NOTHING
    refused = _objection(news, members, own)
    if refused:
        return Taken(mine, refused)
    follows = news.after.n <= mine.n if news.after.epoch == mine.epoch else news.after == Position(news.after.epoch, 0)
    if news.after.epoch < mine.epoch or not follows:
        return Taken(mine)
    start = mine.n if news.after.epoch == mine.epoch else 0
    chunks = [chunk for chunk in news.chunks if chunk.seal.last > start]
    if not chunks:
        return Taken(mine)
    most_ahead = ahead(max((each.stamp for chunk in chunks for each in chunk.records), default=0), now)
    if max(most_ahead, ahead(news.after.epoch, now)) > REFUSED_AHEAD:
        return Taken(mine, CLOCK, most_ahead)
    key = members[news.stream.origin].public_key
    if not all(is_genuine(chunk.seal, news.stream, key) for chunk in chunks):
        return Taken(mine, FORGED)
    return Taken(store.keep(news.stream, chunks, now), ahead=most_ahead)


def _objection(news: News, members: Mapping[str, Member], own: str) -> str:
    if news.stream.origin == own:
        return OWN
    return "" if news.stream.origin in members else UNKNOWN
