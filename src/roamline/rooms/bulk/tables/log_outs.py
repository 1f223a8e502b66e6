"""Log-outs as a table: a phone or a user in each row (BL-1). Each is a log-out by an administrator, by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from roamline.kernel.outcome import Refused
from roamline.kernel.wording import gettext_noop as _
from roamline.platform.tables import Row
from roamline.rooms.bulk.terms import RowRefused, Table
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.changes import Author
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, Way
from roamline.rooms.phones.models import Phone

COLUMNS = ("user_id", "device")
LOG_OUT = "log out"


def key_of(row: Row) -> str:
    """The phone or the user."""
    return row["device"] or row["user_id"]


def check(row: Row) -> bool:
    """Whether anybody would be logged out; RowRefused for a row that names nobody, or both."""
    if bool(row["device"]) == bool(row["user_id"]):
        raise RowRefused(_("give a user_id or a device, one of them"))
    open_ones = LoginSession.objects.filter(ended_at__isnull=True)
    if row["device"]:
        if not Phone.objects.filter(folded_name=row["device"].lower()).exists():
            raise RowRefused(_("there is no such phone"))
        return open_ones.filter(phone__folded_name=row["device"].lower()).exists()
    if not Account.objects.filter(user_id=row["user_id"]).exists():
        raise RowRefused(_("there is no such user"))
    return open_ones.filter(account__user_id=row["user_id"]).exists()


def do(row: Row, _action: str, _prepared: Any, author: Author, now: datetime) -> bool:
    """Log out whoever is on the phone, or the user everywhere; a call that is up goes on, and the log-out waits."""
    if not check(row):
        return False
    by = By(author.name, Way(author.way), author.source)
    if row["device"]:
        outcome: object = mobility.log_out(row["device"], by, now)
    else:
        outcome = mobility.log_out_user(row["user_id"], by, now)
    if isinstance(outcome, Refused):
        raise RowRefused(outcome.reason)
    return True


TABLE = Table("log_outs", COLUMNS, frozenset(), (LOG_OUT,), key_of, do, check=check)
