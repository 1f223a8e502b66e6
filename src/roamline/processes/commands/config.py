"""``roamline config``: print a documented roamline.toml."""

from __future__ import annotations

import argparse

from roamline.kernel.wording import gettext_noop
from roamline.platform.config import render
from roamline.processes.commands.command import Command


def run(_options: argparse.Namespace) -> int:
    """Print every setting with its help and default."""
    print(render(), end="")
    return 0


COMMAND = Command("config", gettext_noop("print a documented roamline.toml with every default"), run)
