"""How the network stands, for the ILS page, REST and the command line: all three show the same (RO-6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.platform import sql
from roamline.platform.wording import in_parts, restored
from roamline.rooms.clusters import store
from roamline.rooms.clusters.models import Cluster, Conflict, Network, RefusedPeer, Speaker, Unapplied
from roamline.rooms.clusters.service.cutting import has_link
from roamline.rooms.clusters.service.keys import key_name, waiting_for
from roamline.rooms.clusters.service.membership import network, own_name
from roamline.rooms.clusters.service.showing import own_origin
from roamline.rooms.clusters.service.waiting import WaitingLogOut, waiting_log_outs
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.rules import LEARNED_OBJECTS

_COUNTS = """
SELECT r.cluster_id, r.kind, COUNT(*), SUM(CASE WHEN r.used THEN 1 ELSE 0 END)
FROM clusters_record r WHERE r.payload IS NOT NULL GROUP BY r.cluster_id, r.kind
"""


MOST_NAMED = 10
"""Log-outs that wait and are named one by one."""
PARTS = {"standalone": _("stands alone"), "hub": _("Hub Cluster"), "spoke": _("Spoke Cluster")}
STATES = {"own": _("this cluster"), "linked": _("linked"), "relayed": _("through its hub"), "no link": _("no link"),
          "cut": _("cut")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One cluster; times are aware, ``lag`` is in seconds, ``objects`` counts its live records by kind."""

    origin: str
    name: str
    role: str
    address: str
    state: str
    last_heard: datetime | None
    last_synchronised: datetime | None
    checked_at: datetime | None
    lag: float
    objects: dict[str, int]
    unused: int
    route_string: str
    trouble: str
    may_cut: bool

    @property
    def is_cut(self) -> bool:
        """Whether the link is cut here."""
        return self.state == "cut"


@dataclass(frozen=True, slots=True)
class Overview:
    """The network as this cluster sees it."""

    role: str
    name: str
    origin: str
    server: str
    speaker: str
    rows: tuple[Row, ...]
    learned: int
    limit: int
    conflicts: int
    unapplied: int
    refused: tuple[tuple[str, str, int, datetime], ...]
    waiting: tuple[WaitingLogOut, ...]
    key: str = ""
    key_waits_for: tuple[str, ...] = ()

    @property
    def alarms(self) -> list[str]:
        """What an administrator must see to."""
        troubles = [(row.name, row.trouble) for row in self.rows if row.trouble]
        found: list[str] = [Wording("%(name)s: %(trouble)s", name=name, trouble=each) for name, each in troubles]
        if self.learned >= self.limit:
            found.append(Wording(_("the limit of %(limit)s learned objects is reached"), limit=self.limit))
        if self.conflicts:
            said = _("%(count)s numbers, patterns or names are claimed by more than one cluster")
            found.append(Wording(said, count=self.conflicts))
        if self.unapplied:
            found.append(Wording(_("%(count)s learned records could not be taken up"), count=self.unapplied))
        if self.role != Network.STANDALONE and not self.speaker:
            found.append(_("no node of this cluster speaks ILS"))
        if self.is_on_its_own:
            found.append(_("no other cluster is linked: none of them learns who logs in here until one is"))
        return found + self._log_outs()

    @property
    def is_on_its_own(self) -> bool:
        """Whether there are other clusters, and nothing can be said to any of them (RO-20)."""
        others = [row for row in self.rows if row.state != "own"]
        return bool(others) and (not self.speaker or all(row.state != "linked" for row in others))

    def _log_outs(self) -> list[str]:
        said = _("%(user)s is to be logged out in %(cluster)s after the log-in in %(place)s, as soon as it is reached")
        found: list[str] = [
            Wording(said, user=each.user_id, cluster=each.cluster, place=each.place)
            for each in self.waiting[:MOST_NAMED]
        ]
        if len(self.waiting) > MOST_NAMED:
            more = _("%(count)s more log-outs wait for clusters that cannot be reached")
            found.append(Wording(more, count=len(self.waiting) - MOST_NAMED))
        return found

    def as_fields(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "role": self.role, "cluster": self.name, "fingerprint": self.origin, "registration_server": self.server,
            "speaker": self.speaker, "learned_objects": self.learned, "limit": self.limit,
            "conflicts": self.conflicts, "alarms": self.alarms,
            "key": self.key, "key_waits_for": self.key_waits_for,
            "log_outs_waiting": [
                {"user": each.user_id, "cluster": each.cluster, "place": each.place} for each in self.waiting
            ],
            "clusters": [_fields(row) for row in self.rows],
            "refused": [
                {"cluster": name, "reason": reason, "count": count, "last_at": at.isoformat()}
                for name, reason, count, at in self.refused
            ],
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """For people at a terminal, in the active language."""
        said = _("%(name)s (%(role)s), fingerprint %(origin)s, speaks from %(speaker)s")
        yield gettext(said) % {
            "name": self.name, "role": gettext(PARTS.get(self.role, self.role)), "origin": self.origin,
            "speaker": self.speaker or gettext(_("no node")),
        }  # fmt: skip
        for row in self.rows:
            yield f"{row.name:<20} {gettext(PARTS.get(row.role, row.role))} {_standing(row)}".rstrip()
        if self.key_waits_for:
            said = _("key %(key)s: the older one is held until these clusters have it: %(names)s")
            yield gettext(said) % {"key": self.key, "names": ", ".join(self.key_waits_for)}
        for alarm in self.alarms:
            yield gettext(_("alarm: %(alarm)s")) % {"alarm": in_parts(alarm)}
        for name, reason, count, at in self.refused[:10]:
            facts = {"name": name, "reason": in_parts(reason), "count": count, "at": f"{at:%Y-%m-%d %H:%M:%S}"}
            yield gettext(_("refused: %(name)s: %(reason)s (%(count)s times, last %(at)s UTC)")) % facts


def _standing(row: Row) -> str:
    heard = f"{row.last_synchronised:%H:%M:%S} UTC" if row.last_synchronised else gettext(_("never"))
    facts = {
        "state": gettext(STATES[row.state]), "heard": heard, "lag": f"{row.lag:.1f}",
        "numbers": row.objects.get("number", 0),
        "proved": gettext(_("proved")) if row.checked_at else gettext(_("not yet compared")),
    }  # fmt: skip
    said = gettext(_("%(state)s, in step %(heard)s, lag %(lag)s s, %(numbers)s numbers, %(proved)s"))
    return f"{said % facts}  {in_parts(row.trouble)}"


def look(now: datetime) -> Overview:
    """Everything at once, in a few statements."""
    row, counts = network(), _counts()
    members = list(Cluster.objects.filter(is_member=True))
    is_linked, is_spoke = any(each.is_linked for each in members), row.role == Network.SPOKE
    refused = RefusedPeer.objects.values_list("name", "reason", "count", "last_at")[:50]
    return Overview(
        role=row.role, name=own_name(), origin=own_origin(), server=row.registration_server, speaker=speaker(now),
        rows=tuple(
            _row(each, counts.get(each.pk, {}), now, _state(each, is_linked=is_linked, is_spoke=is_spoke))
            for each in members
        ),
        learned=store.learned_objects(), limit=parameters.now_in_force().number(LEARNED_OBJECTS),
        conflicts=Conflict.objects.count(), unapplied=Unapplied.objects.count(), refused=tuple(refused),
        waiting=waiting_log_outs(now), key=key_name(), key_waits_for=tuple(waiting_for()),
    )  # fmt: skip


def speaker(now: datetime) -> str:
    """The node that speaks now, or empty."""
    return Speaker.objects.filter(until__gt=now).values_list("node", flat=True).first() or ""


def _counts() -> dict[int, dict[str, tuple[int, int]]]:
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for cluster, kind, count, used in sql.rows(_COUNTS):
        found.setdefault(cluster, {})[kind] = (int(count), int(used))
    return found


def _row(each: Cluster, counts: dict[str, tuple[int, int]], now: datetime, state: str) -> Row:
    lag = (now - each.behind_since).total_seconds() if each.behind_since and each.is_linked else 0.0
    return Row(
        each.origin, each.name, each.role, each.address, state, each.last_heard,
        each.last_synchronised or each.learned_at, each.checked_at, max(0.0, lag),
        {kind: count for kind, (count, _used) in counts.items()}, sum(count - used for count, used in counts.values()),
        each.route_string,
        _joined([*_texts(each.alarm), *(_texts(each.error) if state != "cut" else ())]), has_link(each),
    )  # fmt: skip


def _state(each: Cluster, *, is_linked: bool, is_spoke: bool) -> str:
    if each.is_own:
        return "own"
    if each.is_cut:
        return "cut"
    is_behind_hub = is_linked and (each.role == Network.SPOKE or (is_spoke and not has_link(each)))
    return "linked" if each.is_linked else "relayed" if is_behind_hub else "no link"


def _texts(content: str) -> tuple[str, ...]:
    """What the node that speaks has kept."""
    try:
        return restored(content)
    except (ValueError, KeyError, TypeError):  # kept by an earlier version
        return (content,)


def _joined(texts: Sequence[str]) -> str:
    if len(texts) < 2:
        return texts[0] if texts else ""
    return Wording("%(one)s; %(others)s", one=texts[0], others=_joined(texts[1:]))


def _fields(row: Row) -> dict[str, Any]:
    times = ("last_heard", "last_synchronised", "checked_at")
    fields = {name: getattr(row, name) for name in Row.__slots__}
    return fields | {name: fields[name].isoformat() if fields[name] else None for name in times}
