"""``roamline report features``: the phone feature list (EM-8)."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime
from gettext import gettext as _
from pathlib import Path

from roamline.kernel.wording import gettext_noop
from roamline.processes.commands.command import Command, set_up_django
from roamline.processes.terminal import padded


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("features",), help=_("which models and phones support which features"))
    parser.add_argument("--product", default="", metavar="MODEL", help=_("only this phone model (default: all)"))
    parser.add_argument("--feature", default="", metavar="NAME", help=_("only this feature (default: all)"))
    parser.add_argument("--new", action="store_true", help=_("generate a new report first"))
    parser.add_argument("--csv", type=Path, metavar="FILE", help=_("write it as CSV ('-': print it so)"))


def run(options: argparse.Namespace) -> int:
    """Show the report that is kept, or a new one; 1 when nothing fits."""
    set_up_django()
    from roamline.platform.wording import translated
    from roamline.rooms.mobility import service

    report = service.kept_report()
    if options.new or report is None:
        report = service.generate_report(actor=getpass.getuser(), now=datetime.now(UTC), way="command line")
    rows = service.rows_of(report, options.product, options.feature)
    if options.csv:
        return _write(service.as_csv(rows), options.csv)
    when = f"{report.generated_at:%Y-%m-%d %H:%M:%S}"
    print(_("Generated %(when)s UTC by %(who)s") % {"when": when, "who": report.generated_by})
    for row in rows:
        counts = {"able": row.able, "phones": row.phones}
        state = _("%(able)s of %(phones)s phones") % counts if row.is_supported else _("not supported")
        print(f"{row.product:<24} {padded(translated(row.feature), 28)} {state}")
    return 0 if rows else 1


def _write(text: str, file: Path) -> int:
    if str(file) == "-":
        print(text, end="")
        return 0
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as problem:
        print(f"{file}: {problem.strerror}", file=sys.stderr)
        return 1
    return 0


COMMAND = Command("report", gettext_noop("show which phones support which features"), run, _arguments)
