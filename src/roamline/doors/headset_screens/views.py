"""``/headset?device=…``: what a Cisco phone shows about its headset, and what its user answers (HS-40)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from roamline.doors.headset_screens.rendering import Links, render
from roamline.kernel.secret import Secret
from roamline.rooms.headsets import service as headsets
from roamline.rooms.headsets.screens import PhoneView, view_of
from roamline.rooms.phones import addressing
from roamline.wires import phone_xml

LONGEST_VALUE = 128
SHOWN_ANEW_SECONDS = 10


@csrf_exempt  # phones keep no cookies: there is no session to ride on
@require_http_methods(["GET", "POST"])
def headset(request: HttpRequest) -> HttpResponse:
    """Take what the user answered, and show what there is now; 404 for a device that is not here.

    ``screen`` and ``key`` answer a screen, with ``userid``, ``pin`` and ``choose`` (the number of a profile, or
    ``menu`` to choose one); ``menu`` is *Headset setup*. A countdown is shown anew as it runs.
    """
    given = {name: _clean(value) for name, value in {**request.GET.dict(), **request.POST.dict()}.items()}
    device = given.get("device", "")
    before = view_of(device, timezone.now())
    if before is None:
        return HttpResponse(status=404)
    answered = _take(request, device, given, before)
    view = view_of(device, timezone.now()) or before
    links = Links(device, request.is_secure(), addressing.mode_of(device))
    with translation.override(view.language):
        chooses = given.get("choose") == "menu"
        shown = render(view, links, choice=_choice(given, view), chooses=chooses, done=answered)
        response = HttpResponse(phone_xml.render(shown), content_type=phone_xml.CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    if view.screen is not None and view.screen.countdown is not None and not chooses:
        response["Refresh"] = f"{max(1, min(SHOWN_ANEW_SECONDS, view.screen.countdown.seconds))}; url={links.to()}"
    return response


def _take(request: HttpRequest, device: str, given: dict[str, str], view: PhoneView) -> bool:
    source, now = str(request.META.get("REMOTE_ADDR", "")), timezone.now()
    if given.get("menu") == "associate_headset":
        return headsets.menu_chosen(device, source=source, now=now, is_answered=True)
    if not given.get("key"):
        return False
    answer = headsets.Input(
        given.get("screen", ""), given["key"], given.get("userid", ""), Secret(given.get("pin", "")),
        _profile(given, view),
    )  # fmt: skip
    return headsets.take_input(device, answer, source=source, now=now, is_answered=True)


def _choice(given: dict[str, str], view: PhoneView) -> int | None:
    number = given.get("choose", "")
    is_about_it = view.screen is not None and given.get("screen") == view.screen.id
    return int(number) if is_about_it and number.isascii() and number.isdigit() and len(number) < 4 else None


def _profile(given: dict[str, str], view: PhoneView) -> str:
    number = _choice(given, view)
    fields = view.screen.fields if view.screen else ()
    choices = next((field.choices for field in fields if field.kind == "choice"), ())
    return choices[number].value if number is not None and number < len(choices) else ""


def _clean(text: str) -> str:
    cut = text[:LONGEST_VALUE].strip(" ")
    return cut if cut.isprintable() else ""
