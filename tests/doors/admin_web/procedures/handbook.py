"""The handbook's pages: what was walked, with the words of each language."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

from tests.doors.admin_web.procedures.walk import Walk

LANGUAGES = {"en": "English", "zh-hans": "简体中文", "ko": "한국어"}
MADE = "<!-- Written by tests/story/test_administrator_procedures.py with ROAMLINE_PICTURES=docs; change the walk. -->"
FOREIGN = re.compile(r" \([^()\n]*[\u3040-\ud7a3][^\n]*?\)(?=[ .,:;]|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Walked:
    """The steps of one walk: English sentences with ``{}`` for words, and the words as they were on the screen."""

    steps: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    has_picture: bool

    @classmethod
    def of(cls, walk: Walk) -> Walked:
        """What a walk wrote down."""
        return cls(tuple(walk.steps), tuple(walk.words), walk.has_picture)


def page(module: ModuleType, walked: Mapping[tuple[str, str], Walked]) -> str:
    """The page of the procedures in a module."""
    title, *about = inspect.cleandoc(module.HANDBOOK).split("\n")
    parts = [f"# {title}", MADE, "\n".join(about).strip()]
    for procedure in module.PROCEDURES:
        name = procedure.__name__
        said = inspect.cleandoc(procedure.__doc__).replace("\n", " ").replace("  ", "\n\n")
        steps = _steps(*(walked[name, language] for language in LANGUAGES))
        parts += [f"## {module.TITLES[name]}", said, steps]
        if walked[name, "en"].has_picture:
            parts += _pictures(module.TITLES[name], name)
    return "\n\n".join(parts) + "\n"


def _pictures(title: str, name: str) -> list[str]:
    others = ", ".join(f"[{called}](images/{name}-{key}.png)" for key, called in LANGUAGES.items() if key != "en")
    return [f"![{title}](images/{name}-en.png)", f"In {others}."]


def _steps(*walks: Walked) -> str:
    lines = []
    for place, sentence in enumerate(walks[0].steps):
        words = list(zip(*(walk.words[place] for walk in walks), strict=True))
        lines.append(f"{place + 1}. {sentence.format(*(_named(*each) for each in words))}")
    return "\n".join(lines)


def _named(english: str, *others: str) -> str:
    foreign = [each for each in others if each != english]
    return f"**{english}**" + (f" ({', '.join(foreign)})" if foreign else "")


def in_english(text: str) -> str:
    """A page without the words of other languages, which their translators may still improve."""
    return FOREIGN.sub("", text)


def pictures_of(text: str) -> list[str]:
    """The pictures that a page refers to."""
    return re.findall(r"\((images/[^)]+)\)", text)
