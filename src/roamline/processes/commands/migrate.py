"""``roamline migrate``: bring the database to the newest schema."""

from __future__ import annotations

import argparse
from gettext import gettext as _

from roamline.kernel.wording import gettext_noop
from roamline.platform import config as configuration
from roamline.processes import prepare
from roamline.processes.commands.command import Command, set_up_django


def run(_options: argparse.Namespace) -> int:
    """Apply every missing migration; a new site gets its phone models, a device pool and the EM service."""
    set_up_django()
    prepare.migrate()
    if prepare.begin(configuration.load()):
        print(_("A new site: it has the phone models, a device pool and the service Extension Mobility to begin with."))
    print(_("The database has the newest schema."))
    return 0


COMMAND = Command("migrate", gettext_noop("bring the database to the newest schema"), run)
