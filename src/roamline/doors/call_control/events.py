"""What Kamailio reports, as it happens: registrations and calls, as JSON in netstrings over its event port.

Events sent while nobody listens are lost. That is harmless: phones register again within two minutes, and whether a
device is in a call is asked, not remembered.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import close_old_connections

from roamline.doors.call_control import wishes
from roamline.doors.call_control.calls_up import Notes
from roamline.doors.call_control.rpc import Unreachable
from roamline.rooms.features.service import call_backs
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.rules.sources import plain_address
from roamline.rooms.phones import addresses
from roamline.wires.netstring import NetstringDecoder, NetstringError

log = structlog.get_logger(__name__)

MOST_EVENT_BYTES = 8192
READ_BYTES = 65_536
AGAIN_AFTER_SECONDS = 0.5
SAVE_EVERY_SECONDS = 0.5

REGISTERED, UNREGISTERED = "registered", "unregistered"
DO_NOT_DISTURB = "do_not_disturb"
CALL_STARTED, CALL_ENDED, CALL_FAILED = "call_started", "call_ended", "call_failed"
CALL_UNANSWERED = "call_unanswered"

_DEVICE = re.compile(r"[A-Za-z0-9._-]{0,128}")


@dataclass(frozen=True, slots=True)
class Registered:
    """A phone registered (or took back) a line with its current secret, which is that of ``version``."""

    device: str
    line: str
    version: int
    expires: int
    user_agent: str
    reason: str
    source: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Called:
    """A call was answered, ended, or came to nothing; a device is empty where the other end is no phone of ours."""

    kind: str
    caller: str
    callee: str
    number: str
    call: str


@dataclass(frozen=True, slots=True)
class DoNotDisturb:
    """A phone's user turned do-not-disturb on or off; the device's name ignoring case."""

    device: str
    on: bool
    source: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A phone's call to a directory number was not answered; ``status`` is SIP's. A call back may be asked (EM-34)."""

    device: str
    line: str
    number_id: int
    status: int


Event = Registered | Called | Unanswered | wishes.ForwardWish | DoNotDisturb
Listener = Callable[[Event, datetime], None]

_listeners: list[Listener] = []


def on_event(listener: Listener) -> Listener:
    """Have ``listener(event, now)`` called for every event, in a thread of the engine; usable as a decorator."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def parse(payload: bytes) -> Event | None:
    """One event; None when it is none that is known here."""
    try:
        fields = json.loads(payload)
    except ValueError:
        return None
    if not isinstance(fields, dict):
        return None
    kind = fields.get("event")
    if kind in (REGISTERED, UNREGISTERED) and isinstance(fields.get("version"), int):
        return _registered(fields, is_over=kind == UNREGISTERED)
    if kind == DO_NOT_DISTURB:
        return DoNotDisturb(_device(fields, "device"), fields.get("on") == 1, _text(fields, "source", 64))
    if kind in (CALL_STARTED, CALL_ENDED, CALL_FAILED):
        caller, callee = _device(fields, "caller"), _device(fields, "callee")
        return Called(str(kind), caller, callee, _text(fields, "number", 32), _text(fields, "call", 256))
    if kind == CALL_UNANSWERED:
        return _unanswered(fields)
    return wishes.parse(fields) if kind == wishes.FORWARD else None


async def follow() -> None:
    """Listen to this node's Kamailio for ever, connecting again whenever it was gone (a task of the engine)."""
    port = int(settings.CONFIG["call_control.events_port"])
    notes = Notes(settings.CONFIG)
    saving = asyncio.create_task(_keep_saved(notes))
    try:
        while True:
            await _listen(port, notes)
            await asyncio.sleep(AGAIN_AFTER_SECONDS)
    finally:
        saving.cancel()


@on_event
def confirm_registered_phone(event: Event, now: datetime) -> None:
    """A phone that registered with its newest secret runs what it should: that confirms the session (EM-44)."""
    if isinstance(event, Registered) and not event.is_over:
        mobility.phone_registered(device=event.device, version=event.version, now=now)


@on_event
def note_where_phones_are(event: Event, now: datetime) -> None:
    """A registered phone's address may log in and out where addresses are validated (EM-28), and is pushed to."""
    if not isinstance(event, Registered):
        return
    address = plain_address(event.source)
    if event.is_over:
        addresses.unregistered(event.device, address, event.version)
    else:
        addresses.registered(event.device, address, now, event.reason)


@on_event
def note_unanswered_call(event: Event, now: datetime) -> None:
    """A call back can be asked for this call (EM-34)."""
    if isinstance(event, Unanswered):
        call_backs.call_failed(
            device=event.device, line=event.line, number_id=event.number_id, status=event.status, now=now
        )


@on_event
def note_that_a_phone_was_used(event: Event, now: datetime) -> None:
    """Whoever did not answer a call before is at the phone again (EM-34)."""
    if isinstance(event, Called) and event.kind == CALL_ENDED:
        for device in {event.caller, event.callee} - {""}:
            call_backs.phone_was_used(device)


@on_event
def tell_that_a_call_ended(event: Event, now: datetime) -> None:
    """A log-out may wait for the end of this call (EM-42)."""
    if isinstance(event, Called) and event.kind in (CALL_ENDED, CALL_FAILED):
        for device in {event.caller, event.callee} - {""}:
            mobility.call_ended(device, now)


@on_event
def forward_as_wished(event: Event, now: datetime) -> None:
    """Somebody at a phone set or ended the forwarding of all calls; the call that said so waits for the answer."""
    if isinstance(event, wishes.ForwardWish):
        wishes.fulfil(event, now)


async def _listen(port: int, notes: Notes) -> None:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return
    try:
        for over in await asyncio.to_thread(notes.strike_out_unheard_ends):
            await asyncio.to_thread(_tell, Called(CALL_ENDED, over.devices[0], over.devices[-1], "", over.call))
        await _read(reader, notes)
    except Unreachable:
        return  # it is still starting
    except (OSError, NetstringError) as error:
        log.warning("call control's events broke off", error=type(error).__name__)
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader, notes: Notes) -> None:
    decoder = NetstringDecoder(MOST_EVENT_BYTES)
    while received := await reader.read(READ_BYTES):
        for payload in decoder.feed(received):
            event = parse(payload)
            noted = _noted(event, notes) if event is not None else None
            if noted is not None:
                await asyncio.to_thread(_tell, noted)


def _noted(event: Event, notes: Notes) -> Event | None:
    """Note a call's beginning or end.

    The end of a call from before Kamailio's start gets its devices back; None when nobody knows whose call it was.
    """
    if not isinstance(event, Called):
        return event
    if event.kind == CALL_STARTED:
        notes.began(event.call, (event.caller, event.callee), time.time())
        return event
    devices = notes.ended(event.call)
    if event.caller or event.callee:
        return event
    return replace(event, caller=devices[0], callee=devices[-1]) if devices else None


async def _keep_saved(notes: Notes) -> None:
    while True:
        await asyncio.sleep(SAVE_EVERY_SECONDS)
        await asyncio.to_thread(notes.save)


def _tell(event: Event) -> None:
    for listener in list(_listeners):
        try:
            listener(event, datetime.now(UTC))
        except Exception:
            log.exception("an event of call control was not taken up", listener=listener.__qualname__)
    close_old_connections()


def _registered(fields: dict[str, Any], *, is_over: bool) -> Registered | None:
    device = _device(fields, "device")
    if not device:
        return None
    expires = fields.get("expires")
    return Registered(
        device=device,
        line=_text(fields, "line", 32),
        version=int(fields["version"]),
        expires=expires if isinstance(expires, int) else 0,
        user_agent=_text(fields, "user_agent", 128),
        reason=_text(fields, "reason", 512),
        source=_text(fields, "source", 64),
        is_over=is_over,
    )


def _unanswered(fields: dict[str, Any]) -> Unanswered | None:
    device, number_id, status = _device(fields, "device"), fields.get("number_id"), fields.get("status")
    if not device or not isinstance(number_id, int) or not isinstance(status, int) or number_id < 1:
        return None
    return Unanswered(device, _text(fields, "line", 25), number_id, status)


def _device(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) and _DEVICE.fullmatch(value) else ""


def _text(fields: dict[str, Any], name: str, limit: int) -> str:
    value = fields.get(name)
    return value[:limit] if isinstance(value, str) else ""
