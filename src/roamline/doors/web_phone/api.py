"""What the page asks of its own origin. The phone's identity is the server's knowledge: no token reaches the page.

Every answer is JSON: 403 when the browser is not paired with the phone, 400 for what the page cannot have sent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_POST

from roamline.doors.web_phone import asking, headsets, pairing, screens, services, state
from roamline.doors.web_phone.asking import HeadsetReport, InputReport, Misunderstood, Opening, Reports
from roamline.rooms.emcc import visits
from roamline.rooms.phones.models import Phone

log = structlog.get_logger(__name__)

Answer = Callable[[HttpRequest, Phone, datetime], dict[str, Any]]


def _of_a_paired_phone(answer: Answer) -> Callable[[HttpRequest, str], HttpResponse]:
    @require_POST
    @wraps(answer)
    def view(request: HttpRequest, device: str) -> HttpResponse:
        phone = pairing.paired_phone(request, device)
        if phone is None:
            return JsonResponse({"detail": "not paired"}, status=403)
        try:
            found, status = answer(request, phone, timezone.now()), 200
        except Misunderstood as error:
            found, status = {"detail": str(error)}, 400
        return JsonResponse(found, status=status, headers={"Cache-Control": "no-store"})

    return view


@_of_a_paired_phone
def open_link(request: HttpRequest, phone: Phone, _now: datetime) -> dict[str, Any]:
    """``POST …/open``: the next screen of a phone service, as ``{"screen": …}``; null closes the services."""
    opening = asking.read(request, Opening)
    effective = visits.runs(phone)
    links, language = state.links_of(phone, effective), state.language_of(phone, effective)
    target = links.open(opening.link)
    if target is None:
        raise Misunderstood("link: it is not one of this phone's")
    with translation.override(language):
        try:
            screen = services.open_screen(links, target, opening.typed(), language)
        except services.ServiceError as error:
            log.warning("a phone service failed", device=phone.name, path=target.path, reason=str(error))
            return {"screen": screens.failure(None if opening.fields else opening.link)}
        return {"screen": screens.as_json(screen, links) if screen else None}


@_of_a_paired_phone
def take_reports(request: HttpRequest, phone: Phone, now: datetime) -> dict[str, Any]:
    """``POST …/events``: what happened on the page, as the device API has it; simulated headsets on demo sites only."""
    reports = asking.read(request, Reports).events
    simulated = [each for each in reports if isinstance(each, HeadsetReport) and each.source == "simulated"]
    if simulated and not headsets.are_simulated_ones_allowed():
        raise Misunderstood("source: headsets are simulated on demo sites only")
    for each in reports:
        headsets.take(phone, each, _source(request), now)
    return {}


@_of_a_paired_phone
def take_input(request: HttpRequest, phone: Phone, now: datetime) -> dict[str, Any]:
    """``POST …/input``: a soft key on a screen of the headset engine; the screen that follows, or null."""
    headsets.take_input(phone, asking.read(request, InputReport), _source(request), now)
    return {"screen": headsets.screen_of(phone.name, timezone.now())}


def _source(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
