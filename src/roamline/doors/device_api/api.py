"""The device API, version 1: a software phone's configuration, a stream of its changes, and its reports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Literal

import structlog
from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from roamline.doors.device_api.access import DeviceToken, device_of
from roamline.doors.device_api.rendering import Configuration, configuration_of
from roamline.rooms.headsets.watching import watch

log = structlog.get_logger(__name__)
router = Router(tags=["device"])

KEEP_ALIVE = 15.0
LONGEST_VERSION = 18


class Refusal(Schema):
    """Why a request was refused."""

    detail: str


class DeviceEvent(Schema):
    """Something that happened on a device."""

    event: Literal["applied", "registered", "registration_failed", "call_started", "call_ended"]
    version: int | None = None
    at: datetime | None = None
    call_id: Annotated[str, Field(max_length=200)] = ""
    peer: Annotated[str, Field(max_length=200)] = ""
    direction: Literal["", "in", "out"] = ""
    number: Annotated[str, Field(max_length=64)] = ""
    reason: Annotated[str, Field(max_length=200)] = ""


class DeviceEvents(Schema):
    """A batch of events, oldest first."""

    events: Annotated[list[DeviceEvent], Field(max_length=100)]


@router.get("/{device}/configuration", response={200: Configuration, 404: Refusal}, auth=DeviceToken(), by_alias=True)
def configuration(request: HttpRequest, device: str) -> Status[object]:
    """The device's effective configuration, with its current SIP secret."""
    found = configuration_of(device)
    return Status(200, found) if found else Status(404, {"detail": "no such device"})


@router.post("/{device}/events", response={204: None}, auth=DeviceToken())
def events(request: HttpRequest, device: str, batch: DeviceEvents) -> Status[None]:
    """Take a device's reports; they are logged, and nothing depends on them alone."""
    for each in batch.events:
        details = each.dict(exclude_defaults=True, exclude={"event"})
        log.info("device event", device=device, happened=each.event, **details)
    return Status(204, None)


async def stream(request: HttpRequest, device: str) -> HttpResponse | StreamingHttpResponse:
    """``GET …/stream?have=<version>``: Server-Sent Events, one ``configuration`` event per new version.

    The first comes at once unless ``have`` is the newest version; a comment every 15 s keeps the connection open.
    """
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    name = await sync_to_async(device_of)(device, token) if scheme.lower() == "bearer" else None
    if name is None:
        return HttpResponse(status=401)
    have = request.GET.get("have", "")
    known = int(have) if have.isascii() and have.isdigit() and len(have) <= LONGEST_VERSION else None
    response = StreamingHttpResponse(_configurations(name, known), content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _configurations(device: str, have: int | None) -> AsyncIterator[bytes]:
    changed = watch.follow(device)
    try:
        yield b": connected\n\n"
        while True:
            changed.clear()
            newest = await sync_to_async(configuration_of)(device)
            if newest is None:
                return
            if newest.version != have:
                have = newest.version
                yield f"event: configuration\nid: {have}\ndata: {newest.json()}\n\n".encode()
            while not await _is_set_within(changed, KEEP_ALIVE):
                yield b": still here\n\n"
    finally:
        watch.leave(device, changed)


async def _is_set_within(changed: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await changed.wait()
    except TimeoutError:
        return False
    return True
