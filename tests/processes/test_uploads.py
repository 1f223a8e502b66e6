"""Large bodies: who may send one is asked before any of it is read, and only a few come in at once (S-10)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from roamline.processes.uploads import AT_ONCE, gated
from roamline.rooms.directory.models import AccessControlGroup, Account

PATH = "/upload/"


def scope(cookie: str) -> dict[str, Any]:
    """A POST that announces more than any other request may have."""
    headers = [(b"content-length", b"9000000"), (b"cookie", cookie.encode())]
    return {"type": "http", "method": "POST", "path": PATH, "headers": headers}


class Reader:
    """An application that reads a body only when it is told to; ``began`` counts those that came so far."""

    def __init__(self) -> None:
        self.began, self.go_on = 0, asyncio.Event()

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        self.began += 1
        await self.go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})


async def _status(gate: Any, cookie: str) -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing is read before it is let in")

    await gate(scope(cookie), receive, send)
    return int(sent[0]["status"])


async def _crowd(cookie: str) -> tuple[list[int], int, int]:
    reader = Reader()
    gate = gated(reader, [PATH])
    first = [asyncio.create_task(_status(gate, cookie)) for _ in range(AT_ONCE)]
    while reader.began < AT_ONCE:
        await asyncio.sleep(0)
    one_more = await _status(gate, cookie)
    reader.go_on.set()
    let_in = await asyncio.gather(*first)
    return let_in, one_more, await _status(gate, cookie)


@pytest.mark.django_db(transaction=True)
def test_a_few_uploads_come_in_at_once_one_more_is_told_to_wait_and_strangers_are_not_heard() -> None:
    admin = Account.objects.create(user_id="admin", kind=Account.APPLICATION)
    admin.groups.add(AccessControlGroup.objects.get(name="Standard CCM Super Users"))
    browser = Client()
    browser.force_login(admin)
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    let_in, one_more, afterwards = asyncio.run(_crowd(cookie))
    assert let_in == [200] * AT_ONCE
    assert one_more == 503
    assert afterwards == 200
    assert asyncio.run(_status(gated(Reader(), [PATH]), "")) == 403
