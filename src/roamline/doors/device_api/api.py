"""The device API, version 1: a phone's configuration and screen, a stream of their changes, and its reports."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from ninja import Router, Schema, Status

from roamline.doors.device_api import limits
from roamline.doors.device_api.access import DeviceToken, device_of, takes_configuration
from roamline.doors.device_api.rendering import Configuration, configuration_of
from roamline.doors.device_api.reports import DeviceEvents, InputGiven, is_simulated, take, take_input
from roamline.doors.device_api.screen import MenuOut, ScreenOut, screen_out
from roamline.rooms.headsets.screens import PhoneView, view_of
from roamline.rooms.headsets.watching import watch
from roamline.rooms.phones.addressing import NoIPv6Address

router = Router(tags=["device"])

KEEP_ALIVE = 15.0
LONGEST_VERSION = 18
_SECONDS = re.compile(r'"seconds": ?[0-9]+,?')


class Refusal(Schema):
    """Why a request was refused."""

    detail: str


@router.get(
    "/{device}/configuration", response={200: Configuration, 403: Refusal, 404: Refusal, 503: Refusal},
    auth=DeviceToken(), by_alias=True,
)  # fmt: skip
def configuration(request: HttpRequest, device: str) -> Status[object]:
    """The device's effective configuration, with its current SIP secret; 403 for a phone that reads its own files.

    503 while the phone is in IPv6 mode and the site has no IPv6 address to give it.
    """
    if not takes_configuration(device):
        return Status(403, {"detail": "this phone reads its own files: its token opens headsets and screens only"})
    try:
        found = configuration_of(device)
    except NoIPv6Address as refused:
        return Status(503, {"detail": str(refused)})
    return Status(200, found) if found else Status(404, {"detail": "no such device"})


@router.post("/{device}/events", response={204: None, 403: Refusal, 429: Refusal}, auth=DeviceToken())
def events(request: HttpRequest, response: HttpResponse, device: str, batch: DeviceEvents) -> Status[object]:
    """Take a device's reports, in their order; one whose id was taken before changes nothing.

    403, and none is taken, when one is about a simulated headset and this is no demo site (S-12).
    """
    if wait := limits.events.take(device.lower(), len(batch.events)):
        return _too_many(response, wait)
    if any(is_simulated(each) for each in batch.events) and not settings.CONFIG["site.demo"]:
        return Status(403, {"detail": "simulated headsets are for demo sites only (site.demo)"})
    for each in batch.events:
        take(device, each, source_of(request), timezone.now())
    return Status(204, None)


@router.get("/{device}/screen", response={200: ScreenOut | None, 404: Refusal}, auth=DeviceToken())
def screen(request: HttpRequest, device: str) -> Status[object]:
    """What the device shows about its headsets now; null for nothing."""
    view = view_of(device, timezone.now())
    return Status(200, screen_out(view.screen)) if view else Status(404, {"detail": "no such device"})


@router.post("/{device}/input", response={200: ScreenOut | None, 404: Refusal, 429: Refusal}, auth=DeviceToken())
def give_input(request: HttpRequest, response: HttpResponse, device: str, given: InputGiven) -> Status[object]:
    """Take what a user did on a screen, and answer with the next one; a screen that is gone is ignored."""
    if wait := limits.inputs.take(device.lower(), 1):
        return _too_many(response, wait)
    take_input(device, given, source_of(request), timezone.now())
    view = view_of(device, timezone.now())
    return Status(200, screen_out(view.screen)) if view else Status(404, {"detail": "no such device"})


def _too_many(response: HttpResponse, wait: int) -> Status[object]:
    response["Retry-After"] = str(wait)
    return Status(429, {"detail": f"too many at once from this device: wait {wait} s"})


def source_of(request: HttpRequest) -> str:
    """The address that a request comes from."""
    return str(request.META.get("REMOTE_ADDR", ""))


async def stream(request: HttpRequest, device: str) -> HttpResponse | StreamingHttpResponse:
    """``GET …/stream?have=<version>``: Server-Sent Events, one for each change.

    ``configuration`` comes at once unless ``have`` is the newest version, ``screen`` (null for nothing to show) and
    ``menu`` always do; a comment every 15 s keeps the connection open. With ``only=screens``, and always for a phone
    that reads its own files, no ``configuration`` comes, and so no SIP secret travels. 429 for a fifth stream.
    """
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    name = await sync_to_async(device_of)(device, token) if scheme.lower() == "bearer" else None
    if name is None:
        return HttpResponse(status=401)
    if limits.streams.get(name, 0) >= limits.MOST_STREAMS:
        return HttpResponse(status=429, headers={"Retry-After": "10"})
    with_configuration = request.GET.get("only") != "screens" and await sync_to_async(takes_configuration)(name)
    have = request.GET.get("have", "")
    known = int(have) if have.isascii() and have.isdigit() and len(have) <= LONGEST_VERSION else None
    changes = _changes(name, known, with_configuration)
    response = StreamingHttpResponse(changes, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _changes(device: str, have: int | None, with_configuration: bool) -> AsyncIterator[bytes]:
    changed = watch.follow(device)
    limits.streams[device] = limits.streams.get(device, 0) + 1
    shown: dict[str, str] = {}
    try:
        yield b": connected\n\n"
        while True:
            changed.clear()
            newest = await sync_to_async(configuration_of)(device) if with_configuration else None
            view = await sync_to_async(view_of)(device, timezone.now())
            if view is None or (with_configuration and newest is None):
                return
            if newest is not None and newest.version != have:
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
        limits.streams[device] -= 1
        if not limits.streams[device]:
            del limits.streams[device]


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
