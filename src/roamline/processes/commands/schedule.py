"""``roamline schedule``: log-outs at a time of day (BL-2)."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, date, datetime
from gettext import gettext as _
from typing import TYPE_CHECKING

from roamline.kernel.wording import gettext_noop
from roamline.processes.commands.command import Command, set_up_django, worded

if TYPE_CHECKING:
    from roamline.rooms.mobility.models import LogOutSchedule


def _arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title=_("what to do"), metavar="DEED", required=True, dest="deed")
    deeds.add_parser("list", help=_("list schedules and when they come next"))
    add = deeds.add_parser("add", help=_("add a schedule"))
    add.add_argument("name", metavar="NAME")
    add.add_argument(
        "--at", required=True, metavar="HH:MM", help=_("time of day, in the time zone of each device pool")
    )
    add.add_argument("--days", default="", metavar="DAYS", help=_("such as fri or mon,tue (default: every day)"))
    add.add_argument("--on", metavar="DATE", help=_("only on this date, YYYY-MM-DD"))
    whom = add.add_mutually_exclusive_group()
    whom.add_argument("--pool", metavar="NAME", help=_("only phones of this device pool (default: everybody)"))
    whom.add_argument("--user", metavar="ID", help=_("only this user, wherever logged in"))
    for deed, text in (
        ("preview", _("say whom a schedule would log out now, and who is in a call")),
        ("remove", _("remove a schedule")),
        ("enable", _("turn a schedule on")),
        ("disable", _("turn a schedule off")),
    ):
        deeds.add_parser(deed, help=text).add_argument("name", metavar="NAME")


def run(options: argparse.Namespace) -> int:
    """List, add, preview, remove, enable or disable schedules."""
    set_up_django()
    from roamline.rooms.mobility.models import LogOutSchedule

    if options.deed == "list":
        return _list()
    if options.deed == "add":
        return _add(options)
    schedule = LogOutSchedule.objects.filter(name=options.name).select_related("device_pool", "account").first()
    if schedule is None:
        print(_("no schedule has the name %s") % options.name, file=sys.stderr)
        return 1
    return _preview(schedule) if options.deed == "preview" else _change(schedule, options.deed)


def _list() -> int:
    from roamline.rooms.mobility.models import LogOutSchedule
    from roamline.rooms.mobility.service import next_times

    for schedule in LogOutSchedule.objects.select_related("device_pool", "account"):
        times = next_times(schedule, datetime.now(UTC))
        print(schedule if schedule.enabled else _("%s (disabled)") % schedule)
        for time_zone, at in times.items():
            print("    " + _("next %(when)s UTC (%(zone)s)") % {"when": f"{at:%Y-%m-%d %H:%M}", "zone": time_zone})
    return 0


def _add(options: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError

    from roamline.rooms.directory.models import Account
    from roamline.rooms.mobility.rules.schedules import InvalidSchedule, Timing, Whom, days_of_week, time_of_day
    from roamline.rooms.mobility.service import add_schedule
    from roamline.rooms.phones.models import DevicePool

    pool = DevicePool.objects.filter(name=options.pool).first() if options.pool else None
    account = Account.objects.filter(user_id=options.user).first() if options.user else None
    if (options.pool and not pool) or (options.user and not account):
        print(_("there is no %s") % (options.pool or options.user), file=sys.stderr)
        return 1
    try:
        once_on = date.fromisoformat(options.on) if options.on else None
        timing = Timing(time_of_day(options.at), days_of_week(options.days), once_on)
        whom = Whom.DEVICE_POOL if pool else Whom.USER if account else Whom.EVERYBODY
        schedule = add_schedule(
            name=options.name, timing=timing, whom=whom, device_pool=pool, account=account, actor=getpass.getuser(),
            now=datetime.now(UTC),
        )  # fmt: skip
    except (InvalidSchedule, ValueError) as refusal:
        print(worded(refusal), file=sys.stderr)
        return 2
    except ValidationError as refusal:
        print("; ".join(refusal.messages), file=sys.stderr)
        return 2
    print(schedule)
    return 0


def _preview(schedule: LogOutSchedule) -> int:
    from roamline.rooms.mobility.service import preview

    met = preview(schedule)
    for each in met:
        call = _("in a call") if each.is_in_call else ""
        print(f"{each.user_id:<20} {each.device:<20} {each.device_pool:<20} {call}".rstrip())
    said = _("%(count)s would be logged out now, %(calls)s of them after their call.")
    print(said % {"count": len(met), "calls": sum(each.is_in_call for each in met)})
    return 0


def _change(schedule: LogOutSchedule, deed: str) -> int:
    from django.core.exceptions import ValidationError

    from roamline.rooms.mobility.service import enable_schedule, remove_schedule

    actor, now = getpass.getuser(), datetime.now(UTC)
    if deed == "remove":
        remove_schedule(schedule, actor=actor, now=now)
    else:
        try:
            enable_schedule(schedule, deed == "enable", actor=actor, now=now)
        except ValidationError as refusal:
            print("; ".join(str(text) for text in refusal.messages), file=sys.stderr)
            return 2
    done = {"remove": _("%s is removed"), "enable": _("%s is enabled"), "disable": _("%s is disabled")}
    print(done[deed] % schedule.name)
    return 0


COMMAND = Command("schedule", gettext_noop("log users out at a time of day"), run, _arguments)
