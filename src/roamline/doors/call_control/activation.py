"""Keeps Kamailio as the control centre says: Cisco CallManager off on this node is SIP 503 with Retry-After (EM-1).

What was told is told again every few seconds, because Kamailio forgets it when it restarts.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import close_old_connections

from roamline.doors.call_control.rpc import Rpc, RpcRefused, Unreachable
from roamline.rooms.parameters import activation
from roamline.rooms.parameters.rules import CALL_CONTROL_SERVICE

LOOK_EVERY_SECONDS = 1.0
TELL_AGAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the control centre says about call control on this node."""

    running: bool
    since: datetime | None


def wanted() -> Wanted | None:
    """What is to be; None while the database does not answer."""
    try:
        service = CALL_CONTROL_SERVICE
        return Wanted(activation.is_running(service), activation.since(service))
    except DatabaseFailure:
        close_old_connections()
        return None


def tell(rpc: Rpc, running: bool) -> bool:
    """Tell Kamailio; whether it took it."""
    try:
        rpc.engine_is_alive()
        if not running:
            rpc.stop_service()
        elif rpc.value("state", "stopped") is not None:
            rpc.start_service()
    except (Unreachable, RpcRefused):
        return False
    return True


async def follow() -> None:
    """A task of the engine: looks every second, tells at each change and every few seconds."""
    rpc = Rpc.of(settings.CONFIG)
    told: Wanted | None = None
    told_at = 0.0
    while True:
        now_wanted = await sync_to_async(wanted)()
        is_old = time.monotonic() - told_at >= TELL_AGAIN_SECONDS
        is_due = now_wanted is not None and (now_wanted != told or is_old)
        if now_wanted is not None and is_due and await asyncio.to_thread(tell, rpc, now_wanted.running):
            told, told_at = now_wanted, time.monotonic()
        await asyncio.sleep(LOOK_EVERY_SECONDS)
