"""`roamline-agent` with headsets, as its own process."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.desk_agent.device_server import DeviceServer
from tests.desk_agent.scene import play, scene, until
from tests.desk_agent.screen_documents import PIN, association, offer
from tests.desk_agent.test_command import ONE, agent, command, status, stop

DESK_PHONE = "SEP0011AA220021"


async def command_with_input(text: str, *arguments: object) -> tuple[int, str, str]:
    """Exit code, output and errors of one command that reads something."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "roamline_desk_agent", *map(str, arguments)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    output, errors = await process.communicate(text.encode())
    return process.returncode or 0, output.decode(), errors.decode()


@asynccontextmanager
async def bound_agent(server: DeviceServer, folder: Path, *more: str) -> AsyncIterator[Path]:
    """An agent for a desk phone, as a process; its state folder."""
    state, token = folder / "state", folder / "token"
    token.touch(0o600)
    token.write_text(server.token)
    which = ("--server", server.url, "--for", DESK_PHONE, "--token-file", token, "--state", state)
    task = asyncio.create_task(command("run", *which, *more, path=str(folder)))  # no baresip in this PATH
    try:
        await until(lambda: task.done() or (state / "agent.sock").exists())
        assert not task.done(), task.result()
        yield state
    finally:
        await stop(state)
        await task


def test_an_agent_for_a_desk_phone_needs_no_baresip_and_reports_headsets(tmp_path: Path) -> None:
    async def story() -> None:
        server = DeviceServer("token", documents={DESK_PHONE: {"version": 4, "secret": "not for this agent"}})
        await server.start()
        async with bound_agent(server, tmp_path, "--simulate-headsets") as state:
            plugged = await command("plug", "TL40A0007", "--model", "Tala 40", "--state", state)
            assert plugged == (0, "connected TL40A0007 (simulated)\n", "")
            await until(lambda: "TL40A0007" in str(server.desk_events))
            assert (await command("headsets", "--state", state))[1] == "TL40A0007  Tala 40 (simulated)\n"
            listed = json.loads((await command("headsets", "--json", "--state", state))[1])
            assert [each["serial"] for each in listed["connected"]] == ["TL40A0007"]
            await server.show(DESK_PHONE, association())
            await until_screen(state, "Associate headset to user")
            assert (await command("screen", "--state", state))[1].endswith("answer on the phone\n")
            refused = await command("press", "submit", "--state", state)
            assert refused == (1, "", "roamline-agent: the phone shows this screen: answer there\n")
            dialled = await command("dial", "1002", "--state", state)
            assert dialled[0] == 1
            assert "calls are made on the phone" in dialled[2]
            text = (await command("status", "--state", state))[1].splitlines()
            assert text == [
                f"device   {DESK_PHONE}: a desk phone, whose headsets this agent reports",
                f"server   {server.url}: connected",
                "headset  Tala 40, TL40A0007 (simulated)",
                "screen   Associate headset to user",
            ]
            assert (await command("unplug", "TL40A0007", "--state", state))[0] == 0
            assert (await command("headsets", "--state", state))[1] == "no headset is connected\n"
            again = await command("unplug", "TL40A0007", "--state", state)
            assert again == (1, "", "roamline-agent: TL40A0007 is not connected\n")
            journal = (await command("log", "--state", state))[1]
            kinds = [line.split()[1] for line in journal.splitlines()]
            assert kinds == ["headset_connected", "screen", "headset_disconnected"]
        assert not (tmp_path / "state/baresip").exists()
        await server.stop()

    play(story())


def test_real_headsets_cannot_be_plugged_by_command(tmp_path: Path) -> None:
    async def story() -> None:
        server = DeviceServer("token", documents={DESK_PHONE: {}})
        await server.start()
        async with bound_agent(server, tmp_path) as state:
            code, _, errors = await command("plug", "AAA1", "--state", state)
            assert (code, errors) == (
                1,
                "roamline-agent: this agent watches real headsets: start it with --simulate-headsets\n",
            )
        await server.stop()

    play(story())


@pytest.mark.needs("baresip")
def test_a_software_phones_screen_is_answered_from_the_command_line(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            here.server.after["submit"] = offer()
            async with agent(here, ONE, "--verbose") as state:
                assert (await command("screen", "--state", state))[1] == "nothing to show\n"
                await here.server.show(ONE, association(), can_associate=True)
                await until_screen(state, "Associate headset to user")
                shown = json.loads((await command("screen", "--json", "--state", state))[1])
                assert [key["key"] for key in shown["screen"]["softkeys"]] == ["submit", "exit"]
                assert shown["menu"] == {"associate_headset": True}
                fields = ("--field", "userid=bob", "--pin-stdin")
                code, output, _ = await command_with_input(f"{PIN}\n", "press", "submit", *fields, "--state", state)
                assert (code, output.splitlines()[0]) == (0, "Sign in")
                assert here.server.inputs[0]["fields"] == {"userid": "bob", "pin": PIN}
                assert (await command("menu", "associate_headset", "--state", state))[:2] == (0, "chosen\n")
                for wrong, why in (("pin=1", "--pin-stdin"), ("userid", "NAME=VALUE")):
                    refused = await command("press", "cancel", "--field", wrong, "--state", state)
                    assert refused[0] == 1
                    assert why in refused[2]
                assert PIN not in (await command("log", "--state", state))[1] + str(await status(state))
            assert not [file for file in tmp_path.rglob("*") if file.is_file() and PIN in file.read_text()]

    play(story())


def test_a_phone_is_either_this_one_or_a_desk_phone(tmp_path: Path) -> None:
    async def story() -> None:
        which = ("--device", ONE, "--for", DESK_PHONE)
        rest = ("--server", "http://127.0.0.1:1", "--token-file", "x", "--state", tmp_path)
        code, _, errors = await command("run", *which, *rest)
        assert code == 2
        assert "not allowed with argument" in errors
        code, _, errors = await command("run", "--for", "a/b", *rest)
        assert code == 2
        assert "--for must match" in errors

    play(story())


def test_the_window_says_when_no_agent_runs(tmp_path: Path) -> None:
    async def story() -> None:
        assert (await command("ui", "--state", tmp_path))[0] == 4

    play(story())


async def until_screen(state: Path, title: str) -> None:
    async with asyncio.timeout(15):
        while (await status(state))["screen"] != title:
            pass
