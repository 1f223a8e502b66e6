"""A code that a phone shows lets whoever reads it there log in on that phone from self-care (EM-36).

Our own design. A code is good once and for two minutes; a phone has one at a time, and the database keeps its hash
only. It stands for being in front of the phone, not for the person: that is the self-care session's part.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.db import transaction

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.mobility.models import LogInCode
from roamline.rooms.mobility.rules.log_in import PhoneFacts
from roamline.rooms.mobility.rules.sources import plain_address
from roamline.rooms.mobility.service.common import as_database_error, audit_refusal
from roamline.rooms.mobility.service.log_in import log_in
from roamline.rooms.mobility.service.sources import objection_to_source
from roamline.rooms.mobility.service.terms import By, ChooseProfile, LoggedIn, LogIn
from roamline.rooms.parameters import service as parameters
from roamline.rooms.phones import addresses

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What is told apart on every screen: no 0 and O, no 1, I and L."""
LENGTH = 8
GOOD_FOR = timedelta(minutes=2)
LONGEST_TYPED = 32

UNKNOWN_CODE = Refused(Error.AUTHENTICATION_ERROR, _("The code is wrong, used, or older than two minutes"))


@as_database_error
@transaction.atomic
def issue_code(phone: PhoneFacts, by: By, now: datetime) -> str | Refused:
    """A fresh code for a phone, in place of an earlier one, as ``ABCD-EFGH``; old codes of other phones go.

    Refused with 30 or 28 where the request may not come from where it does, and with 28 when it comes from elsewhere
    than the phone registered from: then it is not that very phone that would show the code. This machine itself is
    believed: it asks for its web phones.
    """
    refused = objection_to_source(by, parameters.now_in_force())
    if refused:
        return refused
    if not _is_at(phone.name, plain_address(by.source)):
        return Refused(Error.UNTRUSTED_IP, _("The phone registered from another address"))
    code = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    LogInCode.objects.filter(expires_at__lte=now).delete()
    LogInCode.objects.update_or_create(
        phone_id=phone.id, defaults={"code_hash": _hash(code), "expires_at": now + GOOD_FOR}
    )
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def log_in_with_code(
    user_id: str, typed: str, by: By, now: datetime, *, profile: str | None = None
) -> LoggedIn | ChooseProfile | Refused:
    """Log a user in on the phone whose code was typed; the code is used up, whatever comes of it.

    Every condition of a log-in counts but the PIN: the user has shown who they are. Refused with 201 for a code that
    is no phone's now.
    """
    device = _redeem(typed, now)
    if isinstance(device, Refused):
        audit_refusal("em.login", "", user_id, device, by, now)
        return device
    return log_in(LogIn(device, user_id, None, profile=profile, as_oneself=True), by, now)


def _is_at(device: str, source: str) -> bool:
    known = addresses.address_of(device)
    return not known or source == known or (source != "" and ip_address(source).is_loopback)


@as_database_error
@transaction.atomic
def _redeem(typed: str, now: datetime) -> str | Refused:
    found = LogInCode.objects.select_for_update(of=("self",)).select_related("phone")
    code = found.filter(code_hash=_hash(_plain(typed)), expires_at__gt=now).first()
    if code is None:
        return UNKNOWN_CODE
    device: str = code.phone.name
    code.delete()
    return device


def _plain(typed: str) -> str:
    """A code as it was made: people type small letters, blanks and dashes."""
    return "".join(each for each in typed[:LONGEST_TYPED].upper() if each in ALPHABET)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
