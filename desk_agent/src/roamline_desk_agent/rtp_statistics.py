"""What baresip says about a call's RTP: in `CALL_RTCP` events while it runs, in its output when it has ended.

The output's form is that of baresip 1.0.0 with `rtp_stats yes`; the left column is what was sent, the right one what
was received. Loss is known once RTCP reports were exchanged, which baresip does every 5 seconds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

ENDED = re.compile(r"\S+: Call with (?P<peer>\S+) terminated")
HEADING = re.compile(r"audio\s+Transmit:\s+Receive:")
COLUMNS = re.compile(r"(?P<name>packets|errors|lost):\s+(?P<sent>-?\d+)\s+(?P<received>-?\d+)\s*$")
OTHER_COLUMNS = re.compile(r"avg\. bitrate|pkt\.report|jitter")


@dataclass(frozen=True, slots=True)
class RtpStatistics:
    """Packets of one call. `None` where baresip does not know (no RTCP report yet)."""

    sent: int
    received: int
    sent_lost: int | None = None
    received_lost: int | None = None
    errors: int | None = None


def from_event(stats: object) -> RtpStatistics | None:
    """The counters in a `CALL_RTCP` event's `rtcp_stats`, which are as old as the last RTCP report."""
    if not isinstance(stats, Mapping):
        return None
    sent, received = stats.get("tx"), stats.get("rx")
    if not isinstance(sent, Mapping) or not isinstance(received, Mapping):
        return None
    counts = [each.get(name) for name in ("sent", "lost") for each in (sent, received)]
    numbers = [count for count in counts if isinstance(count, int)]
    return RtpStatistics(*numbers) if len(numbers) == len(counts) and any(numbers) else None


@dataclass(frozen=True, slots=True)
class Summary:
    """What baresip printed about the `number`-th call that ended since it started, as far as it was read. `peer` is
    empty for a call under a second, of which it prints the packets only."""

    number: int
    peer: str
    rtp: RtpStatistics


@dataclass(slots=True)
class SummaryReader:
    """Follows baresip's output, line by line, to the summary it prints when a call has ended."""

    _number: int = 0
    _peer: str = ""
    _is_inside: bool = False
    _seen: RtpStatistics | None = None

    def read(self, line: str) -> Summary | None:
        """The summary as it is now, each time `line` adds to it."""
        if HEADING.match(line):
            self._number, self._is_inside, self._seen = self._number + 1, True, None
        elif self._is_inside and (columns := COLUMNS.match(line)):
            self._seen = self._with(columns["name"], int(columns["sent"]), int(columns["received"]))
            return None if self._seen is None else Summary(self._number, self._peer, self._seen)
        elif line.strip() and not OTHER_COLUMNS.match(line):
            ended = ENDED.match(line)
            self._is_inside, self._peer = False, ended["peer"].partition(";")[0] if ended else ""
        return None

    def _with(self, name: str, sent: int, received: int) -> RtpStatistics | None:
        if name == "packets":
            return RtpStatistics(sent, received)
        if self._seen is None:
            return None
        if name == "errors":
            return replace(self._seen, errors=sent + received)
        return replace(self._seen, sent_lost=sent, received_lost=received)
