"""The command `roamline-agent`, as its own process, as a script or a person uses it."""

import asyncio
import json
import os
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.desk_agent.scene import Scene, play, scene, until

ONE, TWO = "SEP0011AA220006", "SEP0011AA220009"


async def command(*arguments: object, path: str | None = None) -> tuple[int, str, str]:
    """Exit code, output and errors of one command."""
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **({"PATH": path} if path else {})}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "roamline_desk_agent",
        *map(str, arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=variables,
    )
    output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


async def status(state: Path) -> Any:
    code, output, errors = await command("status", "--state", state, "--json")
    assert code == 0, errors
    return json.loads(output)


@asynccontextmanager
async def agent(here: Scene, device: str, *more: object) -> AsyncIterator[Path]:
    """An agent's process and its state folder."""
    state, token = here.folder / device, here.folder / "token"
    token.touch(0o600)
    token.write_text(here.server.token + "\n")
    which = ("--server", here.server.url, "--device", device, "--token-file", token, "--state", state)
    # Simulated, so that a headset at the machine that runs the tests is none of theirs.
    task = asyncio.create_task(command("run", *which, "--simulate-headsets", *more))
    try:
        await until(lambda: task.done() or (state / "agent.sock").exists())
        assert not task.done(), task.result()
        yield state
    finally:
        # The lock file holds the id of the process that runs with this folder.
        await stop(state)
        await task


async def stop(state: Path) -> None:
    pid = int((state / "agent.lock").read_text())
    os.kill(pid, 15)


@pytest.mark.needs("baresip")
def test_two_phones_call_each_other_from_the_command_line(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"], "Alice")
            await here.log_in(TWO, ["1002"])
            async with agent(here, ONE) as one, agent(here, TWO) as two:
                for state, number in ((one, "1001"), (two, "1002")):
                    code, output, errors = await command("wait", "--state", state, "--for", f"registered:{number}")
                    assert (code, output) == (0, f"registered:{number}\n"), errors
                dialled = asyncio.create_task(command("dial", "1002", "--state", one, "--wait", "established"))
                assert (await command("wait", "--state", two, "--for", "ringing"))[0] == 0
                assert (await command("answer", "--state", two))[1] == "answered sip:1001@test.invalid\n"
                assert (await dialled)[:2] == (0, "established: 1002\n")
                calls = (await status(one))["calls"]
                assert [(call["state"], call["direction"]) for call in calls] == [("established", "out")]
                assert (await command("hangup", "--state", two))[0] == 0
                assert (await command("wait", "--state", one, "--for", "idle"))[0] == 0
                last = (await status(one))["last_call"]
                assert last["reason"] == "hung up by the other side"
                assert min(last["rtp"]["sent"], last["rtp"]["received"]) > 0
                text = (await command("status", "--state", one))[1]
                assert "Alice (Alice)" in text
                assert "1001 '1001': registered" in text
                journal = (await command("log", "--state", one))[1]
                assert [line.split()[1] for line in journal.splitlines()][-2:] == ["call_started", "call_ended"]

    play(story())


@pytest.mark.needs("baresip")
def test_a_refusal_says_why_and_fails(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            async with agent(here, ONE) as one:
                assert (await command("wait", "--state", one, "--for", "registered:1001"))[0] == 0
                refused = await command("dial", "1009", "--state", one, "--wait", "established")
                assert refused == (1, "", "roamline-agent: the call ended: 404 Not Found\n")
                late = await command("wait", "--state", one, "--for", "registered:1906", "--timeout", "0.1")
                assert late[0] == 1
                assert "1001 registered; no call; last call: 404 Not Found" in late[2]
                assert await command("hangup", "--state", one) == (1, "", "roamline-agent: there is no call\n")
                nothing = await command("answer", "--state", one)
                assert nothing == (1, "", "roamline-agent: no call is ringing here\n")
                odd = await command("dial", "1;x=y", "--state", one)
                assert odd == (1, "", "roamline-agent: '1;x=y' is not a number that can be dialled\n")

    play(story())


@pytest.mark.needs("baresip")
def test_a_phone_the_server_does_not_know_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here, agent(here, ONE) as one:
            await until(lambda: here.server.refused)
            server = (await status(one))["server"]
            assert server["state"] == "404 Status: the server does not know this device"

    play(story())


@pytest.mark.needs("baresip")
def test_the_state_belongs_to_one_user_and_one_agent(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            async with agent(here, ONE) as one:
                await until(lambda: (one / "baresip").is_dir() and any((one / "baresip").iterdir()))
                modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [one, *one.iterdir()]}
                assert modes == {one.name: 0o700, "agent.lock": 0o600, "agent.sock": 0o600, "baresip": 0o700}
                files = [stat.S_IMODE(path.stat().st_mode) for path in (one / "baresip").iterdir()]
                assert set(files) == {0o600}
                code, _, errors = await command(
                    *("run", "--server", here.server.url, "--device", ONE),
                    *("--token-file", here.folder / "token", "--state", one),
                )
                assert code == 2
                assert "another agent already runs" in errors

    play(story())


@pytest.mark.needs("baresip")
def test_the_control_socket_refuses_what_is_no_request(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            async with agent(here, ONE) as one:
                reader, writer = await asyncio.open_unix_connection(one / "agent.sock")
                for bad in (b"hello\n", b"[]\n", b'{"do": "format"}\n', b'{"do": "wait", "for": 1}\n', b"\xff\n"):
                    writer.write(bad)
                    assert json.loads(await reader.readline())["ok"] is False
                writer.write(b'{"do": "wait", "for": "idle", "timeout": 1e9}\n')
                assert "timeout must be" in json.loads(await reader.readline())["error"]
                writer.write(b"x" * 20_000 + b"\n")
                assert "one line" in json.loads(await reader.readline())["error"]
                assert await reader.read() == b""
                writer.close()
                assert (await status(one))["device"] == ONE

    play(story())


@pytest.mark.needs("baresip")
def test_whoever_follows_the_log_sees_a_log_in(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            async with agent(here, ONE) as one:
                assert (await command("wait", "--state", one, "--for", "registered:1001"))[0] == 0
                reader, writer = await asyncio.open_unix_connection(one / "agent.sock")
                writer.write(b'{"do": "log", "follow": true}\n')
                kept = json.loads(await reader.readline())["result"]
                assert [entry["event"] for entry in kept] == ["applied", "registered"]
                await here.log_in(ONE, ["1906"])
                events = [json.loads(await reader.readline()) for _ in range(2)]
                assert {event["event"] for event in events} == {"applied", "registered"}
                writer.close()

    play(story())


def test_without_baresip_it_names_the_package(tmp_path: Path) -> None:
    async def story() -> None:
        arguments = ("--server", "http://127.0.0.1:1", "--device", ONE, "--token-file", "x", "--state", tmp_path)
        code, _, errors = await command("run", *arguments, path=str(tmp_path))
        assert code == 3
        assert "apt-get install baresip-core" in errors

    play(story())


def test_a_command_without_an_agent_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        code, _, errors = await command("status", "--state", tmp_path)
        assert code == 4
        assert f"no agent runs with the state folder {tmp_path}" in errors

    play(story())


@pytest.mark.needs("baresip")
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"--server": "http://192.0.2.1:8090"}, "use https://"),
        ({"--server": "ftp://x"}, "plain URL"),
        ({"--device": "a/b"}, "--device must match"),
        ({"--token-file": "nothing"}, "cannot be read"),
        ({"--token-file": "open"}, "chmod 600"),
        ({"--state": "x" * 100}, "longer than the 107 bytes"),
        ({"--auto-answer": "-1"}, "--auto-answer must be"),
        ({"--registrar-override": "host"}, "--registrar-override: "),
        ({"--bind": "localhost"}, "IP address"),
        ({"--ca-file": "token"}, "holds no certificates"),
        ({"--play": "nothing"}, "is not a file"),
    ],
)
def test_wrong_usage_is_explained(tmp_path: Path, changes: dict[str, str], why: str) -> None:
    (tmp_path / "token").touch(0o600)
    (tmp_path / "token").write_text("abc")
    (tmp_path / "open").write_text("abc")
    (tmp_path / "open").chmod(0o644)
    usual = {"--server": "http://127.0.0.1:1", "--device": ONE, "--token-file": "token", "--state": "state"}
    options = {**usual, **changes}
    for name in ("--token-file", "--state", "--play", "--ca-file"):
        if name in options:
            options[name] = str(tmp_path / options[name])

    async def story() -> None:
        arguments = [f"{name}={value}" for name, value in options.items()]
        code, _, errors = await command("run", *arguments)
        assert code == 2, errors
        assert why in errors

    play(story())
