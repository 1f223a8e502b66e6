"""The SIP library of the page: a file that set-up makes with npm, and that may be missing."""

from __future__ import annotations

from pathlib import Path

LIBRARY = Path(__file__).parent / "static" / "web_phone" / "jssip.js"


def has_library() -> bool:
    """Whether the SIP library is there: set-up makes it where there is npm."""
    return LIBRARY.is_file()
