"""``/assistant/AssistantServlet``: a manager's switches, and what an assistant sees of managers (EM-37)."""

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
from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.rooms.features.service import assistants
from roamline.rooms.features.service.assistants import DIVERT, DO_NOT_DISTURB, FILTER, Manager
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.rules.log_in import PhoneFacts


@csrf_exempt  # phones keep no cookies: there is no session to ride on
@require_http_methods(["GET", "POST"])
def assistant(request: HttpRequest) -> HttpResponse:
    """Answer a phone with the next screen; ``HEAD`` is refused with 405 and changes nothing (S-2)."""
    return answering.answer(request, _screen)


def _screen(asked: Asked, _phone: PhoneFacts | None, now: datetime) -> Screen:
    asker = features.asker_of(asked)
    shown = asker if isinstance(asker, Refused) else _do(asked, asker, now)
    return features.refusal(shown, _url(asked)) if isinstance(shown, Refused) else shown


@mobility.as_database_error
def _do(asked: Asked, asker: Asker, now: datetime) -> Screen | Refused:
    account_id = asker.at.account_id
    if account_id is None:
        return features.text(_("Assistant"), _("Log in first: this service is for managers and their assistants."))
    own, others = assistants.manager_of(asker.at.profile_id), assistants.managers_of(account_id)
    if asked.do:
        refused = _switch(asked, asker, account_id, own, others, now)
        if refused:
            return refused
        own, others = assistants.manager_of(asker.at.profile_id), assistants.managers_of(account_id)
    chosen = next((each for each in others if str(each.profile_id) == asked.of), None)
    return _assisted(chosen, asked) if chosen else _all(own, others, asked)


def _switch(
    asked: Asked, asker: Asker, account_id: int, own: Manager | None, others: list[Manager], now: datetime
) -> Refused | None:
    """Do what a menu item asks: ``divert.on``, ``dnd.off``. It names the state, so that asking twice is the same."""
    which, _dot, to = asked.do.partition(".")
    manager = next((each for each in others if str(each.profile_id) == asked.of), own if not asked.of else None)
    if manager is None or which not in {DIVERT, FILTER, DO_NOT_DISTURB} or to not in {"on", "off"}:
        return Refused(Error.UNKNOWN_ERROR, "no such switch")
    if not assistants.may_switch(account_id, manager.profile_id, which):
        return Refused(Error.LACKS_PROXY_RIGHTS, "that switch is the manager's")
    assistants.switch(manager.profile_id, which, to == "on", author=asker.author, device=asker.at.device, now=now)
    return None


def _all(own: Manager | None, others: list[Manager], asked: Asked) -> Screen:
    if own is None and not others:
        words = _("No assistant is named in your device profile, and you are nobody's assistant.")
        return features.text(_("Assistant"), words)
    items = [_item(own, which, "", asked) for which in (DIVERT, FILTER, DO_NOT_DISTURB)] if own else []
    items += [(_state(each), _url(asked, of=str(each.profile_id))) for each in others]
    named = ", ".join(own.assistants) if own else ""
    prompt = _("Your assistants: %(names)s") % {"names": named} if own else _("The managers whom you assist")
    return features.menu(_("Assistant"), prompt, items)


def _assisted(manager: Manager, asked: Asked) -> Screen:
    """What an assistant sees of a manager, with the one switch that is theirs."""
    words = "\n".join((
        manager.name,
        _line(manager, DIVERT), _line(manager, FILTER), _line(manager, DO_NOT_DISTURB),
    ))  # fmt: skip
    to = "off" if manager.divert_all else "on"
    name = _("Divert") if to == "on" else _("No divert")
    switch = (name, _url(asked, do=f"{DIVERT}.{to}", of=str(manager.profile_id)))
    return features.text(_("Assistant"), words, switch, (_("Back"), _url(asked)))


def _item(manager: Manager, which: str, of: str, asked: Asked) -> tuple[str, str]:
    to = "off" if manager.is_on(which) else "on"
    return _line(manager, which), _url(asked, do=f"{which}.{to}", **({"of": of} if of else {}))


def _line(manager: Manager, which: str) -> str:
    texts = {
        DIVERT: (_("Divert all calls: on"), _("Divert all calls: off")),
        FILTER: (_("Call filter: on"), _("Call filter: off")),
        DO_NOT_DISTURB: (_("Do not disturb: on"), _("Do not disturb: off")),
    }
    return texts[which][0 if manager.is_on(which) else 1]


def _state(manager: Manager) -> str:
    """A manager in a list, with what an assistant wants to know at a glance."""
    marks = [_("diverts")] if manager.divert_all else []
    marks += [_("do not disturb")] if manager.do_not_disturb else []
    return f"{manager.name} ({', '.join(marks)})" if marks else manager.name


def _url(asked: Asked, **parameters: str) -> str:
    return screens.feature_url(asked.base_url, screens.ASSISTANT_SERVICE, asked.device, **parameters)
