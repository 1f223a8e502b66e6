"""``roamline super-users``: who may log in in every cluster, and making them the same in all (RO-11)."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from gettext import gettext as _
from typing import TYPE_CHECKING

from roamline.kernel.wording import gettext_noop
from roamline.processes.commands.command import Command, set_up_django
from roamline.processes.terminal import padded

if TYPE_CHECKING:
    from roamline.rooms.roaming.service import ClusterReport

LONGEST_WEEK = 10_080


def _arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title=_("what to do"), metavar="DEED", required=True, dest="deed")
    deeds.add_parser("list", help=_("list super users, whose they are, and where they are logged in"))
    sync = deeds.add_parser("sync", help=_("make them the same in all clusters now"))
    sync.add_argument("--dry-run", action="store_true", help=_("only say what it would do in each cluster"))
    deeds.add_parser("report", help=_("say what became of the last synchronisation in each cluster"))
    schedule = deeds.add_parser("schedule", help=_("synchronise regularly"))
    schedule.add_argument("minutes", type=int, metavar="MINUTES", help=_("0: only when somebody asks for it"))
    css = deeds.add_parser("default-css", help=_("choose the calling search space for lines whose own is missing here"))
    css.add_argument("name", metavar="NAME", nargs="?", default="", help=_("left out: one that reaches nothing"))


def run(options: argparse.Namespace) -> int:
    """List, synchronise, report, or schedule."""
    set_up_django()
    from roamline.rooms.roaming import service as roaming

    actor, now = getpass.getuser(), datetime.now(UTC)
    if options.deed == "list":
        return _list()
    if options.deed == "report":
        return _say(roaming.report())
    if options.deed == "schedule":
        return _schedule(options.minutes, actor, now)
    if options.deed == "default-css":
        return _default_css(options.name, actor, now)
    if options.dry_run:
        return _say(roaming.dry_run())
    roaming.synchronise(actor, now)
    print(_("Synchronising. `roamline super-users report` says what became of it."))
    return 0


def _list() -> int:
    from roamline.platform.wording import in_parts
    from roamline.rooms.clusters import service as clusters
    from roamline.rooms.roaming import service as roaming

    if clusters.is_joined() and not clusters.is_running():
        print(_("other clusters are not reachable now: they do not learn who logs in"))
    for each in roaming.super_users():
        place = {"place": each.place, "device": each.device}
        where = _("%(place)s, on %(device)s") % place if each.place else _("not logged in")
        print(f"{each.user_id:<20} {padded(_('from %s') % each.home, 25)} {where}")
        if each.failure:
            print("    " + _("failed: %s") % in_parts(each.failure))
    return 0


def _say(reports: Iterable[ClusterReport]) -> int:
    from roamline.platform.wording import in_parts, translated

    failed = False
    for each in reports:
        print(f"{each.cluster.name} ({translated(each.cluster.state)})")
        for outcome in each.outcomes:
            lacks = _("; lacks %s") % ", ".join(outcome.lacks) if outcome.lacks else ""
            became = padded(translated(outcome.outcome), 10)
            print(f"    {outcome.user_id:<20} {became} {in_parts(outcome.failure)}{lacks}".rstrip())
            failed = failed or bool(outcome.failure)
    return 1 if failed else 0


def _schedule(minutes: int, actor: str, now: datetime) -> int:
    from roamline.rooms.roaming import service as roaming

    if not 0 <= minutes <= LONGEST_WEEK:
        print(_("give 0 to %s minutes") % LONGEST_WEEK, file=sys.stderr)
        return 2
    roaming.set_schedule(minutes, actor, now)
    print(_("every %s minutes") % minutes if minutes else _("only when somebody asks for it"))
    return 0


def _default_css(name: str, actor: str, now: datetime) -> int:
    from django.core.exceptions import ObjectDoesNotExist

    from roamline.rooms.roaming import service as roaming

    try:
        roaming.set_default_css(name, actor, now)
    except ObjectDoesNotExist:
        print(_("there is no calling search space %s") % name, file=sys.stderr)
        return 1
    print(name or _("one that reaches nothing"))
    return 0


COMMAND = Command("super-users", gettext_noop("users who may log in in every cluster"), run, _arguments)
