"""Make the ``.mo`` file of every ``.po`` file that has changed since; run by ``./run`` and ``./test``.

Quick when there is nothing to do: Babel is loaded only when a file must be compiled.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("src", "desk_agent/src")
CATALOGUES = "**/locale/*/LC_MESSAGES/*.po"


def main() -> int:
    """Compile what is out of date; 0, or an exception for a file that is no ``.po`` file."""
    for source in sorted(file for folder in PACKAGES for file in (ROOT / folder).glob(CATALOGUES)):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            compile_file(source, target)
    return 0


def compile_file(source: Path, target: Path) -> None:
    """Compile one file; whoever reads meanwhile sees the old one or the new one. Fuzzy entries are left out."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    temporary = target.with_suffix(f".{os.getpid()}")
    with temporary.open("wb") as file:
        write_mo(file, catalog)
    temporary.replace(target)


if __name__ == "__main__":
    sys.exit(main())
