"""``/callback/CallBackServlet``: ask to be called back, see what was asked, cancel it (EM-34)."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from roamline.doors.phone_screens import answering, features, screens
from roamline.doors.phone_screens.answering import Screen
from roamline.doors.phone_screens.asking import Asked
from roamline.doors.phone_screens.features import Asker
from roamline.kernel.outcome import Refused
from roamline.rooms.features.models import CallBack
from roamline.rooms.features.service import call_backs
from roamline.rooms.features.service.call_backs import NoCallBack
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.rules.log_in import PhoneFacts


@csrf_exempt  # phones keep no cookies: there is no session to ride on
@require_http_methods(["GET", "POST"])
def call_back(request: HttpRequest) -> HttpResponse:
    """Answer a phone with the next screen; ``HEAD`` is refused with 405 and changes nothing (S-2)."""
    return answering.answer(request, _screen)


def _screen(asked: Asked, _phone: PhoneFacts | None, now: datetime) -> Screen:
    asker = features.asker_of(asked)
    shown = asker if isinstance(asker, Refused) else _do(asked, asker, now)
    return features.refusal(shown, _url(asked)) if isinstance(shown, Refused) else shown


@mobility.as_database_error
def _do(asked: Asked, asker: Asker, now: datetime) -> Screen:
    chosen = next((each for each in call_backs.active_on(asker.at.phone_id) if str(each.pk) == asked.of), None)
    if asked.do == "ask":
        return _asked(call_backs.ask(asker.at, author=asker.author, now=now), asked)
    if asked.do == "cancel":
        if chosen is not None:
            call_backs.cancel(chosen, author=asker.author, now=now)
        return features.text(_("Call back"), _("The call back is cancelled."), (_("Back"), _url(asked)))
    return _one(chosen, asked) if chosen is not None else _list(asked, asker, now)


def _asked(outcome: CallBack | NoCallBack, asked: Asked) -> Screen:
    if isinstance(outcome, CallBack):
        words = _("You will be called when %(number)s is free.") % {"number": outcome.number.pattern}
    elif outcome is NoCallBack.TOO_MANY:
        words = _("Too many call backs wait already. Cancel one first.")
    else:
        words = _("There is no unanswered call.")
    return features.text(_("Call back"), words, (_("Back"), _url(asked)))


def _list(asked: Asked, asker: Asker, now: datetime) -> Screen:
    unanswered = call_backs.unanswered(asker.at, now)
    items = []
    if unanswered is not None:
        name = _("Call me when %(number)s is free") % {"number": unanswered.number.pattern}
        items.append((name, _url(asked, do="ask")))
    active = call_backs.active_on(asker.at.phone_id)
    items += [(_waits(each), _url(asked, of=str(each.pk))) for each in active]
    if not items:
        words = _("When somebody is busy or does not answer, you can ask here to be called when they are free.")
        return features.text(_("Call back"), words)
    prompt = _("Waiting: %(count)d") % {"count": len(active)} if active else _("Your last call was not answered")
    return features.menu(_("Call back"), prompt, items)


def _one(call_back: CallBack, asked: Asked) -> Screen:
    words = _("%(waits)s. You are called when it is free.") % {"waits": _waits(call_back)}
    cancel = (_("Cancel it"), _url(asked, do="cancel", of=str(call_back.pk)))
    return features.text(_("Call back"), words, cancel, (_("Back"), _url(asked)))


def _waits(call_back: CallBack) -> str:
    """One call back in words."""
    words = _("%(number)s was busy") if call_back.waits_for == CallBack.IDLE else _("%(number)s did not answer")
    return words % {"number": call_back.number.pattern}


def _url(asked: Asked, **parameters: str) -> str:
    return screens.feature_url(asked.base_url, screens.CALL_BACK_SERVICE, asked.device, **parameters)
