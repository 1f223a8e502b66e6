"""Names of files that phones may ask for, whichever way they ask (HTTP or TFTP)."""

from __future__ import annotations

import re

LONGEST_FILE_NAME = 128

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+@-]*(?:/[A-Za-z0-9_][A-Za-z0-9._+@-]*)*")


def is_safe_file_name(name: str) -> bool:
    """Whether a phone may ask for it: 1 to 128 of ``A-Za-z0-9._+@-`` in folders separated by ``/``.

    No part begins with a dot, so there is no way up and no hidden file; no leading slash, no backslash, no space.
    """
    return len(name) <= LONGEST_FILE_NAME and _SAFE.fullmatch(name) is not None
