from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, LogIn, Way
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import Button, Phone
from roamline.rooms.phones.secrets import ha1_of, secret_of
from tests.support import factories
from tests.support.factories import NOW

AGENT, OTHER = "SEP0011AA220006", "SEP0011AA220009"
T = TypeVar("T")
PATH = f"/api/device/v1/{AGENT}"


def agent_site() -> str:
    """Two software phones, alice with a speed dial; the first phone's token."""
    software = factories.model("Software phone", keys=12, max_lines=6, is_software=True)
    tokens = {}
    for name, number in ((AGENT, "1906"), (OTHER, "1909")):
        phone = factories.phone(name, model=software, own_number=number)
        tokens[name] = phones.issue_token(phone, actor="tests", now=NOW).reveal()
    profile = factories.profile("EM_alice", numbers=("1001", "1011"), locale="zh")
    Button.objects.create(profile=profile, position=5, kind="blf", label="Bob", number="1002")
    factories.user("alice", pin=None, first_name="Alice", last_name="Archer")
    return tokens[AGENT]


def ask(path: str, token: str | None, **more: Any) -> HttpResponse:
    headers = {"authorization": f"Bearer {token}"} if token is not None else {}
    return Client().get(path, headers=headers, **more)  # type: ignore[return-value]


def log_in() -> None:
    mobility.log_in(LogIn(AGENT, "alice", None), By("emproxy", Way.EM_API), datetime.now(UTC))


@pytest.mark.django_db
def test_a_device_reads_what_it_must_run() -> None:
    token = agent_site()
    configuration = ask(f"{PATH}/configuration", token).json()
    assert configuration["device"] == configuration["auth_user"] == AGENT
    assert configuration["user"] is None
    assert [line["number"] for line in configuration["lines"]] == ["1906"]
    assert configuration["registrar"] == {"host": "127.0.0.1", "port": 5060, "transport": "udp"}
    assert configuration["emergency_numbers"] == ["112", "911"]
    assert configuration["secret"] == secret_of(AGENT, configuration["version"]).reveal()
    assert Phone.objects.get(name=AGENT).ha1 == ha1_of(AGENT, configuration["version"])


@pytest.mark.django_db
def test_after_a_log_in_the_device_is_the_users_with_another_secret() -> None:
    token = agent_site()
    before = ask(f"{PATH}/configuration", token).json()
    log_in()
    after = ask(f"{PATH}/configuration", token).json()
    assert after["version"] == before["version"] + 1
    assert after["secret"] != before["secret"]
    assert after["stamp"] != before["stamp"]
    assert after["user"] == {"user_id": "alice", "display_name": "Alice Archer"}
    assert [line["number"] for line in after["lines"]] == ["1001", "1011"]
    assert after["speed_dials"] == [{"position": 5, "label": "Bob", "number": "1002", "is_blf": True}]
    assert after["locale"] == "zh"


@pytest.mark.django_db
def test_a_phone_in_ipv6_mode_gets_the_sites_ipv6_address_or_the_reason_why_there_is_none(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = agent_site()
    Phone.objects.filter(name=AGENT).update(ip_addressing_mode="ipv6")
    refused = ask(f"{PATH}/configuration", token)
    assert (refused.status_code, "advertised_ipv6" in refused.json()["detail"]) == (503, True)
    monkeypatch.setitem(settings.CONFIG.values, "site.advertised_ipv6", "2001:db8::1")
    assert ask(f"{PATH}/configuration", token).json()["registrar"]["host"] == "2001:db8::1"


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["none", "empty", "made up", "another device's", "another scheme", "revoked"])
def test_without_its_own_token_nobody_reads_a_devices_secrets(wrong: str) -> None:
    token = agent_site()
    others = phones.issue_token(Phone.objects.get(name=OTHER), actor="tests", now=NOW).reveal()
    if wrong == "revoked":
        phones.issue_token(Phone.objects.get(name=AGENT), actor="tests", now=NOW)
    sent = {"none": None, "empty": "", "made up": "x" * 43, "another device's": others, "revoked": token}.get(wrong)
    headers = {"authorization": f"Basic {token}"} if wrong == "another scheme" else {}
    for path in ("configuration", "stream"):
        answer = Client().get(f"{PATH}/{path}", headers=headers) if headers else ask(f"{PATH}/{path}", sent)
        assert answer.status_code == 401, path
        assert b"secret" not in answer.content
    assert Client().post(f"{PATH}/events", "{}", content_type="application/json").status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("device", ["SEP000000000000", "%00", "a%20b", "x" * 5000, "é"])
def test_an_unknown_device_is_answered_like_a_wrong_token(device: str) -> None:
    token = agent_site()
    for path in ("configuration", "stream"):
        assert ask(f"/api/device/v1/{device}/{path}", token).status_code == 401


@pytest.mark.django_db
def test_a_phone_without_a_token_is_closed() -> None:
    agent_site()
    Phone.objects.update(token_hash="")
    assert ask(f"{PATH}/configuration", "").status_code == 401
    assert ask(f"{PATH}/configuration", "0" * 64).status_code == 401


@pytest.mark.django_db
def test_the_device_name_may_be_written_in_any_case() -> None:
    token = agent_site()
    assert ask(f"/api/device/v1/{AGENT.lower()}/configuration", token).json()["device"] == AGENT


@pytest.mark.django_db
def test_reports_are_taken_and_nonsense_is_refused() -> None:
    token = agent_site()

    def report(body: object) -> int:
        headers = {"authorization": f"Bearer {token}"}
        return Client().post(f"{PATH}/events", body, content_type="application/json", headers=headers).status_code

    assert report({"events": [{"event": "registered", "version": 1, "number": "1906"}]}) == 204
    assert report({"events": []}) == 204
    for nonsense in ({"events": [{"event": "exploded"}]}, {"events": [{"event": "applied"}] * 101}, {}, []):
        assert report(nonsense) == 422
    assert report({"events": [{"event": "applied", "reason": "r" * 201}]}) == 422


def run(following: Coroutine[Any, Any, T]) -> T:
    """Run it, and close what its threads opened: the database could not be dropped otherwise."""

    async def and_close() -> T:
        try:
            return await following
        finally:
            await sync_to_async(connections.close_all)()

    return asyncio.run(and_close())


async def frames(path: str, token: str, query: bytes = b"") -> AsyncIterator[dict[str, str]]:
    """The events of a stream, spoken to over ASGI as a server does; closing it disconnects."""
    received: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    gone = asyncio.Event()
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": query, "headers": [(b"authorization", f"Bearer {token}".encode()), (b"host", b"localhost")],
        "scheme": "http", "server": ("localhost", 8090), "client": ("127.0.0.1", 1), "root_path": "",
        "asgi": {"version": "3.0"},
    }  # fmt: skip
    served = asyncio.create_task(get_asgi_application()(scope, receive, received.put))  # type: ignore[arg-type]
    text = ""
    try:
        while True:
            message = await asyncio.wait_for(received.get(), 20)
            if message["type"] == "http.response.start":
                assert message["status"] == 200
                continue
            text += message.get("body", b"").decode()
            while "\n\n" in text:
                frame, _, text = text.partition("\n\n")
                yield dict(line.split(": ", 1) for line in frame.splitlines() if not line.startswith(":"))
    finally:
        gone.set()
        await asyncio.wait_for(served, 20)


async def _next_configuration(stream: AsyncIterator[dict[str, str]]) -> dict[str, Any]:
    async for frame in stream:
        if frame.get("event") == "configuration":
            return {"id": frame["id"], **json.loads(frame["data"])}
    raise AssertionError("the stream ended")


@pytest.mark.django_db(transaction=True)
def test_a_stream_brings_the_configuration_at_once_and_again_at_each_log_in_and_log_out() -> None:
    token = agent_site()

    async def follow() -> list[tuple[int, str | None]]:
        seen = []
        async with aclosing(frames(f"{PATH}/stream", token)) as stream:  # type: ignore[type-var]
            for change in (log_in, lambda: mobility.log_out(AGENT, By("", Way.PHONE), datetime.now(UTC)), None):
                got = await _next_configuration(stream)
                assert got["id"] == str(got["version"])
                seen.append((got["version"], got["user"] and got["user"]["user_id"]))
                if change:
                    await sync_to_async(change)()
        return seen

    assert run(follow()) == [(1, None), (2, "alice"), (3, None)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("have", ["have=1", "have=²", "have=x", "have=" + "9" * 30, "have=-1"])
def test_a_device_that_has_the_newest_version_waits_for_the_next_one(have: str) -> None:
    token = agent_site()

    async def follow() -> int:
        async with aclosing(frames(f"{PATH}/stream", token, have.encode())) as stream:  # type: ignore[type-var]
            if have == "have=1":
                await sync_to_async(log_in)()
            return int((await _next_configuration(stream))["version"])

    assert run(follow()) == (2 if have == "have=1" else 1)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["head", "post", "put", "delete"])
def test_a_stream_is_only_read(method: str) -> None:
    assert getattr(Client(), method)(f"{PATH}/stream").status_code == 405
