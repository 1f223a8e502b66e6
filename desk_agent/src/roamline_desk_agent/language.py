"""The language that the environment asks for, as gettext reads it; English where it names none of ours.

The texts come by Python's own gettext. argparse asks the same module, so its headings and errors come from the same
catalogue.
"""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

ENGLISH, CHINESE, KOREAN = "en", "zh_Hans", "ko"
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_SAMPLES = {CHINESE: "注销", KOREAN: "로그아웃"}
_TRADITIONAL = ("zh_tw", "zh_hk", "zh_mo", "zh_hant")


def use(domain: str, catalogues: Path) -> str:
    """Use the language that the environment asks for from now on, with a folder's catalogues; which it is."""
    language = chosen(os.environ)
    if not _can_show(language, sys.stdout) or not _can_show(language, sys.stderr):
        language = ENGLISH
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that a terminal cannot show ends no command
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(domain, str(catalogues))
    gettext.textdomain(domain)
    return language


def chosen(environment: Mapping[str, str]) -> str:
    """The first language of ours that the first variable which is set names, in its order of preference."""
    wanted = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    return next((found for each in wanted.split(":") if (found := _ours(each))), ENGLISH)


def _ours(name: str) -> str | None:
    plain = name.partition(".")[0].partition("@")[0].replace("-", "_").lower()
    language = plain.partition("_")[0]
    if language == "zh":
        return None if plain.startswith(_TRADITIONAL) else CHINESE
    return {"ko": KOREAN, "en": ENGLISH, "c": ENGLISH, "posix": ENGLISH}.get(language)


def _can_show(language: str, stream: TextIO) -> bool:
    try:
        _SAMPLES.get(language, "").encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
