"""``roamline administrator``: make an administrator, or give one a new password when nobody can sign in any more."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from datetime import UTC, datetime
from gettext import gettext as _

from roamline.kernel.secret import Secret
from roamline.kernel.wording import gettext_noop
from roamline.processes.commands.command import Command, set_up_django

GROUP = "Standard CCM Super Users"
SHORTEST, LONGEST = 8, 128


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("user", metavar="ID", help=_("the administrator's id, such as admin"))
    parser.add_argument("--password-stdin", action="store_true", help=_("read the password from standard input"))
    parser.add_argument("--random", action="store_true", help=_("make a random password and print it once"))


def administrator(options: argparse.Namespace) -> int:
    """Create the account, or set its password and end its lock-out; it is in the super users' group afterwards."""
    password = _password(options)
    if password is None:
        return 2
    set_up_django()
    from django.core.exceptions import ValidationError

    try:
        was_there = _give(options.user, password, getpass.getuser(), datetime.now(UTC))
    except ValidationError as objection:
        print(f"roamline: {'; '.join(objection.messages)}", file=sys.stderr)
        return 2
    said = _("%(user)s has a new password") if was_there else _("%(user)s is an administrator now")
    print(said % {"user": options.user})
    if options.random:
        print(_("Password (shown this once): %s") % password.reveal())
    return 0


def _give(user_id: str, password: Secret, actor: str, now: datetime) -> bool:
    """In one transaction: the account with that password, in the group; whether there was one before."""
    from django.db import transaction

    from roamline.rooms.directory import service as directory
    from roamline.rooms.directory.models import AccessControlGroup, Account

    with transaction.atomic():
        account = Account.objects.filter(user_id=user_id).first()
        was_there = account is not None
        if account is None:
            account = directory.add_account(
                user_id=user_id, kind=Account.APPLICATION, password=password, actor=actor, now=now
            )
        else:
            directory.set_password(account, password, actor=actor, now=now)
        directory.join_group(account, AccessControlGroup.objects.get(name=GROUP), actor=actor, now=now)
    return was_there


def _password(options: argparse.Namespace) -> Secret | None:
    """The password from where the options say; None, and a word on stderr, when it cannot be taken."""
    if options.random:
        return Secret(secrets.token_urlsafe(12))
    if options.password_stdin:
        given = sys.stdin.readline(LONGEST + 2).rstrip("\r\n")
    else:
        given = getpass.getpass(_("Password: "))
        if getpass.getpass(_("Password, again: ")) != given:
            print("roamline:", _("the two are not the same"), file=sys.stderr)
            return None
    if not SHORTEST <= len(given) <= LONGEST:
        said = _("a password has %(least)s to %(most)s characters") % {"least": SHORTEST, "most": LONGEST}
        print("roamline:", said, file=sys.stderr)
        return None
    return Secret(given)


COMMAND = Command(
    "administrator", gettext_noop("make an administrator, or give one a new password"), administrator, _arguments
)
