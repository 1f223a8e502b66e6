"""``roamline check``: is this node's configuration sound, and is everything there that it needs?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from gettext import gettext as _

from roamline.kernel.wording import gettext_noop
from roamline.platform import config as configuration
from roamline.platform.config import Config
from roamline.processes import findings, findings_ils, findings_ipv6, findings_media
from roamline.processes.commands.command import Command
from roamline.processes.findings import Finding, Level
from roamline.processes.terminal import padded

MARKS = {
    Level.OK: gettext_noop("ok"), Level.WARNING: gettext_noop("warning"), Level.ERROR: gettext_noop("ERROR"),
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--errors-only``, ``--to-start``."""
    parser.add_argument("--errors-only", action="store_true", help=_("print nothing but errors"))
    parser.add_argument("--to-start", action="store_true", help=_("fail only for what keeps the site from starting"))


def run(options: argparse.Namespace) -> int:
    """Print each finding with its remedy; 1 when any is an error."""
    worst = Level.OK
    for finding in _findings():
        if finding.keeps_from_starting or not options.to_start:
            worst = max(worst, finding.level)
        if finding.level is Level.ERROR or not options.errors_only:
            print(padded(_(MARKS[finding.level]), 9) + finding.what)
            if finding.remedy:
                print(f"         {finding.remedy}")
    return 1 if worst is Level.ERROR else 0


def _findings() -> Iterator[Finding]:
    try:
        config: Config = configuration.load()
    except configuration.ConfigError as error:
        for line in str(error).splitlines():
            yield Finding(Level.ERROR, line, _("Mend it in roamline.toml; `roamline config` prints every setting."))
        return
    yield Finding(Level.OK, _("configuration: %s") % (config.source or _("defaults (no file given)")))
    more = (findings_ils.look_at_ils, findings_ipv6.look_at_ipv6, findings_media.look_at_media)
    for look in (*findings.LOOKS, *more):
        yield from look(config, datetime.now(UTC))


COMMAND = Command("check", gettext_noop("check the configuration and what it needs"), run, add_arguments)
