"""A USB headset, as the kernel and udev tell of it, all the way to the server."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.desk_agent.device_server import DeviceServer
from tests.desk_agent.scene import play, until
from tests.desk_agent.test_command import status

DESK_PHONE = "SEP0011AA220021"
# udev's word alone is to be enough: the look that happens now and then, anyway, is put off for longer than any test.
AGENT = (
    "import sys; from roamline_desk_agent import cli, usb_watch; usb_watch.LOOK_EVERY_S = 3600.0; "
    "sys.exit(cli.main(sys.argv[1:]))"
)
Say = Callable[[str], Awaitable[None]]


@asynccontextmanager
async def agent_in_a_usb_world(server: DeviceServer, folder: Path) -> AsyncIterator[Say]:
    """An agent bound to a desk phone; what it yields plugs and unplugs."""
    (folder / "token").touch(0o600)
    (folder / "token").write_text(server.token)
    player = await asyncio.create_subprocess_exec(
        *("umockdev-wrapper", "/usr/bin/python3", str(Path(__file__).with_name("udev_player.py"))),
        *("setpriv", "--pdeathsig", "KILL", "env", f"PYTHONPATH={':'.join(sys.path)}", sys.executable, "-c", AGENT),
        *("run", "--server", server.url, "--for", DESK_PHONE),
        *("--token-file", str(folder / "token"), "--state", str(folder / "state")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert player.stdin
    assert player.stdout

    async def say(what: str) -> None:
        assert player.stdin
        assert player.stdout
        player.stdin.write(f"{what}\n".encode())
        assert await player.stdout.readline() == b"done\n"

    try:
        yield say
    finally:
        player.stdin.close()
        await player.wait()


@pytest.mark.needs("umockdev")
def test_the_server_hears_of_a_usb_headset_that_comes_and_goes(tmp_path: Path) -> None:
    async def story() -> None:
        server = DeviceServer("token", documents={DESK_PHONE: {}})
        await server.start()
        events = server.desk_events.setdefault(DESK_PHONE, [])
        async with agent_in_a_usb_world(server, tmp_path) as say:
            await until(lambda: events)
            assert (events[0]["event"], events[0]["connected"], events[0]["source"]) == ("headsets", [], "usb")

            await say("plug 1-2 TL40A0007")
            await until(lambda: len(events) > 1)
            assert events[1]["event"] == "headset_connected"
            assert events[1]["source"] == "usb"
            assert events[1]["headset"] == {
                "serial": "TL40A0007",
                "model": "Tala 40",
                "vendor": "Nordlyd",
                "firmware": "1.50",
                "connection": "unknown",
            }

            await say("plug 1-3 -")
            await until_status_has_unusable(tmp_path / "state")

            await say("unplug 1-2")
            await until(lambda: len(events) > 2)
            assert (events[2]["event"], events[2]["serial"]) == ("headset_disconnected", "TL40A0007")
            assert events[2]["reason"] == "unplugged"
            assert len({event["id"] for event in events}) == 3
        await server.stop()

    play(story())


@pytest.mark.needs("umockdev")
def test_a_storm_of_replugs_ends_with_the_headset_connected(tmp_path: Path) -> None:
    async def story() -> None:
        server = DeviceServer("token", documents={DESK_PHONE: {}})
        await server.start()
        events = server.desk_events.setdefault(DESK_PHONE, [])
        async with agent_in_a_usb_world(server, tmp_path) as say:
            await until(lambda: events)
            for _ in range(6):
                await say("plug 1-2 TL40A0007")
                await say("unplug 1-2")
            await say("plug 1-2 TL40A0007")
            await say("plug 1-3 TL40B0008")
            await until(lambda: "TL40B0008" in str(events))
        of_one = [event["event"] for event in events[1:] if "TL40A0007" in str(event)]
        # On a slow machine the storm may have had pauses in which the headset really was there, or away.
        expected = ["headset_connected", "headset_disconnected"] * len(of_one)
        assert of_one == expected[: len(of_one)]
        assert of_one[-1] == "headset_connected"
        await server.stop()

    play(story())


async def until_status_has_unusable(state: Path) -> None:
    expected = [{"model": "Tala 40", "why": "has no serial number"}]
    async with asyncio.timeout(15):
        while (await status(state))["headsets"]["unusable"] != expected:
            pass
