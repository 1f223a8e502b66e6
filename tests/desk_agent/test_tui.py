"""The phone in a terminal window, without a terminal: a real agent behind its control socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, Select, Static

from roamline_desk_agent.agent import Agent
from roamline_desk_agent.control_server import control_socket
from roamline_desk_agent.state import socket_path
from roamline_desk_agent.tui.app import PhoneApp
from roamline_desk_agent.tui.link import Link
from tests.desk_agent.device_server import DeviceServer
from tests.desk_agent.scene import play, until
from tests.desk_agent.screen_documents import PIN, association, offer
from tests.desk_agent.test_desk import DEVICE, desk


class Window:
    """What a person at the terminal sees and does."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot

    def says(self, where: str) -> str:
        return str(self.pilot.app.query_one(where, Static).content)

    def can_press(self, label: str) -> bool:
        return any(str(each.label) == label and not each.disabled for each in self.buttons())

    def buttons(self) -> list[Button]:
        return list(self.pilot.app.query(Button).results(Button))

    async def press(self, label: str) -> None:
        await until(lambda: self.can_press(label))
        next(each for each in self.buttons() if str(each.label) == label).press()

    def field(self, name: str) -> Input:
        return next(each for each in self.pilot.app.query(Input).results(Input) if each.name == name)


@asynccontextmanager
async def window(folder: Path, *, is_bound: bool = False) -> AsyncIterator[tuple[Window, Agent, DeviceServer]]:
    async with desk(is_bound=is_bound) as (agent, server, _), control_socket(agent, socket_path(folder)):
        app = PhoneApp(Link(folder))
        async with app.run_test(size=(100, 40)) as pilot:
            yield Window(pilot), agent, server


def test_a_headset_is_associated_in_the_window(tmp_path: Path) -> None:
    async def story() -> None:
        async with window(tmp_path) as (seen, agent, server):
            agent.desk.plug("TL40A0007", "Tala 40", "Nordlyd")
            await until(lambda: "TL40A0007" in seen.says("#headsets"))
            server.after["submit"] = offer()
            await server.show(DEVICE, association())
            await until(lambda: seen.says("#title") == "Associate headset to user")
            await until(lambda: seen.can_press("Submit") and seen.can_press("Exit"))
            assert seen.field("userid").value == "alice"
            pin = seen.field("pin")
            assert pin.password
            await until(lambda: pin.has_focus)  # the first field that is still to be filled in
            await seen.pilot.press(*PIN)
            assert PIN not in str(pin.render())
            await seen.press("Submit")
            await until(lambda: seen.says("#title") == "Sign in")
            assert server.inputs[0]["fields"] == {"userid": "alice", "pin": PIN}
            await until(lambda: "signs in in" in seen.says("#countdown"))
            first = seen.says("#countdown")
            await until(lambda: seen.says("#countdown") != first)
            seen.pilot.app.query_one(Select).value = "home"
            await seen.press("Sign in")
            await until(lambda: seen.says("#title") == "nothing to show")
            assert server.inputs[1]["fields"] == {"profile": "home"}

    play(story())


def test_typing_is_not_lost_while_the_screen_stays(tmp_path: Path) -> None:
    async def story() -> None:
        async with window(tmp_path) as (seen, agent, server):
            await server.show(DEVICE, association())
            await until(lambda: seen.can_press("Submit"))
            seen.field("userid").value = "bob"
            agent.desk.plug("AAA1", "", "")
            await until(lambda: "AAA1" in seen.says("#headsets"))
            assert seen.field("userid").value == "bob"

    play(story())


def test_associate_user_is_greyed_out_while_no_headset_is_connected(tmp_path: Path) -> None:
    async def story() -> None:
        label = "Headset setup > Associate user"
        async with window(tmp_path) as (seen, _, server):
            assert not seen.can_press(label)
            await server.show(DEVICE, None, can_associate=True)
            await seen.press(label)
            await until(lambda: server.desk_events[DEVICE][-1]["event"] == "menu")
            await server.show(DEVICE, None, can_associate=False)
            await until(lambda: not seen.can_press(label))

    play(story())


def test_a_call_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    async def story() -> None:
        async with window(tmp_path) as (seen, _, _server):
            notices: list[Any] = []
            seen.pilot.app.notify = lambda text, **_: notices.append(text)  # type: ignore[method-assign]
            seen.pilot.app.query_one("#number", Input).value = "1002"
            await seen.press("Call")
            await until(lambda: notices)
            assert "no line" in notices[0]

    play(story())


def test_a_desk_phones_screen_can_only_be_read(tmp_path: Path) -> None:
    async def story() -> None:
        async with window(tmp_path, is_bound=True) as (seen, _, server):
            await server.show(DEVICE, association())
            await until(lambda: "answer on the phone" in seen.says("#text"))
            await until(lambda: any(str(each.label) == "Submit" for each in seen.buttons()))
            assert not seen.can_press("Submit")
            assert seen.field("pin").disabled

    play(story())


def test_markup_in_a_screen_is_text(tmp_path: Path) -> None:
    async def story() -> None:
        async with window(tmp_path) as (seen, _, server):
            odd = association(text="[red]x[/red] [oops")
            odd["softkeys"][0]["label"] = "[b]Go[/b]"
            await server.show(DEVICE, odd)
            await until(lambda: seen.can_press("[b]Go[/b]"))
            assert seen.says("#text") == "[red]x[/red] [oops"

    play(story())


@pytest.mark.parametrize("key", ["f2", "ctrl+q"])
def test_the_window_survives_without_an_agent(tmp_path: Path, key: str) -> None:
    async def story() -> None:
        async with PhoneApp(Link(tmp_path)).run_test() as pilot:
            await until(lambda: "no agent runs" in Window(pilot).says("#status"))
            await pilot.press(key)

    play(story())
