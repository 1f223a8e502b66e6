"""A real baresip follows its device's configuration."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.desk_agent.device_server import DeviceServer
from tests.desk_agent.registrar import Registrar
from tests.desk_agent.scene import are_registered, is_registered, play, registered_numbers, scene, until

pytestmark = pytest.mark.needs("baresip")

ONE, TWO = "SEP0011AA220006", "SEP0011AA220009"


def reported(server: DeviceServer, device: str, event: str) -> list[dict[str, Any]]:
    return [each for each in server.events.get(device, []) if each["event"] == event]


def only_these(registrar: Registrar, *numbers: str) -> Callable[[], bool]:
    return lambda: registered_numbers(registrar) == dict.fromkeys(numbers, 1)


def has_applied(agent: Any, version: int) -> Callable[[], bool]:
    return lambda: agent.applied is not None and agent.applied.version == version


def test_a_phone_registers_what_the_server_says(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001", "1003"], "Alice")
            agent = await here.start(ONE)
            await until(lambda: is_registered(agent, "1001") and is_registered(agent, "1003"))
            assert registered_numbers(here.registrar) == {"1001": 1, "1003": 1}
            await until(lambda: len(reported(here.server, ONE, "registered")) == 2)
            assert [event["version"] for event in reported(here.server, ONE, "applied")] == [1]

    play(story())


def test_a_log_in_and_a_log_out_change_the_phones_number(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1906"])
            agent = await here.start(ONE)
            await until(lambda: is_registered(agent, "1906"))
            for numbers in (["1001"], ["1906"], ["1001", "1906"], ["1906"]):
                await here.log_in(ONE, numbers)
                await until(are_registered(agent, numbers))
                await until(only_these(here.registrar, *numbers))

    play(story())


def test_a_new_secret_for_the_same_number_replaces_its_registration(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1906"])
            agent = await here.start(ONE)
            await until(lambda: is_registered(agent, "1906"))
            for _ in range(5):
                before = set(here.registrar.bindings["1906"])
                version = await here.log_in(ONE, ["1906"])
                await until(has_applied(agent, version))
                await until(lambda: is_registered(agent, "1906"))
                await until(lambda: len(here.registrar.bindings["1906"]) == 1)
                assert set(here.registrar.bindings["1906"]).isdisjoint(before)

    play(story())


def test_a_dial_in_the_middle_of_a_change_waits_and_goes_through(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1906"])
            await here.log_in(TWO, ["1002"])
            agent, other = await here.start(ONE), await here.start(TWO)
            await until(lambda: is_registered(agent, "1906") and is_registered(other, "1002"))
            for numbers in (["1001"], ["1906"], ["1906"], ["1001"]):
                calls = len([line for line in here.registrar.heard if line.startswith("call")])
                await here.log_in(ONE, numbers)
                # The new account is made and the old one still there: the worst moment to dial.
                await agent.phone.bell.until(lambda: len(agent.phone.present) == 2, 5)
                assert agent.phone.is_changing
                await agent.phone.dial("1002")
                await until(lambda: any(call.state == "ringing" for call in other.phone.book.calls))
                heard = [line for line in here.registrar.heard if line.startswith("call")][calls:]
                assert heard == [f"call {numbers[0]} 1002"]
                await agent.phone.hang_up()
                await until(lambda: agent.phone.is_idle and other.phone.is_idle)
                await until(only_these(here.registrar, *numbers, "1002"))

    play(story())


def test_a_call_in_progress_is_never_dropped_by_a_change(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            await here.log_in(TWO, ["1002"])
            agent, other = await here.start(ONE), await here.start(TWO, auto_answer_ms=0)
            await until(lambda: is_registered(agent, "1001") and is_registered(other, "1002"))
            await agent.phone.dial("1002")
            await until(lambda: [call.state for call in agent.phone.book.calls] == ["established"])
            version = await here.log_in(ONE, ["1906"])
            await until(lambda: agent.desired and agent.desired.version == version)
            # The other end also gets a new configuration, and its call goes on too.
            await here.log_in(TWO, ["1907"])
            await until(lambda: other.desired and other.desired.version == 2)
            assert (agent.applied.version, other.applied.version) == (1, 1)
            assert [account.number for account in agent.phone.present] == ["1001"]
            assert [call.state for call in other.phone.book.calls] == ["established"]
            await agent.phone.hang_up()
            await until(lambda: is_registered(agent, "1906") and is_registered(other, "1907"))
            assert agent.phone.book.last.reason == "hung up here"
            assert other.phone.book.last.reason == "hung up by the other side"
            await until(lambda: registered_numbers(here.registrar) == {"1906": 1, "1907": 1})
            await until(lambda: reported(here.server, ONE, "applied")[-1]["version"] == version)
            order = [event["event"] for event in here.server.events[ONE]]
            assert order.index("call_ended") < len(order) - 1 - order[::-1].index("applied")

    play(story())


def test_a_logged_out_phone_reaches_emergency_numbers_while_its_change_waits(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            await here.log_in(TWO, ["112"])
            agent, other = await here.start(ONE), await here.start(TWO)
            await until(lambda: is_registered(agent, "1001") and is_registered(other, "112"))
            await agent.phone.dial("112")
            await until(lambda: [call.state for call in other.phone.book.calls] == ["ringing"])
            await here.log_in(ONE, ["1906"])
            await until(lambda: agent.desired.version == 2)
            await agent.phone.dial("112")
            await until(lambda: len(other.phone.book.calls) == 2)

    play(story())


def test_audio_flows_both_ways_without_loss(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            await here.log_in(TWO, ["1002"])
            agent, other = await here.start(ONE), await here.start(TWO, auto_answer_ms=50)
            await until(lambda: is_registered(agent, "1001") and is_registered(other, "1002"))
            await agent.phone.dial("1002")
            # baresip tells loss once both sides have exchanged RTCP, which takes 5 seconds.
            await until(lambda: agent.phone.book.calls and agent.phone.book.calls[0].rtp)
            await until(lambda: other.phone.book.calls and other.phone.book.calls[0].rtp)
            await other.phone.hang_up()
            await until(lambda: agent.phone.is_idle and other.phone.is_idle)
            await until(lambda: agent.phone.book.last.rtp and agent.phone.book.last.rtp.received_lost is not None)
            await until(lambda: other.phone.book.last.rtp and other.phone.book.last.rtp.received_lost is not None)
            here_rtp, there_rtp = agent.phone.book.last.rtp, other.phone.book.last.rtp
            assert (here_rtp.sent_lost, here_rtp.received_lost) == (0, 0)
            assert (there_rtp.sent_lost, there_rtp.received_lost) == (0, 0)
            assert min(here_rtp.sent, here_rtp.received, there_rtp.sent, there_rtp.received) > 200

    play(story())


@pytest.mark.parametrize(("number", "reason"), [("1009", "404 Not Found"), ("9000", "403 Forbidden")])
def test_a_refused_call_says_why(tmp_path: Path, number: str, reason: str) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            here.registrar.forbidden = {"9000"}
            await here.log_in(ONE, ["1001"])
            agent = await here.start(ONE)
            await until(lambda: is_registered(agent, "1001"))
            await agent.phone.dial(number)
            await until(lambda: agent.phone.book.last)
            assert agent.phone.book.last.reason == reason
            await until(lambda: reported(here.server, ONE, "call_ended"))
            assert [event["event"] for event in here.server.events[ONE][-2:]] == ["call_started", "call_ended"]

    play(story())


def test_a_phone_whose_secret_is_refused_asks_again_and_comes_back(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            good = dict(here.registrar.secrets)
            here.registrar.secrets = dict.fromkeys(good, "another")
            agent = await here.start(ONE)
            await until(agent.phone.failed)
            assert agent.phone.registrations.of("sip:1001@test.invalid").reason == "401 Unauthorized"
            fetched = here.server.fetched
            await until(lambda: here.server.fetched > fetched)
            here.registrar.secrets = good
            await until(lambda: is_registered(agent, "1001"))

    play(story())


def test_a_baresip_that_dies_is_started_again_with_its_lines(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            agent = await here.start(ONE)
            await until(lambda: is_registered(agent, "1001"))
            before = agent.baresip_facts()["pid"]
            agent._running.process.kill()
            await until(lambda: agent.baresip_facts()["pid"] not in {before, None})
            await until(lambda: is_registered(agent, "1001"))
            assert agent.baresip_facts()["restarts"] == 1

    play(story())


def test_a_stopped_agent_leaves_no_registration_and_no_process(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            agent = await here.start(ONE)
            await until(lambda: is_registered(agent, "1001"))
            process = agent._running.process
            await here.stop_agents()
            assert process.returncode is not None
            await until(lambda: registered_numbers(here.registrar) == {})

    play(story())


def test_a_phone_goes_on_while_the_server_is_away_and_resumes_with_its_version(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            agent = await here.start(ONE)
            await until(lambda: is_registered(agent, "1001") and here.server.streams)
            port = int(here.server.url.rpartition(":")[2])
            await here.server.stop()
            await until(lambda: agent.server_state != "connected")
            assert is_registered(agent, "1001")
            await here.server.start(port)
            await until(lambda: agent.server_state == "connected" and len(here.server.streams) > 1)
            assert here.server.streams[-1] == (ONE, 1)
            await here.log_in(ONE, ["1906"])
            await until(lambda: is_registered(agent, "1906"))

    play(story())


def test_a_configuration_that_cannot_be_used_changes_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            agent = await here.start(ONE)
            await until(lambda: is_registered(agent, "1001"))
            await here.log_in(ONE, ["1001;auth_user=x"])
            await until(lambda: "cannot be used" in agent.server_state)
            assert "number must match" in agent.server_state
            assert is_registered(agent, "1001")

    play(story())


def test_no_secret_is_ever_logged_or_left_on_disk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            agent = await here.start(ONE)
            await until(lambda: is_registered(agent, "1001"))
            secrets.update(here.registrar.secrets.values(), [here.server.token])
            await here.log_in(ONE, ["1906"])
            await until(lambda: is_registered(agent, "1906"))
            secrets.update(here.registrar.secrets.values())

    secrets: set[str] = set()
    play(story())
    written = [file.read_text() for file in tmp_path.rglob("*") if file.is_file()]
    assert caplog.records
    assert not [text for text in [caplog.text, *written] if any(secret in text for secret in secrets)]
