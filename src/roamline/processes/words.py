"""What commands say, in the language of the terminal.

The texts come from the catalogue that the web interface has, without Django: none is loaded for ``--help``.
"""

from __future__ import annotations

from pathlib import Path

from roamline.processes import language

DOMAIN = "django"
CATALOGUES = Path(__file__).resolve().parent.parent / "locale"


def speak() -> str:
    """Speak the language that the environment asks for from now on; which it is."""
    return language.use(DOMAIN, CATALOGUES)
