"""What a web phone is right now, as the page reads it: its effective configuration, without any secret."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from roamline.doors.web_phone import calling, wording
from roamline.doors.web_phone.links import Links
from roamline.rooms.emcc import features, visits
from roamline.rooms.mobility.rules.effective import ButtonFacts, EffectiveConfiguration, LineFacts
from roamline.rooms.phones.models import Phone

Json = dict[str, Any]


def links_of(phone: Phone, effective: EffectiveConfiguration) -> Links:
    """The links that a phone may have: to its services, on its list and on its keys."""
    across = calling.is_possible() and features.does_support(phone.model)
    urls = [url for service in effective.services for url in (service.url, service.secure_url)]
    return Links(effective.phone.device, [*urls, *(button.url for button in effective.buttons)], across=across)


def language_of(phone: Phone, effective: EffectiveConfiguration) -> str:
    """Django's language for a phone: its profile's, its user's or its own; without any what the browser asked for."""
    locale = (
        (effective.locale if phone.visitor else phone.current_profile.user_locale)
        or effective.phone.user_locale
        or effective.phone.own_locale
    )
    return wording.language_for(locale)


def state_of(phone: Phone) -> Json:
    """Everything that the page shows but the screens of services; the same for the same configuration."""
    effective = visits.runs(phone)
    language = language_of(phone, effective)
    with translation.override(language):
        words = wording.words()
    facts, links = effective.phone, links_of(phone, effective)
    return {
        "device": facts.device,
        "description": facts.description,
        "model": facts.model,
        "profile": effective.profile,
        "version": facts.version,
        "history_version": facts.history_version,
        "carries_calls": calling.is_possible(),
        "time_zone": facts.time_zone,
        "language": wording.TAGS[language],
        "do_not_disturb": effective.dnd,
        "user": {"user_id": facts.user_id, "name": facts.user_name or facts.user_id} if facts.user_id else None,
        "key_count": facts.keys,
        "keys": [*map(_line, effective.lines), *(_button(button, links) for button in effective.buttons)],
        "services": [{"label": s.name, "link": links.seal(s.url or s.secure_url)} for s in effective.services],
        "words": words,
    }


def _line(line: LineFacts) -> Json:
    return {
        "position": line.button,
        "kind": "line",
        "index": line.index,
        "label": line.label,
        "number": line.number,
        "name": line.display_name,
        "link": None,
    }


def _button(button: ButtonFacts, links: Links) -> Json:
    return {
        "position": button.position,
        "kind": button.kind,
        "index": 0,
        "label": button.label or button.service or button.number,
        "number": button.number,
        "name": "",
        "link": links.seal(button.url) if button.kind == "service" and button.url else None,
    }
