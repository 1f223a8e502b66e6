"""``/changecredential/ChangeCredentialServlet``: users change their PIN on a phone (EM-6).

Opened from the Services key it asks for user id, current PIN and the new PIN twice. A log-in whose PIN must be changed
(code 41) leads here with a ticket in place of the first two, and on into the log-in afterwards.
"""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from roamline.doors.phone_screens import answering, guessing, logging_in, screens, tickets
from roamline.doors.phone_screens.answering import Screen
from roamline.doors.phone_screens.asking import Asked
from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.secret import Secret
from roamline.rooms.directory.pin_change import Asking, Objected, PinChanged, change_pin, set_own_pin
from roamline.rooms.directory.verifiers import VerifierUnusable
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.rules.log_in import PhoneFacts
from roamline.rooms.mobility.service import By

Outcome = PinChanged | Objected | Refused


@csrf_exempt  # phones keep no cookies: there is no session to ride on
@guessing.costs_a_check
@require_http_methods(["GET", "POST"])
def change_credential(request: HttpRequest) -> HttpResponse:
    """Answer a phone with the next screen; ``HEAD`` is refused with 405 and changes nothing (S-2)."""
    return answering.answer(request, _screen)


def _screen(asked: Asked, phone: PhoneFacts | None, now: datetime) -> Screen:
    if not asked.device:
        return _refusal(Refused(Error.DEVICE_NAME_EMPTY), asked)
    if phone is None:
        guessing.in_vain(asked, now)
        return _refusal(Refused(Error.DEVICE_DOES_NOT_EXIST), asked)
    if asked.new_pin is None:
        return screens.change_form(_url(asked), must=asked.ticket is not None)
    who = logging_in.by(asked, asked.identifier or "")
    outcome = who if isinstance(who, Refused) else _change(asked, who, now)
    if isinstance(outcome, Objected):
        return screens.pin_objected(outcome.objections, outcome.policy, _url(asked))
    if isinstance(outcome, Refused):
        return _refusal(outcome, asked)
    return logging_in.after_new_pin(outcome.user_id, asked, now) if asked.ticket is not None else screens.pin_changed()


@mobility.as_database_error
def _change(asked: Asked, who: By, now: datetime) -> Outcome:
    asking = Asking(who.way, who.source, asked.device)
    new, again = asked.new_pin or Secret(""), asked.new_pin_again or Secret("")
    try:
        if asked.ticket is not None:
            account = tickets.redeem_for_change(asked.ticket, asked.device, now)
            if account is None:
                return Refused(Error.AUTHENTICATION_ERROR, "the ticket is false, too old or void")
            return set_own_pin(account, new, again, asking=asking, now=now)
        if not (asked.identifier and asked.pin and new):
            return Refused(Error.BLANK_ID_OR_PIN, "the id or a PIN is empty")
        return change_pin(asked.identifier, asked.pin, new, again, asking=asking, now=now)
    except VerifierUnusable as unusable:
        return Refused(Error.DIRECTORY_SERVER_ERROR, str(unusable))


def _url(asked: Asked) -> str:
    return screens.change_url(asked.base_url, asked.device, asked.login_type, asked.ticket or "")


def _refusal(refused: Refused, asked: Asked) -> Screen:
    # A ticket that is void leads back to the beginning of the log-in.
    back = logging_in.own_url(asked) if asked.ticket is not None else _url(asked)
    return screens.refusal(refused.error, at_log_out=False, retry_url=back)
