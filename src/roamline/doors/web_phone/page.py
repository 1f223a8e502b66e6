"""The page itself, and pairing a browser with a phone."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from roamline.doors.web_phone import calling, pairing, state
from roamline.kernel.secret import Secret
from roamline.rooms.phones.models import Phone

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'{server}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(request: HttpRequest, device: str) -> HttpResponse:
    """``GET /phone/<device>``: the phone, or the form that pairs this browser with it."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    phone = pairing.paired_phone(request, device)
    if phone is None:
        return _offer_pairing(request, device)
    if phone.name != device:
        return redirect("web_phone:page", device=phone.name)
    servers = [calling.server_of(request), *calling.servers_elsewhere()] if calling.is_possible() else []
    return _guarded(_phone_page(request, phone), " ".join(servers))


def _phone_page(request: HttpRequest, phone: Phone) -> HttpResponse:
    shown = state.state_of(phone)
    with translation.override(shown["language"].lower()):
        return render(request, "web_phone/phone.html", {"state": shown, "words": shown["words"], "phone": phone})


def _offer_pairing(request: HttpRequest, device: str, *, refused: bool = False) -> HttpResponse:
    administrates = pairing.may_pair(request)
    if (administrates or pairing.is_demo_visitor(request)) and pairing.software_phone(device) is None:
        raise Http404(_("There is no software phone of that name."))
    facts = {"device": device[:128], "administrates": administrates, "refused": refused}
    return _guarded(render(request, "web_phone/pairing.html", facts, status=403 if refused else 200))


@require_POST
def pair(request: HttpRequest, device: str) -> HttpResponse:
    """``POST …/pair``: by the device token, or by the administrator who is logged in."""
    phone = pairing.software_phone(device)
    token = request.POST.get("token", "")
    # An administrator who types a token means the token.
    allowed = pairing.token_is_right(phone, Secret(token)) if token else pairing.may_pair(request)
    if phone is None or not allowed:
        return _offer_pairing(request, device, refused=True)
    response = redirect("web_phone:page", device=phone.name)
    pairing.pair(request, response, phone, timezone.now())
    return response


@require_POST
def unpair(request: HttpRequest, device: str) -> HttpResponse:
    """``POST …/unpair``: this browser is that phone no longer."""
    response = redirect("web_phone:page", device=device)
    phone = pairing.software_phone(device)
    if phone is not None:
        pairing.unpair(response, phone)
    return response


def _guarded(response: HttpResponse, server: str = "") -> HttpResponse:
    response["Content-Security-Policy"] = POLICY.format(server=f" {server}" if server else "")
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    return response
