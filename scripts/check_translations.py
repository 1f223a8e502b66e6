"""Every string for people is translated in every language: no hole, nothing fuzzy; exit 1 otherwise.

Collects the strings anew in a copy of the sources, so that one which never reached the .po files counts, too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "roamline"


def main() -> int:
    """Print what is untranslated, by language; nothing to do when there are no translations at all."""
    if not list(PACKAGE.glob("locale/*/LC_MESSAGES/*.po")):
        print("no translations yet")
        return 0
    if shutil.which("msgattrib") is None:
        print("Debian's package gettext is needed")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "roamline"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, "-m", "django", "makemessages", "--all", "--no-obsolete", "--verbosity", "0"]
        # DJANGO_SETTINGS_MODULE would send the result to the real locale folder.
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        subprocess.run(command, cwd=copy, check=True, env=environment)
        holes = [hole for file in sorted(copy.glob("locale/*/LC_MESSAGES/*.po")) for hole in holes_in(file)]
    for hole in holes:
        print(hole)
    return 1 if holes else 0


def holes_in(file: Path) -> list[str]:
    """The entries of one file that are untranslated or fuzzy, as lines to print."""
    language = file.parent.parent.name
    found: list[str] = []
    for kind in ("--untranslated", "--only-fuzzy"):
        command = ["msgattrib", kind, "--no-obsolete", "--no-wrap", "--no-location", str(file)]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        entries = [line for line in text.splitlines() if line.startswith("msgid ") and line != 'msgid ""']
        found += [f"{language}: {kind.removeprefix('--')}: {entry.removeprefix('msgid ')}" for entry in entries]
    return found


if __name__ == "__main__":
    sys.exit(main())
