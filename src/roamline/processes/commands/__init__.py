"""The subcommands of ``roamline``. To add one: write its module with a ``COMMAND``, and list it here."""

from __future__ import annotations

from roamline.processes.commands import (
    administrator,
    check,
    config,
    control,
    em,
    exchange,
    ils,
    migrate,
    schedule,
    serve,
    super_users,
)
from roamline.processes.commands.command import Command

COMMANDS: tuple[Command, ...] = (
    serve.COMMAND,
    check.COMMAND,
    migrate.COMMAND,
    config.COMMAND,
    administrator.COMMAND,
    *em.COMMANDS,
    *exchange.COMMANDS,
    *control.COMMANDS,
    schedule.COMMAND,
    super_users.COMMAND,
    ils.COMMAND,
)
