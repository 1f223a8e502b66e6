"""Headsets and screens between an agent and its server: the device API as both sides understand it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from roamline_desk_agent.agent import Agent
from roamline_desk_agent.device_api import Server
from roamline_desk_agent.phone import CannotDoError
from roamline_desk_agent.secret import Secret
from tests.desk_agent.device_server import DeviceServer
from tests.desk_agent.scene import play, until
from tests.desk_agent.screen_documents import PIN, association, offer

DEVICE = "SEP0011AA220021"


@asynccontextmanager
async def desk(*, is_bound: bool = False) -> AsyncIterator[tuple[Agent, DeviceServer, list[dict[str, Any]]]]:
    """A running agent with simulated headsets and without a baresip, its server, and what that was told."""
    server = DeviceServer("token", documents={DEVICE: {}})
    await server.start()
    agent = Agent(Server(server.url, DEVICE, Secret("token")), None, headsets="simulated")
    agent.desk.is_bound = is_bound
    running = asyncio.create_task(agent.run())
    events = server.desk_events.setdefault(DEVICE, [])
    try:
        await until(lambda: events)
        yield agent, server, events
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await server.stop()


def story(act: Callable[[Any, DeviceServer, list[dict[str, Any]]], Any], *, is_bound: bool = False) -> None:
    """Play one act with a desk."""

    async def whole() -> None:
        async with desk(is_bound=is_bound) as (agent, server, events):
            await act(agent, server, events)

    play(whole())


def test_the_server_hears_what_is_connected_and_then_each_change() -> None:
    async def act(agent: Agent, server: DeviceServer, events: list[dict[str, Any]]) -> None:
        agent.desk.plug("TL40A0007", "Tala 40", "Nordlyd")
        agent.desk.unplug("tl40a0007", "out_of_range")
        await until(lambda: len(events) == 3)
        listed, connected, disconnected = events
        assert (listed["event"], listed["connected"], listed["source"]) == ("headsets", [], "simulated")
        assert connected["headset"]["serial"] == "TL40A0007"
        assert connected["source"] == "simulated"
        assert (disconnected["serial"], disconnected["reason"]) == ("TL40A0007", "out_of_range")
        assert len({event["id"] for event in events}) == 3
        assert all(event["at"].endswith("+00:00") for event in events)

    story(act)


def test_the_log_names_only_the_end_of_a_serial_number(caplog: pytest.LogCaptureFixture) -> None:
    async def act(agent: Agent, server: DeviceServer, events: list[dict[str, Any]]) -> None:
        agent.desk.plug("TL40A0007", "Tala 40", "")
        await until(lambda: len(events) == 2)

    with caplog.at_level(logging.INFO):
        story(act)
    assert "headset_connected …0007 Tala 40" in caplog.text
    assert "TL40A0007" not in caplog.text


def test_after_a_break_the_server_gets_the_full_list_once_more() -> None:
    async def act(agent: Agent, server: DeviceServer, events: list[dict[str, Any]]) -> None:
        agent.desk.plug("AAA1", "", "")
        await until(lambda: len(events) == 2)
        assert server.server
        port = server.server.sockets[0].getsockname()[1]
        await server.stop()
        await until(lambda: agent.server_state != "connected")
        agent.desk.plug("BBB2", "", "")
        agent.desk.unplug("AAA1", "unplugged")
        await server.start(port)
        await until(lambda: len(events) == 5)
        assert [event["event"] for event in events[2:]] == ["headset_connected", "headset_disconnected", "headsets"]
        assert [each["serial"] for each in events[4]["connected"]] == ["BBB2"]

    story(act)


def test_a_screen_is_shown_answered_and_followed_by_the_next() -> None:
    async def act(agent: Agent, server: DeviceServer, events: list[dict[str, Any]]) -> None:
        server.after["submit"] = offer()
        await server.show(DEVICE, association())
        await until(lambda: agent.desk.screen)
        await agent.desk.press("submit", {"pin": Secret(PIN)})
        fields = {"userid": "alice", "pin": PIN}
        assert server.inputs == [{"event": "input", "screen": "s-1", "key": "submit", "fields": fields}]
        shown: Any = agent.desk.shown()
        assert shown["screen"]["title"] == "Sign in"
        await agent.desk.press("cancel", {})
        assert server.inputs[1]["fields"] == {}
        assert agent.desk.shown()["screen"] is None

    story(act)


def test_a_pin_goes_to_the_server_and_nowhere_else(caplog: pytest.LogCaptureFixture) -> None:
    async def act(agent: Agent, server: DeviceServer, events: list[dict[str, Any]]) -> None:
        await server.show(DEVICE, association())
        await until(lambda: agent.desk.screen)
        server.status = 422
        with pytest.raises(CannotDoError, match="the key was not pressed: 422") as refused:
            await agent.desk.press("submit", {"pin": Secret(PIN)})
        server.status = None
        await agent.desk.press("submit", {"pin": Secret(PIN)})
        assert server.inputs[0]["fields"]["pin"] == PIN
        everything = [
            str(refused.value),
            caplog.text,
            str(agent.journal.latest()),
            str(agent.desk.shown()),
            str(events),
        ]
        assert not any(PIN in text for text in everything)

    with caplog.at_level(logging.DEBUG):
        story(act)


@pytest.mark.parametrize(
    ("key", "fields", "screen", "why"),
    [
        ("dance", {}, None, "no key 'dance'; it has submit, exit"),
        ("submit", {"shoe_size": "43"}, None, "no field 'shoe_size'; it has userid, pin"),
        ("submit", {"pin": "1" * 65}, None, "pin is longer than 64"),
        ("submit", {}, "s-0", "has changed meanwhile"),
    ],
)
def test_what_the_screen_does_not_ask_for_is_not_sent(
    key: str, fields: dict[str, str], screen: str | None, why: str
) -> None:
    async def act(agent: Agent, server: DeviceServer, events: list[dict[str, Any]]) -> None:
        with pytest.raises(CannotDoError, match="nothing on the screen"):
            await agent.desk.press(key, {})
        await server.show(DEVICE, association())
        await until(lambda: agent.desk.screen)
        with pytest.raises(CannotDoError, match=why):
            await agent.desk.press(key, {name: Secret(value) for name, value in fields.items()}, screen)
        assert server.inputs == []

    story(act)


def test_associate_user_can_be_chosen_only_while_a_headset_is_connected() -> None:
    async def act(agent: Agent, server: DeviceServer, events: list[dict[str, Any]]) -> None:
        with pytest.raises(CannotDoError, match="no headset is connected"):
            await agent.desk.choose("associate_headset")
        await server.show(DEVICE, None, can_associate=True)
        await until(lambda: agent.desk.menu.associate_headset)
        await agent.desk.choose("associate_headset")
        assert (events[-1]["event"], events[-1]["item"]) == ("menu", "associate_headset")

    story(act)


def test_a_desk_phones_screens_are_read_here_and_answered_there() -> None:
    async def act(agent: Agent, server: DeviceServer, events: list[dict[str, Any]]) -> None:
        await server.show(DEVICE, association(), can_associate=True)
        await until(lambda: agent.desk.screen)
        shown: Any = agent.desk.shown()
        assert (shown["read_only"], shown["menu"]["associate_headset"]) == (True, False)
        with pytest.raises(CannotDoError, match="answer there"):
            await agent.desk.press("submit", {})
        with pytest.raises(CannotDoError, match="choose there"):
            await agent.desk.choose("associate_headset")

    story(act, is_bound=True)


def test_a_screen_that_cannot_be_shown_does_not_break_the_stream() -> None:
    async def act(agent: Agent, server: DeviceServer, events: list[dict[str, Any]]) -> None:
        await server.show(DEVICE, association())
        await until(lambda: agent.desk.screen)
        await server.show(DEVICE, {"id": 7})
        await until(lambda: agent.desk.screen is None)
        await server.show(DEVICE, offer())
        await until(lambda: agent.desk.screen)
        assert agent.server_state == "connected"
        assert len(server.streams) == 1

    story(act)


def test_headsets_that_cannot_be_simulated_are_refused() -> None:
    async def act(agent: Agent, server: DeviceServer, events: list[dict[str, Any]]) -> None:
        agent.desk.plug("AAA1", "", "")
        for serial, why in (("aaa1", "already connected"), (" ", "no serial number"), ("x" * 51, "1 to 50")):
            with pytest.raises(CannotDoError, match=why):
                agent.desk.plug(serial, "", "")
        with pytest.raises(CannotDoError, match="is not connected"):
            agent.desk.unplug("ZZZ", "unplugged")
        with pytest.raises(CannotDoError, match="disconnects for one of"):
            agent.desk.unplug("AAA1", "boredom")
        agent.desk.rack.source = "usb"
        with pytest.raises(CannotDoError, match="--simulate-headsets"):
            agent.desk.plug("BBB2", "", "")

    story(act)
