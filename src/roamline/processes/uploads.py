"""Large bodies are let in only for administrators who are signed in, a few at once; before anything is read (S-10)."""

from __future__ import annotations

from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from typing import Any

from asgiref.sync import sync_to_async

from roamline.processes.limits import BODY_LIMIT, AsgiApplication, Receive, Send

AT_ONCE = 4
"""How many uploads one process takes at the same time."""


def gated(application: AsgiApplication, paths: Collection[str]) -> AsgiApplication:
    """Answer 403 to a large body for one of these paths from anybody else, and 503 while too many come in."""
    under_way = 0

    async def gate(scope: Any, receive: Receive, send: Send) -> None:
        nonlocal under_way
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in paths or _is_small(scope):
            await application(scope, receive, send)
            return
        if not await sync_to_async(_may_upload)(_session_key(scope)):
            await _answer(send, 403, b"403 Sign in as an administrator first.\n")
            return
        if under_way >= AT_ONCE:
            await _answer(send, 503, b"503 Too many uploads at once. Try again in a minute.\n")
            return
        under_way += 1
        try:
            await application(scope, receive, send)
        finally:
            under_way -= 1

    return gate


def _header(scope: Any, name: bytes) -> str:
    return str(dict(scope["headers"]).get(name, b"").decode("latin-1"))


def _is_small(scope: Any) -> bool:
    length = _header(scope, b"content-length")
    return length.isdecimal() and len(length) < 12 and int(length) <= BODY_LIMIT


def _session_key(scope: Any) -> str:
    from django.conf import settings

    try:
        found = SimpleCookie(_header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


def _may_upload(session_key: str) -> bool:
    from django.contrib import auth
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import close_old_connections
    from django.http import HttpRequest

    if not session_key:
        return False
    request = HttpRequest()
    request.session = SessionStore(session_key)
    try:
        return bool(auth.get_user(request).is_superuser)
    finally:
        close_old_connections()


async def _answer(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode()),
               (b"connection", b"close")]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
