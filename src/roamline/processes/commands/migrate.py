"""``roamline migrate``: bring the database to the newest schema."""

from __future__ import annotations

import argparse

from roamline.processes import prepare
from roamline.processes.commands.command import Command, set_up_django


def run(_options: argparse.Namespace) -> int:
    """Apply every missing migration."""
    set_up_django()
    prepare.migrate()
    print("The database has the newest schema.")
    return 0


COMMAND = Command("migrate", "bring the database to the newest schema", run)
