"""``roamline service``: which services run on which node (EM-1); ``roamline unlock``: end a lock-out (S-2)."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime

from roamline.processes.commands.command import Command, set_up_django

WAY = "command line"
DEEDS = ("activate", "deactivate", "start", "stop", "restart")


def _service_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("deed", choices=("list", *DEEDS))
    parser.add_argument("service", nargs="?", metavar="NAME", help='such as "Cisco Extension Mobility"')
    parser.add_argument("--node", metavar="NODE", help="the node it is for (default: this one)")


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
        print(f"Give one of: {', '.join(SERVICES)}.", file=sys.stderr)
        return 2
    try:
        changed = activation.change(
            options.service, options.deed, actor=getpass.getuser(), way=WAY, source="", now=datetime.now(UTC),
            node=options.node,
        )  # fmt: skip
    except activation.NotActivated as refusal:
        print(refusal, file=sys.stderr)
        return 1
    _show(changed)
    return 0


def _show(state: object) -> None:
    from roamline.rooms.parameters.activation import State

    if isinstance(state, State):
        is_running = "running" if state.running else "stopped"
        is_activated = "activated" if state.activated else "deactivated"
        since = f"since {state.since:%Y-%m-%d %H:%M:%S} UTC" if state.since else ""
        print(f"{state.node:<12} {state.service:<38} {is_activated:<12} {is_running:<8} {since}".rstrip())


def _unlock_arguments(parser: argparse.ArgumentParser) -> None:
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--user", metavar="ID", help="clear this user's lock and count of wrong PINs")
    whom.add_argument("--source", metavar="ADDRESS", help="forget the wrong PINs that came from this address")


def unlock(options: argparse.Namespace) -> int:
    """End a lock-out."""
    set_up_django()
    from roamline.rooms.directory import service as directory
    from roamline.rooms.directory.models import Account

    actor, now = getpass.getuser(), datetime.now(UTC)
    if options.source:
        had_any = directory.release_source(options.source, actor=actor, now=now)
        print(f"{options.source} is {'released' if had_any else 'not held back'}")
        return 0
    account = Account.objects.filter(user_id=options.user).first()
    if account is None:
        print(f"no user has the id {options.user}", file=sys.stderr)
        return 1
    directory.unlock(account, actor=actor, now=now)
    print(f"{account.user_id} is unlocked")
    return 0


COMMANDS = (
    Command("service", "list services, or activate, stop or restart one on a node", service, _service_arguments),
    Command("unlock", "end the lock-out of a user or an address", unlock, _unlock_arguments),
)
