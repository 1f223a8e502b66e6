"""Calls go to the headset that was plugged in: a real baresip and ALSA, with sound cards that are none."""

from pathlib import Path
from typing import Any

import pytest

from roamline_desk_agent.headset import Connected, Disconnected, Headset
from tests.desk_agent.scene import are_registered, play, scene, until

ONE, TWO = "SEP0011AA220006", "SEP0011AA220009"
# ALSA's own null device in the place of two cards; the card of any other name does not exist.
ALSA = """
pcm.plughw {
  @args [ CARD ]
  @args.CARD { type string }
  type null
}
"""


@pytest.mark.needs("baresip")
def test_a_call_moves_to_the_headset_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "asound.conf").write_text(ALSA)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    headset = Headset("TL40A0007", "Tala 40")

    async def story() -> None:
        async with scene(tmp_path) as here:
            await here.log_in(ONE, ["1001"])
            await here.log_in(TWO, ["1002"])
            one, two = await here.start(ONE), await here.start(TWO, auto_answer_ms=0)
            for agent, number in ((one, "1001"), (two, "1002")):
                await until(are_registered(agent, [number]))
            await one.phone.dial("1002")
            await until(lambda: in_call(one) and in_call(two))
            one.desk.rack.take(Connected(headset))
            one.desk.rack.note((), {headset.key: "Tala"})
            await until(lambda: "sound: alsa,plughw:CARD=Tala" in caplog.text)
            assert in_call(one)
            one.desk.rack.take(Disconnected(headset))
            await until(lambda: "sound: aubridge,desk-" in caplog.text)
            assert in_call(one)
            await one.phone.hang_up()
            await until(lambda: one.phone.is_idle)

    play(story())
    assert "alsa: " not in caplog.text.replace("alsa: reset", "")


def in_call(agent: Any) -> bool:
    return [call.state for call in agent.phone.book.calls] == ["established"]
