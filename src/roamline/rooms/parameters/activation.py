"""Which services run on a node, and starting and stopping them there (EM-1).

What refuses while a service is off asks here at every request or every second, so a change needs no restart and
counts on its own node only.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.platform import sql
from roamline.rooms.ledger import service as ledger
from roamline.rooms.parameters import store
from roamline.rooms.parameters.models import ParameterValue, ServiceState
from roamline.rooms.parameters.rules import SERVICES
from roamline.rooms.parameters.rules.services import NodeService
from roamline.rooms.parameters.service import this_node

ACTIVATE, DEACTIVATE, START, STOP, RESTART = "activate", "deactivate", "start", "stop", "restart"
DEEDS: dict[str, tuple[bool | None, bool]] = {
    ACTIVATE: (True, True),
    DEACTIVATE: (False, False),
    START: (None, True),
    STOP: (None, False),
    RESTART: (None, True),
}
RETRY_AFTER_SECONDS = 5
LATELY_SECONDS = 1.0

_SINCE = "SELECT since FROM parameters_servicestate WHERE node = %s AND service = %s"


class NotActivated(ValueError):
    """A service that is not activated is started."""


@dataclass(frozen=True, slots=True)
class State:
    """A service on a node; ``since`` is when its state last changed, None when it never did."""

    node: str
    service: str
    activated: bool
    running: bool
    since: datetime | None


def stopped_here() -> frozenset[str]:
    """The services that do not run on this node; one statement, together with the parameters."""
    return store.on_node(this_node()).stopped


def is_running(service: NodeService) -> bool:
    """Whether a service runs on this node."""
    return service.name not in stopped_here()


def was_running_lately(service: NodeService) -> bool:
    """:func:`is_running` as of the last second, for what is asked very often."""
    return service.name not in _lately.seen()


@dataclass(slots=True)
class _Lately:
    """What was stopped on this node, at most a second ago."""

    stopped: frozenset[str] = frozenset()
    looked: float = float("-inf")

    def seen(self) -> frozenset[str]:
        if time.monotonic() - self.looked >= LATELY_SECONDS:
            self.stopped, self.looked = stopped_here(), time.monotonic()
        return self.stopped


_lately = _Lately()


def since(service: NodeService) -> datetime | None:
    """When a service's state on this node last changed: another time than before means stopped or started anew."""
    row = sql.row(_SINCE, [this_node(), service.name])
    return sql.time_of(row[0]) if row else None


def states(node: str | None = None) -> list[State]:
    """Every service on a node, in the order of the registry."""
    where = node or this_node()
    kept = {state.service: state for state in ServiceState.objects.filter(node=where)}
    return [
        State(where, name, state.activated, state.activated and state.started, state.since)
        if (state := kept.get(name))
        else State(where, name, activated=True, running=True, since=None)
        for name in SERVICES
    ]


def nodes() -> list[str]:
    """The nodes that are known here: this one, and those that something is set for."""
    named = {
        *ServiceState.objects.values_list("node", flat=True),
        *ParameterValue.objects.values_list("node", flat=True),
    }
    return sorted({this_node(), *named} - {""})


@transaction.atomic
def change(
    service: str, deed: str, *, actor: str, way: str, source: str, now: datetime, node: str | None = None
) -> State:
    """Activate, deactivate, start, stop or restart a service on a node, with its audit entry.

    Errors: KeyError for a service or deed that nobody knows, NotActivated when a deactivated one is to be started.
    """
    name, (activated, started) = SERVICES[service].name, DEEDS[deed]
    state, _is_new = ServiceState.objects.select_for_update().get_or_create(
        node=node or this_node(), service=name, defaults={"since": now}
    )
    if activated is not None:
        state.activated = activated
    if started and not state.activated:
        raise NotActivated(
            Wording(_("%(service)s is not activated on %(node)s: activate it first."), service=name, node=state.node)
        )
    state.started, state.since = started, now
    state.save()
    ledger.record(
        at=now, action=f"service.{deed}", actor=actor, way=way, source=source, subject=name,
        details={"node": state.node},
    )  # fmt: skip
    ledger.wake_after_commit()
    return State(state.node, name, state.activated, state.activated and state.started, now)
