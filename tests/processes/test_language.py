"""The command line speaks the language of the terminal: Chinese, Korean, English for everybody else."""

from __future__ import annotations

import argparse
import inspect
import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from roamline.processes import cli, demo_run, language, terminal
from roamline.processes import words as site_words
from roamline.processes.terminal import width, wrapped
from roamline_desk_agent import cli as agent
from roamline_desk_agent import language as agent_language
from roamline_desk_agent import terminal as agent_terminal
from roamline_desk_agent import words
from scripts import compile_translations
from tests.support.terminal_language import own_language  # noqa: F401

compile_translations.main()


pytestmark = pytest.mark.usefixtures("own_language")


def said_in(wanted: str, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What ``roamline`` prints of its usage in a language, on both streams."""
    os.environ["LANGUAGE"] = wanted
    with pytest.raises(SystemExit):
        cli.main([*arguments])
    return "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh_Hans"),
        ({"LANG": "zh_SG"}, "zh_Hans"),
        ({"LANGUAGE": "zh-Hans"}, "zh_Hans"),
        ({"LC_ALL": "ko_KR.UTF-8", "LANG": "zh_CN"}, "ko"),
        ({"LC_MESSAGES": "ko_KR@x", "LANG": "en_US"}, "ko"),
        ({"LANGUAGE": "fr:ko:zh", "LANG": "zh_CN"}, "ko"),
        ({"LANGUAGE": "", "LANG": "ko_KR"}, "ko"),
        ({"LANGUAGE": "en:ko"}, "en"),
        ({"LANG": "zh_TW.UTF-8"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "ko_KR"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_the_one_that_gettext_would_take(environment: dict[str, str], wanted: str) -> None:
    assert language.chosen(environment) == wanted


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("zh_CN", ["用法：", "选项", "命令", "显示此帮助并退出", "在前台运行本节点"]),
        ("ko", ["사용법:", "옵션", "명령", "이 도움말을 표시", "이 노드를 포그라운드에서"]),
        ("fr", ["usage:", "options", "commands", "show this help", "run this node in the foreground"]),
    ],
)
def test_the_help_is_in_that_language_down_to_its_headings(
    wanted: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = said_in(wanted, capsys, "--help")
    assert [word for word in words if word not in text] == []


def explanations(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Every text in the help of a command and of its sub-commands."""
    yield from filter(None, [parser.description, parser.epilog])
    for action in parser._actions:
        if action.help not in {None, argparse.SUPPRESS}:
            yield str(action.help)
        if isinstance(action, argparse._SubParsersAction):
            yield from (str(each.help) for each in action._choices_actions)
            for sub in dict.fromkeys(action.choices.values()):
                yield from explanations(sub)


@pytest.mark.parametrize("parser", [cli.parser, demo_run._parser, agent.parser])
def test_every_command_and_option_is_explained_in_korean(parser: Callable[[], argparse.ArgumentParser]) -> None:
    os.environ["LANGUAGE"] = "ko"
    speaking = words if parser is agent.parser else site_words
    speaking.speak()
    texts = list(explanations(parser()))
    assert len(texts) > 10
    assert [text for text in texts if not re.search("[가-힣]", text)] == []


def test_a_wrong_call_is_refused_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert "错误：缺少以下必需的参数：--device" in said_in("zh_CN", capsys, "analyse", "1001")
    assert "无效的选择：'x'" in said_in("zh_CN", capsys, "service", "x")


def test_the_demo_site_is_explained_in_korean_too(capsys: pytest.CaptureFixture[str]) -> None:
    os.environ["LANGUAGE"] = "ko"
    with pytest.raises(SystemExit):
        demo_run.main(["--help"])
    assert "클러스터 수: 1, 또는 ILS로 연결된 3" in capsys.readouterr().out


def test_a_terminal_without_those_characters_gets_english_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    out, errors = (io.TextIOWrapper(io.BytesIO(), encoding="ascii") for _ in range(2))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", errors)
    os.environ["LANGUAGE"] = "ko"
    assert site_words.speak() == "en"
    print("王伟 is logged in", flush=True)
    assert out.buffer.getvalue() == b"\\u738b\\u4f1f is logged in\n"


def test_lines_are_as_wide_as_they_look() -> None:
    text = "注销一部电话、某用户的所有登录或所有人（roamline log-out --all）。"
    lines = wrapped(text, 20)
    assert max(map(width, lines)) <= 20
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not [line for line in lines if line[0] in "、。）"]


@pytest.mark.parametrize(("ours", "agents"), [(language, agent_language), (terminal, agent_terminal)])
def test_the_agent_which_is_installed_alone_has_the_same_module(ours: ModuleType, agents: ModuleType) -> None:
    assert inspect.getsource(ours) == inspect.getsource(agents)
