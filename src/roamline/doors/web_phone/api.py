"""What the page asks of its own origin. The phone's identity is the server's knowledge: no token reaches the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import structlog
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils import translation
from django.views.decorators.http import require_POST

from roamline.doors.web_phone import asking, pairing, screens, services, state, wording
from roamline.doors.web_phone.asking import Misunderstood, Opening
from roamline.rooms.mobility.configuration import effective_configuration_of
from roamline.rooms.phones.models import Phone
from roamline.rooms.phones.watching import watch

log = structlog.get_logger(__name__)

KEEP_ALIVE = 15.0


@require_POST
def open_link(request: HttpRequest, device: str) -> HttpResponse:
    """``POST …/open``: the next screen of a phone service, as ``{"screen": …}``; null closes the services.

    403 when the browser is not paired, 400 for what the page cannot have sent.
    """
    phone = pairing.paired_phone(request, device)
    if phone is None:
        return JsonResponse({"detail": "not paired"}, status=403)
    try:
        return JsonResponse({"screen": _open(phone, asking.read_opening(request))}, headers={"Cache-Control": "no-store"})
    except Misunderstood as error:
        return JsonResponse({"detail": str(error)}, status=400)


def _open(phone: Phone, opening: Opening) -> screens.Json | None:
    effective = effective_configuration_of(phone)
    links, language = state.links_of(effective), wording.language_for(effective.locale)
    target = links.open(opening.link)
    if target is None:
        raise Misunderstood("link: it is not one of this phone's")
    fields = {name: value.reveal() for name, value in opening.fields.items()}
    with translation.override(language):
        try:
            screen = services.open_screen(links, target, fields, language)
        except services.ServiceError as error:
            log.warning("a phone service failed", device=phone.name, path=target.path, reason=str(error))
            return screens.failure(None if fields else opening.link)
        return screens.as_json(screen, links) if screen else None


async def stream(request: HttpRequest, device: str) -> HttpResponse | StreamingHttpResponse:
    """``GET …/stream``: Server-Sent Events. ``state`` comes at once and at each change; ``alive`` every 15 s between.

    An event carries the whole state, so whoever reconnects has missed nothing. ``unpaired`` ends the stream: the page
    then shows itself anew.
    """
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    phone = await sync_to_async(pairing.paired_phone)(request, device)
    if phone is None:
        return HttpResponse(status=403)
    language = translation.get_language() or "en"
    response = StreamingHttpResponse(_events(request, phone.name, language), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(request: HttpRequest, device: str, language: str) -> AsyncIterator[bytes]:
    changed = watch.follow(device)
    sent: object = None
    try:
        yield b"retry: 1000\n\n"
        while True:
            changed.clear()
            newest = await sync_to_async(_state_for)(request, device, language)
            if newest is None:
                yield _event("unpaired", None)
                return
            yield _event("alive", None) if newest == sent else _event("state", newest)
            sent = newest
            await _wait(changed)
    finally:
        watch.leave(device, changed)


def _state_for(request: HttpRequest, device: str, language: str) -> screens.Json | None:
    """The state when the browser is still paired; looked at anew each time."""
    close_old_connections()
    try:
        phone = pairing.paired_phone(request, device)
        with translation.override(language):
            return state.state_of(phone) if phone else None
    finally:
        close_old_connections()  # a stream lasts for days: it must not keep a connection meanwhile


def _event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


async def _wait(changed: asyncio.Event) -> None:
    """Until something changed, or until it is time for a sign of life."""
    try:
        async with asyncio.timeout(KEEP_ALIVE):
            await changed.wait()
    except TimeoutError:
        return
