"""``/emapp/EMAppServlet``: the Extension Mobility application on a phone's Services key (EM-20, EM-21, EM-34)."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from roamline.doors.phone_screens import answering, guessing, logging_in, screens
from roamline.doors.phone_screens.answering import Screen
from roamline.doors.phone_screens.asking import Asked
from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.rules.log_in import LOGIN_TYPES, PhoneFacts
from roamline.rooms.mobility.service import LogsOutAfterCall
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.rules import ALPHANUMERIC_USER_ID, REMEMBER_LAST_USER

CODE = "code"


@csrf_exempt  # phones keep no cookies: there is no session to ride on
@guessing.costs_a_check
@require_http_methods(["GET", "POST"])
def em_app(request: HttpRequest) -> HttpResponse:
    """Answer a phone with the next screen; HTTP 200 unless the service is stopped on this node.

    ``HEAD`` is refused with 405: it must never log anybody in, nor tell a right PIN from a wrong one (S-2). With a PIN
    it costs what every guess costs.
    """
    return answering.answer(request, _screen)


def _screen(asked: Asked, phone: PhoneFacts | None, now: datetime) -> Screen:
    if asked.do_logout:
        return _log_out(asked, now)
    if asked.ticket is not None:
        return logging_in.with_ticket(asked, now)
    if asked.opens_the_service:
        return _open(asked, phone, now)
    return logging_in.with_pin(asked, now)


def _open(asked: Asked, phone: PhoneFacts | None, now: datetime) -> Screen:
    refused = _refusal_at_opening(asked, phone)
    if refused:
        return logging_in.refusal(refused, asked)
    if phone and phone.taken_by:
        return screens.ask_to_log_out(logging_in.own_url(asked), phone.taken_by)
    form = _code(asked, phone, now) if phone and asked.do == CODE else _form(asked)
    return logging_in.refusal(form, asked) if isinstance(form, Refused) else form


def _code(asked: Asked, phone: PhoneFacts, now: datetime) -> Screen | Refused:
    """A code to log in with from self-care."""
    who = logging_in.by(asked, "")
    code = who if isinstance(who, Refused) else mobility.issue_code(phone, who, now)
    return code if isinstance(code, Refused) else screens.log_in_code(logging_in.own_url(asked), code)


@mobility.as_database_error
def _refusal_at_opening(asked: Asked, phone: PhoneFacts | None) -> Refused | None:
    if asked.login_type not in LOGIN_TYPES:
        return Refused(Error.LOGIN_TYPE_INVALID)
    if not asked.device:
        return Refused(Error.DEVICE_NAME_EMPTY)
    stopped = mobility.objection_of_service()
    if stopped:
        return stopped
    if phone is None:
        return Refused(Error.DEVICE_DOES_NOT_EXIST)
    if not phone.taken_by and (phone.protected or not phone.em_enabled):
        return Refused(Error.EM_NOT_ENABLED)
    return None


@mobility.as_database_error
def _form(asked: Asked) -> Screen:
    in_force = parameters.now_in_force()
    digits_only = not in_force.is_true(ALPHANUMERIC_USER_ID)
    remembered = ""
    if asked.login_type == "UID" and in_force.is_true(REMEMBER_LAST_USER):
        known = mobility.users_on([asked.device]).get(asked.device.lower())
        remembered = (known.last_user_id if known else None) or ""
    if digits_only and not remembered.isdigit():
        remembered = ""
    return screens.log_in_form(logging_in.own_url(asked), asked.login_type, remembered, digits_only=digits_only)


def _log_out(asked: Asked, now: datetime) -> Screen:
    who = logging_in.by(asked, "")
    outcome = who if isinstance(who, Refused) else mobility.log_out(asked.device, who, now)
    if isinstance(outcome, Refused):
        return screens.refusal(outcome.error, at_log_out=True, retry_url=logging_in.own_url(asked))
    if isinstance(outcome, LogsOutAfterCall):
        return screens.logs_out_after_call(outcome.user_id)
    return screens.logged_out(outcome.user_id)
