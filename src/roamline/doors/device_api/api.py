"""The device API, version 1: a phone's configuration and screen, a stream of their changes, and its reports."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from ninja import Router, Schema, Status

from roamline.doors.device_api.access import DeviceToken, device_of
from roamline.doors.device_api.rendering import Configuration, configuration_of
from roamline.doors.device_api.reports import DeviceEvents, InputGiven, take, take_input
from roamline.doors.device_api.screen import MenuOut, ScreenOut, screen_out
from roamline.rooms.headsets.screens import PhoneView, view_of
from roamline.rooms.headsets.watching import watch

router = Router(tags=["device"])

KEEP_ALIVE = 15.0
LONGEST_VERSION = 18
_SECONDS = re.compile(r'"seconds": ?[0-9]+,?')


class Refusal(Schema):
    """Why a request was refused."""

    detail: str


@router.get("/{device}/configuration", response={200: Configuration, 404: Refusal}, auth=DeviceToken(), by_alias=True)
def configuration(request: HttpRequest, device: str) -> Status[object]:
    """The device's effective configuration, with its current SIP secret."""
    found = configuration_of(device)
    return Status(200, found) if found else Status(404, {"detail": "no such device"})


@router.post("/{device}/events", response={204: None}, auth=DeviceToken())
def events(request: HttpRequest, device: str, batch: DeviceEvents) -> Status[None]:
    """Take a device's reports, in their order; one whose id was taken before changes nothing."""
    for each in batch.events:
        take(device, each, source_of(request), timezone.now())
    return Status(204, None)


@router.get("/{device}/screen", response={200: ScreenOut | None, 404: Refusal}, auth=DeviceToken())
def screen(request: HttpRequest, device: str) -> Status[object]:
    """What the device shows about its headsets now; null for nothing."""
    view = view_of(device, timezone.now())
    return Status(200, screen_out(view.screen)) if view else Status(404, {"detail": "no such device"})


@router.post("/{device}/input", response={200: ScreenOut | None, 404: Refusal}, auth=DeviceToken())
def give_input(request: HttpRequest, device: str, given: InputGiven) -> Status[object]:
    """Take what a user did on a screen, and answer with the next one; a screen that is gone is ignored."""
    take_input(device, given, source_of(request), timezone.now())
    view = view_of(device, timezone.now())
    return Status(200, screen_out(view.screen)) if view else Status(404, {"detail": "no such device"})


def source_of(request: HttpRequest) -> str:
    """The address that a request comes from."""
    return str(request.META.get("REMOTE_ADDR", ""))


async def stream(request: HttpRequest, device: str) -> HttpResponse | StreamingHttpResponse:
    """``GET …/stream?have=<version>``: Server-Sent Events, one for each change.

    ``configuration`` comes at once unless ``have`` is the newest version, ``screen`` (null for nothing to show) and
    ``menu`` always do; a comment every 15 s keeps the connection open.
    """
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    name = await sync_to_async(device_of)(device, token) if scheme.lower() == "bearer" else None
    if name is None:
        return HttpResponse(status=401)
    have = request.GET.get("have", "")
    known = int(have) if have.isascii() and have.isdigit() and len(have) <= LONGEST_VERSION else None
    response = StreamingHttpResponse(_changes(name, known), content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _changes(device: str, have: int | None) -> AsyncIterator[bytes]:
    changed = watch.follow(device)
    shown: dict[str, str] = {}
    try:
        yield b": connected\n\n"
        while True:
            changed.clear()
            newest = await sync_to_async(configuration_of)(device)
            view = await sync_to_async(view_of)(device, timezone.now())
            if newest is None or view is None:
                return
            if newest.version != have:
                have = newest.version
                yield f"event: configuration\nid: {have}\ndata: {newest.model_dump_json()}\n\n".encode()
            for event, data in _headset_events(view):
                if shown.get(event) != _without_seconds(data):
                    shown[event] = _without_seconds(data)
                    yield f"event: {event}\ndata: {data}\n\n".encode()
            while not await _is_set_within(changed, KEEP_ALIVE):
                yield b": still here\n\n"
    finally:
        watch.leave(device, changed)


def _headset_events(view: PhoneView) -> Iterator[tuple[str, str]]:
    shown = screen_out(view.screen)
    yield "screen", shown.model_dump_json() if shown else "null"
    yield "menu", MenuOut(associate_headset=view.may_associate).model_dump_json()


def _without_seconds(data: str) -> str:
    return _SECONDS.sub("", data)  # the time left is no change of a screen


async def _is_set_within(changed: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await changed.wait()
    except TimeoutError:
        return False
    return True
