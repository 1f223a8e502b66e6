"""What a visited phone shows: the effective configuration at home as plain fields, and back on the visited side."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from roamline.kernel.secret import Secret
from roamline.rooms.mobility.rules.effective import (
    ButtonFacts,
    EffectiveConfiguration,
    LineFacts,
    PhoneContent,
    ServiceFacts,
)
from roamline.rooms.phones.rules import is_extension_mobility
from roamline.wires.emcc.envelope import Malformed
from roamline.wires.emcc.messages import MOST_BUTTONS, MOST_LINES, MOST_SERVICES, Place, Shown

LOCALES = ("en", "zh", "ko")
RINGING = ("default", "disable", "flash", "once", "ring")


@dataclass(frozen=True, slots=True)
class Credentials:
    """As whom a visited phone registers at home, and where."""

    auth_user: str
    secret: Secret
    realm: str
    places: tuple[Place, ...]

    @property
    def ha1(self) -> str:
        """What stands for the secret in digest authentication (RFC 2617)."""
        text = f"{self.auth_user}:{self.realm}:{self.secret.reveal()}"
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def fields_of(effective: EffectiveConfiguration) -> dict[str, Any]:
    """The configuration without what is the phone's own; the way to log out is the visited cluster's."""
    content = asdict(effective)
    del content["phone"], content["dropped"], content["filled"]
    content["user_name"] = effective.phone.user_name or ""
    content["services"] = [each for each in content["services"] if not is_extension_mobility(each["url"])]
    content["buttons"] = [each for each in content["buttons"] if not is_extension_mobility(each["url"])]
    return content


def read(
    fields: dict[str, Any], phone: PhoneContent, own_services: tuple[ServiceFacts, ...]
) -> EffectiveConfiguration:  # fmt: skip
    """The configuration of a visited phone, with the services of its own cluster. Errors: Malformed."""
    shown = Shown(fields)
    locale = shown.text("locale", 8)
    if locale not in LOCALES:
        raise Malformed("the locale is not known")
    services = shown.each("services", MOST_SERVICES, _service)
    buttons = shown.each("buttons", MOST_BUTTONS, _button)
    return EffectiveConfiguration(
        phone=phone,
        profile=shown.text("profile", 128),
        locale=locale,
        dnd=shown.flag("dnd"),
        lines=shown.each("lines", MOST_LINES, _line),
        buttons=tuple(each for each in buttons if each.position <= phone.keys),
        services=(*own_services, *(each for each in services if each.name not in {own.name for own in own_services})),
        dropped=(),
        dnd_option=shown.text("dnd_option", 10),
        voicemail_pilot=shown.text("voicemail_pilot", 25),
        prime_line=shown.flag("prime_line"),
        dnd_alert=shown.text("dnd_alert", 8),
    )


def _line(fields: Shown) -> LineFacts:
    ring = fields.text("ring_setting", 8)
    if ring not in RINGING:
        raise Malformed("a ring setting is not known")
    return LineFacts(
        index=fields.number("index"),
        button=fields.number("button"),
        number=fields.text("number", 25),
        label=fields.text("label", 128),
        display_name=fields.text("display_name", 128),
        ring_setting=ring,
    )


def _button(fields: Shown) -> ButtonFacts:
    return ButtonFacts(
        fields.number("position"), fields.text("kind", 16), fields.text("label", 128), fields.text("number", 25),
        fields.text("service", 32), fields.text("url", 255),
    )  # fmt: skip


def _service(fields: Shown) -> ServiceFacts:
    return ServiceFacts(
        fields.text("name", 32), fields.text("url", 255), fields.text("secure_url", 255), fields.text("category", 12)
    )
