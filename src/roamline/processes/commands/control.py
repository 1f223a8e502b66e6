"""``roamline service``: which services run on which node (EM-1); ``roamline unlock``: end a lock-out (S-2)."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime
from gettext import gettext as _

from roamline.kernel.wording import gettext_noop
from roamline.processes.commands.command import Command, set_up_django, worded
from roamline.processes.terminal import padded

WAY = "command line"
DEEDS = ("activate", "deactivate", "start", "stop", "restart")


def _service_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("deed", choices=("list", *DEEDS))
    parser.add_argument("service", nargs="?", metavar="NAME", help=_('such as "Cisco Extension Mobility"'))
    parser.add_argument("--node", metavar="NODE", help=_("the node it is for (default: this one)"))


def service(options: argparse.Namespace) -> int:
    """List a node's services, or change one; it counts within five seconds, on that node only."""
    set_up_django()
    from roamline.rooms.parameters import activation
    from roamline.rooms.parameters.rules import SERVICES

    if options.deed == "list":
        for each in activation.states(options.node):
            _show(each)
        return 0
    if options.service not in SERVICES:
        print(_("Give one of: %s.") % ", ".join(SERVICES), file=sys.stderr)
        return 2
    try:
        changed = activation.change(
            options.service, options.deed, actor=getpass.getuser(), way=WAY, source="", now=datetime.now(UTC),
            node=options.node,
        )  # fmt: skip
    except activation.NotActivated as refusal:
        print(worded(refusal), file=sys.stderr)
        return 1
    _show(changed)
    return 0


def _show(state: object) -> None:
    from roamline.rooms.parameters.activation import State

    if isinstance(state, State):
        is_running = padded(_("running") if state.running else _("stopped"), 8)
        is_activated = padded(_("activated") if state.activated else _("deactivated"), 12)
        since = _("since %s UTC") % f"{state.since:%Y-%m-%d %H:%M:%S}" if state.since else ""
        print(f"{state.node:<12} {state.service:<38} {is_activated} {is_running} {since}".rstrip())


def _unlock_arguments(parser: argparse.ArgumentParser) -> None:
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--user", metavar="ID", help=_("clear this user's lock and count of wrong PINs"))
    whom.add_argument("--source", metavar="ADDRESS", help=_("forget the wrong PINs that came from this address"))


def unlock(options: argparse.Namespace) -> int:
    """End a lock-out."""
    set_up_django()
    from roamline.rooms.directory import service as directory
    from roamline.rooms.directory.models import Account

    actor, now = getpass.getuser(), datetime.now(UTC)
    if options.source:
        had_any = directory.release_source(options.source, actor=actor, now=now)
        print((_("%s is released") if had_any else _("%s is not held back")) % options.source)
        return 0
    account = Account.objects.filter(user_id=options.user).first()
    if account is None:
        print(_("no user has the id %s") % options.user, file=sys.stderr)
        return 1
    directory.unlock(account, actor=actor, now=now)
    print(_("%s is unlocked") % account.user_id)
    return 0


COMMANDS = (
    Command(
        "service",
        gettext_noop("list services, or activate, stop or restart one on a node"),
        service,
        _service_arguments,
    ),
    Command("unlock", gettext_noop("end the lock-out of a user or an address"), unlock, _unlock_arguments),
)
