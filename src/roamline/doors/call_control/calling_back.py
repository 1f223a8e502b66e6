"""Performs call backs: looks whether a number is free, rings whoever asked, and has their phone call it (EM-34).

A task of the engine. What is asked and cancelled stands in the database; a call back that rings is claimed there, so
that one node rings it, and its row is looked at again while it rings: who logs out meanwhile is not called.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import close_old_connections
from django.utils import translation
from django.utils.translation import gettext as _

from roamline.doors.call_control import calls_up, launch
from roamline.doors.call_control.rpc import Rpc, RpcRefused, Unreachable, aor_of_line
from roamline.doors.call_control.ua import Exchange, server_address
from roamline.platform.config import Config
from roamline.rooms.features import store
from roamline.rooms.features.service import call_backs
from roamline.rooms.features.service.call_backs import End
from roamline.rooms.mobility import service as mobility
from roamline.wires import sip_text
from roamline.wires.call_and_refer import CallAndRefer, Plan, Result

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 1.0
CLAIMED_FOR = timedelta(minutes=4)
MOST_AT_ONCE = 20
LANGUAGES = {"zh": "zh-hans", "ko": "ko"}

ENDS = {
    Result.CONNECTED: End.CONNECTED,
    Result.PHONE_BUSY: End.BUSY_AGAIN,
    Result.TARGET_BUSY: End.BUSY_AGAIN,
    Result.PHONE_SILENT: End.NOT_ANSWERED,
    Result.TARGET_SILENT: End.NOT_ANSWERED,
    Result.FAILED: End.FAILED,
}
P = ParamSpec("P")
T = TypeVar("T")


async def follow() -> None:
    """Look every second for call backs whose numbers are free, and ring them, for ever."""
    ringing: set[asyncio.Task[None]] = set()
    try:
        while True:
            for due in await _in_thread(_ready, MOST_AT_ONCE - len(ringing)) or []:
                task = asyncio.create_task(_ring(due))
                ringing.add(task)
                task.add_done_callback(ringing.discard)
            await asyncio.sleep(LOOK_EVERY_SECONDS)
    finally:
        for task in ringing:
            task.cancel()


def _ready(most: int) -> list[store.Due]:
    """The call backs to ring now, claimed."""
    now = datetime.now(UTC)
    config: Config = settings.CONFIG
    found = call_backs.due(now) if most > 0 else []
    free = [due for due in found if is_free(config, due)][:most]
    return [due for due in free if call_backs.begin(due, now + CLAIMED_FOR, now)]


def is_free(config: Config, due: store.Due) -> bool:
    """Whether both sides can ring: some phone of the number is here and idle, and so is the phone that asked."""
    rpc = Rpc.of(config)
    theirs = store.devices_with(due.number_id)
    try:
        if any(calls_up.is_in_call(config, each.device) is not False for each in theirs):
            return False
        if calls_up.is_in_call(config, due.device) is not False or not _is_here(rpc, due.device, due.line):
            return False
        return any(_is_here(rpc, each.device, due.number) for each in theirs if not each.do_not_disturb)
    except (Unreachable, RpcRefused):
        return False


def _is_here(rpc: Rpc, device: str, line: str) -> bool:
    return bool(rpc.contacts(device.lower()) or rpc.contacts(aor_of_line(device, line)))


async def _ring(due: store.Due) -> None:
    result = Result.FAILED
    try:
        result = await _call(due)
    except OSError as failure:
        log.warning("a call back could not ring", device=due.device, error=type(failure).__name__)
    if result is not Result.CANCELLED:
        await _in_thread(call_backs.over, due, ENDS[result], datetime.now(UTC))


async def _call(due: store.Due) -> Result:
    config: Config = settings.CONFIG
    async with Exchange(server_address(config)) as exchange:
        plan = await _in_thread(_plan, config, due, exchange.local)
        if plan is None:
            return Result.FAILED
        call = CallAndRefer(plan)
        await exchange.send(call.start(exchange.now()))
        looked = exchange.now()
        while call.result is None:
            message = await exchange.next_message()
            if message is not None:
                await exchange.send(call.receive(message, exchange.now()))
            await exchange.send(call.tick(exchange.now()))
            if exchange.now() - looked >= LOOK_EVERY_SECONDS:
                looked = exchange.now()
                if await _in_thread(call_backs.is_wanted, due) is False:
                    await exchange.send(call.cancel(exchange.now()))
        return call.result


def _plan(config: Config, due: store.Due, local: str) -> Plan:
    host = f"{launch.values(config)['ADVERTISED']}:{config['call_control.port']}"
    key = launch.rpc_key(config)
    number = due.number.replace("#", "%23")
    return Plan(
        phone_uri=f"sip:{due.line.replace('#', '%23')}@{host}",
        caller=f"{sip_text.quoted(_label(due))} <sip:{number}@{host}>",
        target_uri=f"sip:{number}@{host}",
        contact=f"sip:call-back@{local}",
        via=f"SIP/2.0/UDP {local}",
        call_id=f"{secrets.token_hex(12)}@call-back",
        tag=secrets.token_hex(8),
        headers=(("X-Roamline-Key", key), ("X-Roamline-Device", due.device)),
    )


def _label(due: store.Due) -> str:
    """What the phone that asked shows while it rings, in its language."""
    facts = mobility.phone_facts(due.device)
    locale = getattr(facts, "locale", "") or ""
    name = next((each.name for each in store.devices_with(due.number_id) if each.name), due.number)
    with translation.override(LANGUAGES.get(locale, "en")):
        return _("Call back: %(name)s") % {"name": name}


async def _in_thread(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T | None:
    """Do something with the database in a thread; None while the database does not answer."""

    def guarded() -> T | None:
        try:
            return work(*arguments, **named)
        except DatabaseFailure as failure:
            log.warning("call backs wait for the database", error=type(failure).__name__)
            close_old_connections()
            return None

    return await sync_to_async(guarded)()
