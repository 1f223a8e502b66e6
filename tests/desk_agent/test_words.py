"""The desk agent speaks the language of the terminal that asks it."""

import asyncio
import os

import pytest

from roamline_desk_agent import cli, words
from roamline_desk_agent.agent import Agent
from roamline_desk_agent.control_server import ControlServer
from roamline_desk_agent.device_api import Server
from roamline_desk_agent.screen_text import countdown_text
from roamline_desk_agent.secret import Secret
from scripts import compile_translations
from tests.support.terminal_language import own_language  # noqa: F401

compile_translations.main()


pytestmark = pytest.mark.usefixtures("own_language")


@pytest.mark.parametrize(
    ("wanted", "said"), [("ko_KR.UTF-8", "탁상 전화기"), ("zh_CN", "桌面电话"), ("zh_TW", "desk phone")]
)
def test_the_help_is_in_the_language_of_the_terminal(
    wanted: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    os.environ["LANGUAGE"] = wanted
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    assert said in capsys.readouterr().out


async def _refusal(wanted: str) -> object:
    """What an agent that only watches headsets answers to a softkey."""
    agent = Agent(Server("http://127.0.0.1:9", "SEP0011AA220006", Secret("x")), None, headsets="simulated")
    answer = await ControlServer(agent)._answer({"do": "press", "key": "submit", "language": wanted})
    return answer["error"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("ko", "전화기에 이 화면이 나와 있습니다. 거기서 응답하십시오"),
        ("zh_Hans", "电话显示此屏幕：请在那里回答"),
        ("tlh", "the phone shows this screen: answer there"),
    ],
)
def test_a_running_agent_refuses_in_the_language_of_whoever_asks(wanted: str, said: str) -> None:
    assert asyncio.run(_refusal(wanted)) == said


def test_a_countdown_is_a_whole_sentence_in_each_language() -> None:
    screen = {"countdown": {"then": "sign_out", "seconds": 12}}
    with words.spoken("ko"):
        assert countdown_text(screen) == "12초 뒤 로그아웃"
    assert countdown_text(screen) == "signs out in 12 s"
