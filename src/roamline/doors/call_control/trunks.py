"""What Kamailio knows of trunks: it asks each by OPTIONS every few seconds and keeps the answers in its memory."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings

from roamline.doors.call_control import launch
from roamline.doors.call_control.rpc import Rpc, Unreachable
from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.dialplan.trunks import TrunkState

TABLE = "trunk"


def key_of(trunk: Trunk) -> str:
    """Under which key Kamailio keeps a trunk's state."""
    return f"sip:{trunk.host}:{trunk.port};transport={trunk.transport}"


def state_of(trunk: Trunk) -> TrunkState | None:
    """A trunk's state on this node; None while Kamailio does not answer or has not asked the trunk."""
    if launch.missing() is not None:
        return None
    try:
        value = Rpc.of(settings.CONFIG).value(TABLE, key_of(trunk))
    except Unreachable:
        return None
    state, status, since = [*str(value or "").split("|"), "", ""][:3]
    if state not in ("up", "down") or not (status.isdigit() and since.isdigit()):
        return None
    return TrunkState(state == "up", int(status), datetime.fromtimestamp(int(since), UTC))
