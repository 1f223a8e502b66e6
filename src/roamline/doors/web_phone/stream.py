"""The stream that keeps the page right: the state at once and at each change, so that a lost one loses nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone, translation

from roamline.doors.web_phone import calling, headsets, pairing, state
from roamline.rooms.headsets.watching import watch

KEEP_ALIVE = 15.0

Json = dict[str, Any]


async def stream(request: HttpRequest, device: str) -> HttpResponse | StreamingHttpResponse:
    """``GET …/stream``: Server-Sent Events, among them ``alive`` every 15 s.

    ``state``, ``screen``, ``menu`` and ``headsets`` are what is shown, ``account`` is how to register.

    ``unpaired`` ends the stream: this browser may no longer be this phone, and the page shows itself anew.
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
    sent: Json = {}
    try:
        yield b"retry: 1000\n\n"
        while True:
            changed.clear()
            newest = await sync_to_async(_everything)(request, device, language)
            if newest is None:
                yield _event("unpaired", None)
                return
            news = [name for name, shown in newest.items() if name not in sent or _differ(sent[name], shown)]
            yield b"".join(_event(name, newest[name]) for name in news) or _event("alive", None)
            sent = newest
            await _wait(changed)
    finally:
        watch.leave(device, changed)


def _everything(request: HttpRequest, device: str, language: str) -> Json | None:
    """What the page shows, by event; None when the browser is not paired any more: that is looked at each time."""
    close_old_connections()
    try:
        phone, now = pairing.paired_phone(request, device), timezone.now()
        if phone is None:
            return None
        with translation.override(language):
            return {
                "state": state.state_of(phone),
                "account": calling.account_of(request, phone),
                "menu": headsets.menu_of(phone.name, now),
                "headsets": headsets.tray_of(phone),
                "screen": headsets.screen_of(phone.name, now),
            }
    finally:
        close_old_connections()  # a stream lasts for days: it must not keep a connection meanwhile


def _differ(before: Json | None, after: Json | None) -> bool:
    """Whether there is anything to tell; that a countdown goes on is not."""
    return _without_seconds(before) != _without_seconds(after)


def _without_seconds(shown: Json | None) -> Json | None:
    countdown = shown.get("countdown") if shown else None
    return {**shown, "countdown": {**countdown, "seconds": 0}} if shown and countdown else shown


def _event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


async def _wait(changed: asyncio.Event) -> None:
    """Until something changed, or until it is time for a sign of life."""
    try:
        async with asyncio.timeout(KEEP_ALIVE):
            await changed.wait()
    except TimeoutError:
        return
