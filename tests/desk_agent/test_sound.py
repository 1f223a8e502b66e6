"""Calls go to the headset that was plugged in: a real baresip and ALSA, with sound cards that are none."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from roamline_desk_agent.headset import Connected, Disconnected, Headset
from tests.desk_agent.scene import are_registered, play, scene, until

ONE, TWO = "SEP0011AA220006", "SEP0011AA220009"
# ALSA's own null device in the place of the headset's card.
ALSA = """
pcm.plughw {
  @args [ CARD ]
  @args.CARD { type string }
  type null
}
"""


HEADSET = Headset("TL40A0007", "Tala 40")
Act = Callable[[Any], Coroutine[Any, Any, None]]


def in_a_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alsa: str, act: Act) -> None:
    """Play one act with a phone that is in a call, and that has no other ALSA devices than these."""
    (tmp_path / "asound.conf").write_text(alsa)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))

    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            await here.log_in(TWO, ["1002"])
            one, two = await here.start(ONE), await here.start(TWO, auto_answer_ms=0)
            for agent, number in ((one, "1001"), (two, "1002")):
                await until(are_registered(agent, [number]))
            await one.phone.dial("1002")
            await until(lambda: is_in_call(one) and is_in_call(two))
            await act(one)
            assert is_in_call(one)
            await one.phone.hang_up()
            await until(lambda: one.phone.is_idle)

    play(story())


def is_in_call(agent: Any) -> bool:
    return [call.state for call in agent.phone.book.calls] == ["established"]


def plug(agent: Any) -> None:
    agent.desk.rack.take(Connected(HEADSET))
    agent.desk.rack.note((), {HEADSET.key: "Tala"})


@pytest.mark.needs("baresip")
def test_a_call_moves_to_the_headset_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def act(agent: Any) -> None:
        plug(agent)
        await until(lambda: "sound: alsa,plughw:CARD=Tala" in caplog.text)
        assert is_in_call(agent)
        agent.desk.rack.take(Disconnected(HEADSET))
        await until(lambda: "sound: aubridge,desk-" in caplog.text)

    in_a_call(tmp_path, monkeypatch, ALSA, act)
    assert "could not open" not in caplog.text


@pytest.mark.needs("baresip")
def test_a_call_stays_when_the_headset_cannot_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def act(agent: Any) -> None:
        plug(agent)
        await until(lambda: "sound: baresip would not use alsa,plughw:CARD=Tala" in caplog.text)
        # Each answer of baresip comes after what it did: both directions are back when this one has come.
        await agent.phone.use_sound(agent.phone.usual_sound)

    in_a_call(tmp_path, monkeypatch, "", act)
