"""Write the pages that come from registries in the code; ``--check`` only says, by its exit code, what is out of date.

``docs/configuration.md`` comes from the settings of ``roamline.toml``, the table in ``docs/spec/errors.md`` from the
error registry, the diagram and table in ``docs/headsets.md`` from the headset machine's transition table. Run with
``src`` on the path, as the virtual environment has it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from roamline.kernel.errors import Error
from roamline.platform.config import SETTINGS, Setting
from roamline.rooms.headsets.rules.table import ANY, TABLE, Row

DOCS = Path(__file__).resolve().parent.parent / "docs"
ERRORS = re.compile(r"(?<=scripts/generate_docs\.py -->\n).*?(?=<!-- /errors -->)", re.DOTALL)

HEADSETS = re.compile(r"(?<=scripts/generate_docs\.py -->\n).*?(?=<!-- /machine -->)", re.DOTALL)

CONFIGURATION = """\
# Configuration

Written by `scripts/generate_docs.py` from `roamline.platform.config`; do not edit.

A node reads one file: what `--config` names, else the environment variable `ROAMLINE_CONFIG`, else `roamline.toml` in
the current folder or in its `var/`. Every setting has a default that suits a single node on loopback; relative paths
are relative to the data folder, and the data folder to the file. `roamline config` prints a documented file with
every default to start from; `roamline check` says what is wrong and how to mend it; an unknown setting or a value of
the wrong type is an error. `./run` writes `var/roamline.toml` for its demo site.

What users and administrators change while the site runs are [parameters](spec/parameters.md), not settings.
"""


def main(arguments: list[str]) -> int:
    """Write what is out of date, or with ``--check`` only name it; 1 when something was and is not written."""
    out_of_date = [file for file, text in pages().items() if not file.exists() or file.read_text() != text]
    for file in out_of_date:
        if arguments == ["--check"]:
            print(f"{file} is out of date: run scripts/generate_docs.py")
        else:
            file.write_text(pages()[file])
    return 1 if out_of_date and arguments == ["--check"] else 0


def pages() -> dict[Path, str]:
    """Every generated page, as it should be."""
    errors, headsets = DOCS / "spec" / "errors.md", DOCS / "headsets.md"
    return {
        DOCS / "configuration.md": configuration(),
        errors: ERRORS.sub(lambda _: error_table(), errors.read_text()),
        headsets: HEADSETS.sub(lambda _: headset_machine(), headsets.read_text()),
    }


def configuration() -> str:
    """The settings, a table for each section."""
    parts = [CONFIGURATION]
    for section, settings in groupby(SETTINGS, key=lambda setting: setting.section):
        rows = "\n".join(_row(setting) for setting in settings)
        parts.append(f"## {section}\n| setting | default | what |\n| --- | --- | --- |\n{rows}\n")
    return "\n".join(parts)


def _row(setting: Setting) -> str:
    default = str(setting.default).lower() if setting.kind is bool else str(setting.default)
    return f"| `{setting.name}` | {f'`{default}`' if default else 'empty'} | {setting.help.replace('|', '&#124;')} |"


def error_table() -> str:
    """Every error, in the order of numbers."""
    rows = ["| N | short name | at a log-in | at a log-out | when |", "| --- | --- | --- | --- | --- |"]
    for error in sorted(Error, key=lambda each: each.number):
        log_in, log_out = (f"`{text}`" if text else "–" for text in (error.value.log_in_text, error.value.log_out_text))
        rows.append(f"| {error.number} | {error.short_name} | {log_in} | {log_out} | {error.value.meaning} |")
    return "\n".join([*rows, ""])


def headset_machine() -> str:
    """The headset machine: the ways between screens as a diagram, and every transition as a table."""
    ways = dict.fromkeys(
        f"    {_state(at)} --> {_state(row.to)}: {row.on}" for row in TABLE for at in _ends(row) if row.to is not None
    )
    rows = [
        f"| {row.on} | {'any' if row.at == ANY else ', '.join(sorted(row.at))} | {_sentence(row.when)} "
        f"| {_sentence(row.do)} | {row.to or 'stays'} |"
        for row in TABLE
    ]
    head = ["| event | on screen | when | the machine | screen afterwards |", "| --- | --- | --- | --- | --- |"]
    return "\n".join(["```mermaid", "stateDiagram-v2", *ways, "```", "", *head, *rows, ""])


def _ends(row: Row) -> list[str]:
    return ["any screen"] if row.at == ANY else sorted(row.at)


def _state(name: str) -> str:
    return name.replace(" ", "_").replace("-", "_")


def _sentence(function: Callable[..., object]) -> str:
    return function.__name__.replace("_", " ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
