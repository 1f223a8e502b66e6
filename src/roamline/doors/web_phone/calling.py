"""How the page registers as the phone: told over the paired connection only, never in the page itself (WP-1).

What it is told is the digest's HA1, which a REGISTER and a call need, and never the secret that it is made from; every
log-in and log-out makes it worthless.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from roamline.doors.web_phone.library import has_library
from roamline.platform import certificate
from roamline.rooms.emcc import settings as emcc
from roamline.rooms.emcc import visits
from roamline.rooms.emcc.shown import Credentials
from roamline.rooms.mobility.configuration import effective_configuration_of
from roamline.rooms.mobility.rules.effective import EffectiveConfiguration
from roamline.rooms.phones import addressing, secrets
from roamline.rooms.phones.models import Phone

Json = dict[str, Any]


def is_possible() -> bool:
    """Whether web phones carry calls on this node at all."""
    return bool(settings.CONFIG["call_control.enabled"]) and has_library()


def server_of(request: HttpRequest) -> str:
    """Where a page opens SIP over WebSocket: as configured, else on this node; secured where the page is."""
    given = str(settings.CONFIG["call_control.websocket_url"])
    if given:
        return given
    host = addressing.bracketed(addressing.own_host(addressing.BOTH))
    if request.is_secure() and certificate.configured(settings.CONFIG):
        return f"wss://{host}:{settings.CONFIG['call_control.tls_port']}"
    return f"ws://{host}:{settings.CONFIG['call_control.websocket_port']}"


def account_of(request: HttpRequest, phone: Phone) -> Json | None:
    """As what the page registers, and on which lines; None where web phones carry no calls."""
    if not is_possible():
        return None
    visited = visits.content_of(phone)
    effective = visited[0] if visited else effective_configuration_of(phone)
    device, version = effective.phone.device, effective.phone.version
    here = {"server": server_of(request), "realm": secrets.realm(), "user": device,
            "ha1": secrets.ha1_of(device, version)}  # fmt: skip
    return {
        **(_elsewhere(request, visited[1]) if visited else here),
        "version": version,
        "lines": _lines(effective),
        "watched": [button.number for button in effective.buttons if button.kind == "blf" and button.number],
        "is_silent": effective.dnd and effective.dnd_option != "reject",
        "do_not_disturb": {deed: settings.CONFIG[f"call_control.do_not_disturb_{deed}"] for deed in ("on", "off")},
    }


def _elsewhere(request: HttpRequest, there: Credentials) -> Json:
    """As what the page registers in another cluster (RO-30): the first of its servers."""
    place = there.places[0]
    way = f"wss://{place.host}:{place.tls_port}" if request.is_secure() else f"ws://{place.host}:{place.ws_port}"
    return {"server": way, "realm": there.realm, "user": there.auth_user, "ha1": there.ha1}


def servers_elsewhere() -> list[str]:
    """Where else a page may open SIP over WebSocket: call control of the clusters whose users may log in here."""
    if not emcc.profile().emcc_active:
        return []
    hosts = sorted({each.host for each in emcc.enabled_clusters() if each.host})
    return [f"{scheme}://{host}:*" for host in hosts for scheme in ("ws", "wss")]


def _lines(effective: EffectiveConfiguration) -> list[Json]:
    return [
        {"number": line.number, "name": line.display_name, "is_intercom": line.is_intercom, "ring": line.ring_setting}
        for line in effective.lines
    ]
