"""What the speaking node reads and keeps in the database beside the records: lease, links, refusals, conflicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from roamline.doors.ils import authority
from roamline.kernel.secret import Secret
from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.platform import sql
from roamline.platform.wording import stored
from roamline.rooms.clusters import store
from roamline.rooms.clusters.models import Cluster, Network, RefusedPeer, Speaker
from roamline.rooms.clusters.service import conflicts, cut_links, network
from roamline.rooms.clusters.service.membership import own_name, password
from roamline.rooms.parameters import activation
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.rules import ILS_SERVICE, LEARNED_OBJECTS
from roamline.wires.ils.node import Node
from roamline.wires.ils.outputs import Notice

LEASE = timedelta(seconds=10)
KEPT_REFUSALS = 200
MOST_REASONS = 3
TROUBLES = {
    "down": _("down: %(text)s"),
    "differs": _("differs: %(text)s"),
    "refused": _("refused: %(text)s"),
    "refused news": _("refused news: %(text)s"),
    "set back": _("set back: %(text)s"),
}
"""What the machine's notices about a cluster are called."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How this node is to speak; ``session`` changes with whatever needs new links."""

    session: tuple[Any, ...]
    role: str
    name: str
    registration_server: str
    password: Secret
    use_certificates: bool
    trusted: frozenset[str]
    interval_minutes: int
    limit: int
    sync_asked_at: datetime | None
    cut: frozenset[str] = frozenset()


def clock() -> datetime:
    """The time by which the lease goes: the database's where several nodes may have one, so that they agree on it."""
    found = sql.row("SELECT clock_timestamp()") if sql.is_postgresql() else None
    return sql.time_of(found[0]) or datetime.now(UTC) if found else datetime.now(UTC)


def wanted(now: datetime) -> Wanted | None:
    """How to speak now, which is by :func:`clock`.

    None when this cluster stands alone, the service is off here, or another node speaks.
    """
    row = network()
    if row.role == Network.STANDALONE or row.leaving or not activation.is_running(ILS_SERVICE) or not _has_lease(now):
        return None
    limit = parameters.now_in_force().number(LEARNED_OBJECTS)
    session = (row.revision, own_name(), limit, authority.state(settings.CONFIG))
    return Wanted(
        session, row.role, own_name(), row.registration_server, password(),
        row.use_certificates, frozenset(row.trusted), row.interval_minutes, limit, row.sync_asked_at, cut_links(),
    )  # fmt: skip


def _has_lease(now: datetime) -> bool:
    """Take or renew the lease; whether this node has it."""
    me, until = parameters.this_node(), sql.bound(now + LEASE)
    sql.run(
        "INSERT INTO clusters_speaker (id, node, until) VALUES (1, %s, %s) ON CONFLICT (id) DO NOTHING", [me, until]
    )
    statement = "UPDATE clusters_speaker SET node = %s, until = %s WHERE id = 1 AND (node = %s OR until < %s)"
    return sql.run(statement, [me, until, me, sql.bound(now)]) == 1


def leaves_unheard(now: datetime) -> bool:
    """Whether this cluster is to leave and nobody speaks who could tell the others; true on one node only."""
    row = network()
    return row.leaving and row.role != Network.STANDALONE and _has_lease(now)


def is_leaving() -> bool:
    """Whether the administrator had this cluster leave."""
    return network().leaving


def addresses() -> dict[str, str]:
    """Where members' ILS listens, by origin, as they say."""
    return dict(Cluster.objects.filter(is_member=True).exclude(address="").values_list("origin", "address"))


@dataclass(slots=True)
class Kept:
    """What was last written of each cluster, so that only changes are."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def keep(self, node: Node) -> None:
        """Write how every link is."""
        links = node.links()
        for origin in node.members:
            if origin == node.identity.origin:
                continue
            link = links.get(origin)
            row: dict[str, Any] = {
                "is_linked": link is not None,
                "learned_at": _whole(node.learned.get(origin)),
                "checked_at": node.comparing.checked.get(origin),
                "alarm": stored([node.alarms[origin]]) if origin in node.alarms else "",
            }
            if link is not None:
                row |= {
                    "linked_at": link.since, "behind_since": link.behind_since, "error": _refusal(link.refused),
                    "last_heard": _whole(link.last_heard), "last_synchronised": _whole(link.last_step),
                }  # fmt: skip
            if self.rows.get(origin) != row:
                self.rows[origin] = row
                Cluster.objects.filter(origin=origin).update(**row)


def _whole(moment: datetime | None) -> datetime | None:
    """To ten seconds, so that a quiet link is not written every second."""
    return moment and moment.replace(second=moment.second // 10 * 10, microsecond=0)


def _refusal(refused: dict[Any, str]) -> str:
    """What a peer did not take, and why; reasons are texts of its own."""
    some = list(refused.items())[:MOST_REASONS]
    said = [Wording("%(kind)s: %(reason)s", kind=stream.kind, reason=_worded(reason)) for stream, reason in some]
    return stored(said) if said else ""


def _worded(text: str) -> Wording:
    return text if isinstance(text, Wording) else Wording(text.replace("%", "%%"))


@transaction.atomic
def note(notice: Notice, now: datetime) -> None:
    """Keep what the ILS page shows: who was refused, what went wrong with whom."""
    if notice.kind == "refused" and notice.name:
        values = {"name": notice.name[:50], "address": "", "reason": notice.text[:200]}
        row, is_new = RefusedPeer.objects.get_or_create(**values, defaults={"last_at": now})
        if not is_new:
            RefusedPeer.objects.filter(pk=row.pk).update(count=F("count") + 1, last_at=now)
        keys = RefusedPeer.objects.values_list("pk", flat=True)[KEPT_REFUSALS:]
        RefusedPeer.objects.filter(pk__in=list(keys)).delete()
    elif notice.origin:
        said = TROUBLES.get(notice.kind)
        error = stored([Wording(said, text=_worded(notice.text))]) if said else ""
        Cluster.objects.filter(origin=notice.origin).update(error=error)


@transaction.atomic
def note_silence() -> None:
    """No link stands any more, and another node may speak at once; unless one does already."""
    if Speaker.objects.filter(node=parameters.this_node()).update(until=clock() - LEASE):
        Cluster.objects.filter(is_linked=True).update(is_linked=False)


def mend(limit: int) -> None:
    """The chores of a repair that look at everything, and may take long where there is much."""
    store.use_more(limit)
    store.drop_empty_seals()
    conflicts.look(datetime.now(UTC))
