"""``roamline super-users``: who may log in in every cluster, and making them the same in all (RO-11)."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from roamline.processes.commands.command import Command, set_up_django

if TYPE_CHECKING:
    from roamline.rooms.roaming.service import ClusterReport

LONGEST_WEEK = 10_080


def _arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True, dest="deed")
    deeds.add_parser("list", help="list super users, whose they are, and where they are logged in")
    sync = deeds.add_parser("sync", help="make them the same in all clusters now")
    sync.add_argument("--dry-run", action="store_true", help="only say what it would do in each cluster")
    deeds.add_parser("report", help="say what became of the last synchronisation in each cluster")
    schedule = deeds.add_parser("schedule", help="synchronise regularly")
    schedule.add_argument("minutes", type=int, metavar="MINUTES", help="0: only when somebody asks for it")
    css = deeds.add_parser("default-css", help="choose the calling search space for lines whose own is missing here")
    css.add_argument("name", metavar="NAME", nargs="?", default="", help="left out: one that reaches nothing")


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
    print("Synchronising. `roamline super-users report` says what became of it.")
    return 0


def _list() -> int:
    from roamline.rooms.clusters import service as clusters
    from roamline.rooms.roaming import service as roaming

    if clusters.is_joined() and not clusters.is_running():
        print("other clusters are not reachable now: they do not learn who logs in")
    for each in roaming.super_users():
        where = f"{each.place} on {each.device}" if each.place else "not logged in"
        print(f"{each.user_id:<20} from {each.home:<20} {where}")
        if each.failure:
            print(f"    failed: {each.failure}")
    return 0


def _say(reports: Iterable[ClusterReport]) -> int:
    failed = False
    for each in reports:
        print(f"{each.cluster.name} ({each.cluster.state})")
        for outcome in each.outcomes:
            lacks = f"; lacks {', '.join(outcome.lacks)}" if outcome.lacks else ""
            print(f"    {outcome.user_id:<20} {outcome.outcome:<10} {outcome.failure}{lacks}".rstrip())
            failed = failed or bool(outcome.failure)
    return 1 if failed else 0


def _schedule(minutes: int, actor: str, now: datetime) -> int:
    from roamline.rooms.roaming import service as roaming

    if not 0 <= minutes <= LONGEST_WEEK:
        print(f"give 0 to {LONGEST_WEEK} minutes", file=sys.stderr)
        return 2
    roaming.set_schedule(minutes, actor, now)
    print(f"every {minutes} minutes" if minutes else "only when somebody asks for it")
    return 0


def _default_css(name: str, actor: str, now: datetime) -> int:
    from django.core.exceptions import ObjectDoesNotExist

    from roamline.rooms.roaming import service as roaming

    try:
        roaming.set_default_css(name, actor, now)
    except ObjectDoesNotExist:
        print(f"there is no calling search space {name}", file=sys.stderr)
        return 1
    print(name or "one that reaches nothing")
    return 0


COMMAND = Command("super-users", "users who may log in in every cluster", run, _arguments)
