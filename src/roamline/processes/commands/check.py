"""``roamline check``: is this node's configuration sound, and is everything there that it needs?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime

from roamline.platform import config as configuration
from roamline.platform.config import Config
from roamline.processes import findings
from roamline.processes.commands.command import Command
from roamline.processes.findings import Finding, Level

MARKS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.ERROR: "ERROR  "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--errors-only``."""
    parser.add_argument("--errors-only", action="store_true", help="print nothing but errors")


def run(options: argparse.Namespace) -> int:
    """Print each finding with its remedy; 1 when any is an error."""
    worst = Level.OK
    for finding in _findings():
        worst = max(worst, finding.level)
        if finding.level is Level.ERROR or not options.errors_only:
            print(
                f"{MARKS[finding.level]}  {finding.what}" + (f"\n         {finding.remedy}" if finding.remedy else "")
            )
    return 1 if worst is Level.ERROR else 0


def _findings() -> Iterator[Finding]:
    try:
        config: Config = configuration.load()
    except configuration.ConfigError as error:
        for line in str(error).splitlines():
            yield Finding(Level.ERROR, line, "Mend it in roamline.toml; `roamline config` prints every setting.")
        return
    yield Finding(Level.OK, f"configuration: {config.source or 'defaults (no file given)'}")
    for look in findings.LOOKS:
        yield from look(config, datetime.now(UTC))


COMMAND = Command("check", "check the configuration and what it needs", run, add_arguments)
