"""What people read, in their language: that of the environment, or of whoever asks over the control socket.

The catalogues are gettext's, in `locale`; English is the key, and what is shown where there is none.
"""

import gettext
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from io import TextIOWrapper
from pathlib import Path

DOMAIN = "roamline_desk_agent"
CATALOGUES = Path(__file__).resolve().parent / "locale"
ENGLISH, CHINESE, KOREAN = "en", "zh_Hans", "ko"
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_SAMPLES = {CHINESE: "注销", KOREAN: "로그아웃"}
_TRADITIONAL = ("zh_tw", "zh_hk", "zh_mo", "zh_hant")
_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def _(text: str) -> str:
    """A text in the language that is spoken now."""
    if not text:  # gettext would give the catalogue's header
        return text
    return gettext.translation(DOMAIN, CATALOGUES, [_spoken.get()], fallback=True).gettext(text)


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown."""
    return text


def language() -> str:
    """The language that is spoken now."""
    return _spoken.get()


def speak() -> None:
    """Speak the language that the environment asks for from now on; argparse speaks it, too."""
    wanted = chosen(os.environ)
    if not all(_can_show(wanted, stream.encoding) for stream in (sys.stdout, sys.stderr)):
        wanted = ENGLISH
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that a terminal cannot show ends no command
    _spoken.set(wanted)
    os.environ["LANGUAGE"] = wanted
    gettext.bindtextdomain(DOMAIN, str(CATALOGUES))
    gettext.textdomain(DOMAIN)


@contextmanager
def spoken(wanted: object) -> Iterator[None]:
    """Speak a language meanwhile, in this task alone; English for one that is not ours."""
    token = _spoken.set(wanted if isinstance(wanted, str) and wanted in {CHINESE, KOREAN} else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(token)


def chosen(environment: Mapping[str, str]) -> str:
    """The first language of ours that the first variable which is set names, in its order of preference."""
    wanted = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    return next((found for each in wanted.split(":") if (found := _ours(each))), ENGLISH)


def _ours(name: str) -> str | None:
    plain = name.partition(".")[0].partition("@")[0].replace("-", "_").lower()
    short = plain.partition("_")[0]
    if short == "zh":
        return None if plain.startswith(_TRADITIONAL) else CHINESE
    return {"ko": KOREAN, "en": ENGLISH, "c": ENGLISH, "posix": ENGLISH}.get(short)


def _can_show(wanted: str, encoding: str | None) -> bool:
    try:
        _SAMPLES.get(wanted, "").encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
