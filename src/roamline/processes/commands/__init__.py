"""The subcommands of ``roamline``. To add one: write its module with a ``COMMAND``, and list it here."""

from __future__ import annotations

from roamline.processes.commands import (
    administrator,
    analyse,
    check,
    config,
    control,
    em,
    emcc,
    exchange,
    ils,
    migrate,
    policy,
    report,
    schedule,
    serve,
    subscribe,
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
    analyse.COMMAND,
    *exchange.COMMANDS,
    *control.COMMANDS,
    *policy.COMMANDS,
    report.COMMAND,
    schedule.COMMAND,
    super_users.COMMAND,
    ils.COMMAND,
    emcc.COMMAND,
    *subscribe.COMMANDS,
)
