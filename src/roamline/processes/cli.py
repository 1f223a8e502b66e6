"""The ``roamline`` command: each subcommand is a module of :mod:`roamline.processes.commands`."""

from __future__ import annotations

import argparse
import os
import select
import signal
import sys
from gettext import gettext as _
from pathlib import Path

from roamline import __version__
from roamline.kernel.wording import gettext_noop
from roamline.platform.config import ConfigError
from roamline.processes.commands import COMMANDS
from roamline.processes.node import CannotStartError
from roamline.processes.terminal import Parser
from roamline.processes.words import speak

NOBODY_READS = 128 + signal.SIGPIPE
"""The exit code when whoever reads has seen enough (``roamline … | head``): what SIGPIPE ends has it in a shell."""
VERSION = gettext_noop("show the program's version number and exit")
USUAL = gettext_noop("configuration to use (default: $ROAMLINE_CONFIG, else ./roamline.toml, else ./var/roamline.toml)")


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; its exit code, or 2 when it was called wrongly or the configuration cannot be used."""
    speak()
    options = parser().parse_args(argv)
    chosen = options.config or _usual_config()
    if chosen is not None:
        os.environ["ROAMLINE_CONFIG"] = str(chosen.resolve())
    try:
        code = int(options.run(options))
        sys.stdout.flush()
    except (ConfigError, CannotStartError) as problem:
        print(f"roamline: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        if _is_read():
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left of it
        return NOBODY_READS
    return code


def _is_read() -> bool:
    """Whether somebody still reads what is printed: a pipe without a reader has an error (poll(2))."""
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    return not output.poll(0)


def _usual_config() -> Path | None:
    """Without an option: ``$ROAMLINE_CONFIG``, else the file here, else that of the site that ./run keeps here."""
    if os.environ.get("ROAMLINE_CONFIG"):
        return None
    return next((file for file in (Path("roamline.toml"), Path("var/roamline.toml")) if file.is_file()), None)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = Parser(prog="roamline", description=_("Roamline: log in to any phone, and it becomes yours."))
    top.add_argument("--version", action="version", version=f"roamline {__version__}", help=_(VERSION))
    top.add_argument("--config", type=Path, metavar="FILE", help=_(USUAL))
    commands = top.add_subparsers(title=_("commands"), metavar="COMMAND", required=True)
    for command in COMMANDS:
        sub = commands.add_parser(command.name, help=_(command.help), description=_(command.help))
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return top


if __name__ == "__main__":
    sys.exit(main())
