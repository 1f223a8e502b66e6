"""The size of a request's body is limited before anything reads it (S-10): pure WSGI and ASGI wrappers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

BODY_LIMIT = 262_144
"""Bytes; phones, EM API callers and forms need far less."""

NO_EXCEPTIONS: Mapping[str, int] = MappingProxyType({})

_REFUSAL = b"413 The request is too large.\n"
_HEADERS = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(_REFUSAL))),
    ("Connection", "close"),
)

Environ = dict[str, Any]
WsgiApplication = Callable[[Environ, Any], Iterable[bytes]]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApplication = Callable[[Any, Any, Any], Coroutine[Any, Any, None]]


class _TooLargeError(Exception):
    pass


def declared_too_large(length: str, limit: int = BODY_LIMIT) -> bool:
    """Whether a Content-Length is over the limit, or is none at all; empty means that there is no body."""
    return bool(length) and (not length.isdecimal() or len(length) > 12 or int(length) > limit)


def limited_wsgi(application: WsgiApplication) -> WsgiApplication:
    """Answer 413 to a body that is declared larger than the limit; a body of undeclared length is not read."""

    def limited(environ: Environ, start_response: Any) -> Iterable[bytes]:
        if declared_too_large(environ.get("CONTENT_LENGTH") or ""):
            start_response("413 Request Entity Too Large", list(_HEADERS))
            return [_REFUSAL]
        return application(environ, start_response)

    return limited


def limited_asgi(application: AsgiApplication, exceptions: Mapping[str, int] = NO_EXCEPTIONS) -> AsgiApplication:
    """Answer 413 to a body that is declared, or turns out, larger than the limit.

    ``exceptions`` gives exact paths a limit of their own, in bytes, for what is POSTed there.
    """

    async def limited(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"").decode("latin-1")
        limit = exceptions.get(scope["path"], BODY_LIMIT) if scope["method"] == "POST" else BODY_LIMIT
        if declared_too_large(length, limit):
            await _refuse(send)
            return
        seen = 0

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _TooLargeError
            return message

        try:
            await application(scope, counting, send)
        except _TooLargeError:
            await _refuse(send)

    return limited


async def _refuse(send: Send) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in _HEADERS]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSAL})
