"""``roamline config``: print a documented roamline.toml."""

from __future__ import annotations

import argparse

from roamline.platform.config import render
from roamline.processes.commands.command import Command


def run(_options: argparse.Namespace) -> int:
    """Print every setting with its help and default."""
    print(render(), end="")
    return 0


COMMAND = Command("config", "print a documented roamline.toml with every default", run)
