from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from roamline.processes.limits import BODY_LIMIT, limited_asgi, limited_wsgi


def wsgi_status(length: str) -> str:
    seen: list[str] = []

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [b""]

    list(limited_wsgi(application)({"CONTENT_LENGTH": length}, lambda status, headers: seen.append(status)))
    return seen[0][:3]


@pytest.mark.parametrize(
    ("length", "status"),
    [("", "200"), ("0", "200"), (str(BODY_LIMIT), "200"), (str(BODY_LIMIT + 1), "413"), ("-1", "413"),
     ("9" * 40, "413"), ("x", "413")],
)  # fmt: skip
def test_a_body_declared_too_large_is_refused_before_it_is_read(length: str, status: str) -> None:
    assert wsgi_status(length) == status


EXCEPTIONS = {"/upload/": BODY_LIMIT * 2}


def asgi_status(chunks: list[int], declared: str | None = None, path: str = "/", method: str = "POST") -> int:
    sent: list[Any] = []
    queue = [
        {"type": "http.request", "body": b"x" * size, "more_body": place < len(chunks) - 1}
        for place, size in enumerate(chunks)
    ]

    async def receive() -> Any:
        return queue.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})

    headers = [(b"content-length", declared.encode())] if declared else []
    scope = {"type": "http", "headers": headers, "path": path, "method": method}
    asyncio.run(limited_asgi(application, EXCEPTIONS)(scope, receive, send))
    return int(sent[0]["status"])


def test_a_body_that_turns_out_too_large_is_refused_on_the_way() -> None:
    assert asgi_status([BODY_LIMIT]) == 200
    assert asgi_status([BODY_LIMIT, 1]) == 413
    assert asgi_status([1], declared=str(BODY_LIMIT + 1)) == 413


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/upload/", "POST", 200), ("/upload/", "PUT", 413), ("/upload/x", "POST", 413), ("/upload", "POST", 413),
     ("/", "POST", 413)],
)  # fmt: skip
def test_only_what_is_posted_to_an_exception_may_be_larger(path: str, method: str, status: int) -> None:
    assert asgi_status([BODY_LIMIT, BODY_LIMIT], path=path, method=method) == status
    assert asgi_status([1], str(BODY_LIMIT * 2), path, method) == status


def test_an_exception_has_a_limit_too() -> None:
    assert asgi_status([BODY_LIMIT, BODY_LIMIT, 1], path="/upload/") == 413
    assert asgi_status([1], str(BODY_LIMIT * 2 + 1), "/upload/") == 413


def test_the_web_process_takes_files_for_phones_at_their_address_and_no_large_body_elsewhere() -> None:
    from roamline.processes.asgi_web import EXCEPTIONS as OF_THE_WEB_PROCESS
    from roamline.rooms.phones.files import size_limit

    assert set(OF_THE_WEB_PROCESS) == {"/admin/phone-files/upload/", "/admin/tables/import/"}
    limit = OF_THE_WEB_PROCESS["/admin/phone-files/upload/"]
    assert size_limit() < limit <= size_limit() + BODY_LIMIT
