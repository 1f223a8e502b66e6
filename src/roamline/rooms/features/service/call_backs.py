"""Call back: a caller who met a busy line or no answer is called when the other is free (EM-34).

Theory of operation. Call control reports calls that nobody answered; the last one of each phone can be turned into a
call back. One after *busy* waits until the number's phones are idle; one after *no answer* until one of them was used
again, because an idle phone says nothing about who is there. Then the caller's phone rings, and when it is answered it
calls the other side itself, with its own calling rights.

A call back belongs to the phone that it was asked on. A log-in or log-out there cancels it, in the same transaction.
"""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from django.db import transaction

from roamline.rooms.features import store
from roamline.rooms.features.models import CallBack, UnansweredCall
from roamline.rooms.features.people import AtPhone
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author

MOST_AT_ONE_PHONE = 10
LASTS = timedelta(hours=12)
OFFERED_FOR = timedelta(hours=1)
PAUSE = timedelta(seconds=10)
_BUSY = frozenset({486, 600, 603})
_NO_ANSWER = frozenset({408, 480, 487})


class NoCallBack(enum.Enum):
    """Why there is nothing to call back; the door words it."""

    NOTHING_UNANSWERED = "nothing unanswered"
    TOO_MANY = "too many"


class End(enum.Enum):
    """How the calls of a call back went."""

    CONNECTED = "connected"
    BUSY_AGAIN = "busy again"
    NOT_ANSWERED = "not answered"
    FAILED = "failed"


def call_failed(*, device: str, line: str, number_id: int, status: int, now: datetime) -> None:
    """A phone's call to a directory number was not answered, with this SIP status: a call back may be asked."""
    if status in _BUSY | _NO_ANSWER:
        waits_for = CallBack.IDLE if status in _BUSY else CallBack.USE
        store.note_unanswered(device, line, number_id, waits_for, now)


def phone_was_used(device: str) -> None:
    """A call of a phone is over: whoever is there may be called back."""
    store.used(device)


def unanswered(at: AtPhone, now: datetime) -> UnansweredCall | None:
    """The call that a call back can be asked for on a phone, for an hour; None when there is none, or it is asked."""
    call = UnansweredCall.objects.filter(phone=at.phone_id, at__gt=now - OFFERED_FOR).select_related("number").first()
    asked = call is not None and CallBack.objects.filter(phone=at.phone_id, number=call.number).exists()
    return None if asked else call


@transaction.atomic
def ask(at: AtPhone, *, author: Author, now: datetime) -> CallBack | NoCallBack:
    """Ask to be called when the number of the last unanswered call is free; audited."""
    call = unanswered(at, now)
    if call is None:
        return NoCallBack.NOTHING_UNANSWERED
    if CallBack.objects.filter(phone=at.phone_id).count() >= MOST_AT_ONE_PHONE:
        return NoCallBack.TOO_MANY
    made = CallBack.objects.create(
        phone_id=at.phone_id, account_id=at.account_id, line=call.line, number=call.number, waits_for=call.waits_for,
        asked_at=now, expires_at=now + LASTS,
    )  # fmt: skip
    _record("asked", made, author, now)
    UnansweredCall.objects.filter(pk=call.pk).delete()
    ledger.wake_after_commit()
    return made


def active_on(phone_id: int) -> list[CallBack]:
    """The call backs of a phone, longest waiting first."""
    return list(CallBack.objects.filter(phone=phone_id).select_related("number", "phone", "account"))


def active_of(account_id: int) -> list[CallBack]:
    """The call backs of a user, wherever they were asked, longest waiting first."""
    return list(CallBack.objects.filter(account=account_id).select_related("number", "phone", "account"))


@transaction.atomic
def cancel(call_back: CallBack, *, author: Author, now: datetime) -> bool:
    """Cancel a call back; False when it was over already. One that rings stops ringing. Audited."""
    gone, _rows = CallBack.objects.filter(pk=call_back.pk).delete()
    if gone:
        _record("cancelled", call_back, author, now)
    return gone > 0


def cancel_on_session_change(phone_id: int, now: datetime) -> None:
    """Somebody logs in or out on a phone: what was asked there is over, and what was not answered is forgotten."""
    for call_back in active_on(phone_id):
        cancel(call_back, author=Author(call_back.account.user_id if call_back.account else "", "session"), now=now)
    UnansweredCall.objects.filter(phone=phone_id).delete()


def due(now: datetime, most: int = 50) -> list[store.Due]:
    """The call backs that are to ring as soon as their numbers are free; those that lasted too long end."""
    for expired in CallBack.objects.filter(expires_at__lte=now).select_related("number", "phone", "account")[:most]:
        cancel(expired, author=Author("", "timer"), now=now)
    return store.due(now, most)


def begin(due: store.Due, until: datetime, now: datetime) -> bool:
    """Claim a call back for ringing; False when it is gone, or another node rings it."""
    return store.ring(due.id, until, now)


def is_wanted(due: store.Due) -> bool:
    """Whether a call back was not cancelled meanwhile."""
    return CallBack.objects.filter(pk=due.id).exists()


@transaction.atomic
def over(due: store.Due, how: End, now: datetime) -> None:
    """The calls of a call back are over: it is done, or waits again where the other was busy again. Audited."""
    call_back = CallBack.objects.filter(pk=due.id).select_related("number", "phone", "account").first()
    if call_back is None:
        return
    if how is End.BUSY_AGAIN:
        store.wait_until(due.id, now + PAUSE)
        return
    call_back_id = call_back.pk
    _record(how.value, call_back, Author("", "call back"), now)
    CallBack.objects.filter(pk=call_back_id).delete()


def _record(what: str, call_back: CallBack, author: Author, now: datetime) -> None:
    ledger.record(
        at=now, action=f"call_back.{what.replace(' ', '_')}", actor=author.name, way=author.way, source=author.source,
        user_id=call_back.account.user_id if call_back.account else "", device=call_back.phone.name,
        subject=call_back.number.pattern, details={"waits for": call_back.waits_for},
    )  # fmt: skip
