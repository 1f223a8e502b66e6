"""``/emapp/EMAppServlet``: the Extension Mobility application on a phone's Services key (EM-20, EM-21, EM-34)."""

from __future__ import annotations

import re
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from roamline.doors.phone_screens import asking, screens, tickets
from roamline.doors.phone_screens.asking import Asked
from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.secret import Secret
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.rules.log_in import LOGIN_TYPES, PhoneFacts
from roamline.rooms.mobility.service import By, ChooseProfile, LoggedIn, LogIn, LogsOutAfterCall, Way
from roamline.wires import phone_xml
from roamline.wires.phone_xml import Input, Menu, Text

Screen = Text | Input | Menu

_DEVICE_NAME = re.compile(r"[A-Za-z0-9._-]{1,128}")


@csrf_exempt  # phones keep no cookies: there is no session to ride on
@require_http_methods(["GET", "POST"])
def em_app(request: HttpRequest) -> HttpResponse:
    """Answer a phone with the next screen; always HTTP 200 once the request is understood.

    ``HEAD`` is refused with 405: it must never log anybody in, nor tell a right PIN from a wrong one (S-2).
    """
    asked = asking.read(request)
    phone = mobility.phone_facts(asked.device) if asked.device else None
    locale = phone.locale if isinstance(phone, PhoneFacts) else ""
    with translation.override(asking.language_for(locale, asked.accept_language)):
        screen = _screen(asked, phone, timezone.now())
        response = HttpResponse(phone_xml.render(screen), content_type=phone_xml.CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))  # simple clients do not read chunked answers
    return response


def _screen(asked: Asked, phone: PhoneFacts | Refused | None, now: datetime) -> Screen:
    url = _own_url(asked)
    if isinstance(phone, Refused):
        return screens.refusal(phone.error, at_log_out=asked.do_logout, retry_url=url)
    if asked.do_logout:
        return _log_out(asked, url, now)
    if asked.ticket is not None:
        return _log_in_with_ticket(asked, url, now)
    if asked.opens_the_service:
        return _open(asked, phone, url)
    return _log_in(asked, url, now)


def _own_url(asked: Asked) -> str:
    """The address of this service for this phone: of what was asked, only what can be right goes back into a link."""
    device = {"device": asked.device} if _DEVICE_NAME.fullmatch(asked.device) else {}
    login_type = {"loginType": asked.login_type} if asked.login_type in LOGIN_TYPES[1:] else {}
    return screens.service_url(asked.base_url, **device, **login_type)


def _open(asked: Asked, phone: PhoneFacts | None, url: str) -> Screen:
    error = _refusal_at_opening(asked, phone)
    if error:
        return screens.refusal(error, at_log_out=False, retry_url=url)
    if phone and phone.taken_by:
        return screens.ask_to_log_out(url, phone.taken_by)
    return screens.log_in_form(url, asked.login_type)


def _refusal_at_opening(asked: Asked, phone: PhoneFacts | None) -> Error | None:
    if asked.login_type not in LOGIN_TYPES:
        return Error.LOGIN_TYPE_INVALID
    if not asked.device:
        return Error.DEVICE_NAME_EMPTY
    if phone is None:
        return Error.DEVICE_DOES_NOT_EXIST
    if not phone.taken_by and (phone.protected or not phone.em_enabled):
        return Error.EM_NOT_ENABLED
    return None


def _log_in(asked: Asked, url: str, now: datetime) -> Screen:
    request = LogIn(
        device=asked.device,
        identifier=asked.identifier or "",
        pin=asked.pin or Secret(""),
        login_type=asked.login_type,
        profile=asked.profile,
    )
    outcome = mobility.log_in(request, By(request.identifier, Way.PHONE, asked.source), now, may_choose=True)
    return _after_log_in(outcome, asked, url, now)


@mobility.as_database_error
def _redeem(asked: Asked, now: datetime) -> tickets.Redeemed | Refused:
    redeemed = tickets.redeem(asked.ticket or "", asked.device, now)
    return redeemed or Refused(Error.AUTHENTICATION_ERROR, "the ticket is false, too old or void")


@mobility.as_database_error
def _issue(outcome: ChooseProfile, asked: Asked, now: datetime) -> tuple[str, ...] | Refused:
    return tickets.issue(outcome.user_id, asked.device, outcome.profiles, now)


def _log_in_with_ticket(asked: Asked, url: str, now: datetime) -> Screen:
    redeemed = _redeem(asked, now)
    if isinstance(redeemed, Refused):
        return screens.refusal(redeemed.error, at_log_out=False, retry_url=url)
    request = LogIn(device=asked.device, identifier=redeemed.user_id, pin=None, profile=redeemed.profile)
    outcome = mobility.log_in(request, By(redeemed.user_id, Way.PHONE, asked.source), now)
    return _after_log_in(outcome, asked, url, now)


def _after_log_in(outcome: LoggedIn | ChooseProfile | Refused, asked: Asked, url: str, now: datetime) -> Screen:
    if isinstance(outcome, Refused):
        return screens.refusal(outcome.error, at_log_out=False, retry_url=url)
    if isinstance(outcome, ChooseProfile):
        issued = _issue(outcome, asked, now)
        if isinstance(issued, Refused):
            return screens.refusal(issued.error, at_log_out=False, retry_url=url)
        return screens.profile_menu(url, outcome.profiles, issued)
    return screens.logged_in(outcome.user_id)


def _log_out(asked: Asked, url: str, now: datetime) -> Screen:
    outcome = mobility.log_out(asked.device, By("", Way.PHONE, asked.source), now)
    if isinstance(outcome, Refused):
        return screens.refusal(outcome.error, at_log_out=True, retry_url=url)
    if isinstance(outcome, LogsOutAfterCall):
        return screens.logs_out_after_call(outcome.user_id)
    return screens.logged_out(outcome.user_id)
