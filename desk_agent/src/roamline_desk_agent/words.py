"""What people read, in their language: that of the environment, or of whoever asks over the control socket.

The catalogues are gettext's, in `locale`; English is the key, and what is shown where there is none.
"""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from roamline_desk_agent import language as terminal_language
from roamline_desk_agent.language import CHINESE, ENGLISH, KOREAN

DOMAIN = "roamline_desk_agent"
CATALOGUES = Path(__file__).resolve().parent / "locale"
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
    _spoken.set(terminal_language.use(DOMAIN, CATALOGUES))


@contextmanager
def spoken(wanted: object) -> Iterator[None]:
    """Speak a language meanwhile, in this task alone; English for one that is not ours."""
    token = _spoken.set(wanted if isinstance(wanted, str) and wanted in {CHINESE, KOREAN} else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(token)
