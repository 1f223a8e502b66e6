"""The effective configuration: what a phone must run right now = f(phone, its current profile); pure.

Everything that talks to phones renders the result: configuration files, the device API, and (as SQL views over the
same tables) call control.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from uuid import NAMESPACE_URL, uuid5

DEFAULT_LOCALE = "en"


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line of a profile; ``default_phone`` restricts an intercom line to one phone."""

    index: int
    button: int
    number: str
    label: str
    display_name: str
    is_intercom: bool = False
    default_phone: str | None = None
    external_mask: str = ""
    ring_setting: str = "default"


@dataclass(frozen=True, slots=True)
class ButtonFacts:
    """A key that is not a line."""

    position: int
    kind: str
    label: str
    number: str = ""
    service: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A phone service as a phone lists it; Cisco phones replace the placeholders in the URL themselves."""

    name: str
    url: str
    secure_url: str
    category: str


@dataclass(frozen=True, slots=True)
class ProfileContent:
    """All of a profile."""

    name: str
    model: str
    locale: str
    dnd: bool
    lines: tuple[LineFacts, ...]
    buttons: tuple[ButtonFacts, ...]
    services: tuple[ServiceFacts, ...]
    dnd_option: str = "reject"
    dnd_alert: str = ""
    voicemail_pilot: str = ""
    prime_line: str = ""


@dataclass(frozen=True, slots=True)
class PhoneContent:
    """All of a phone that does not come from a profile."""

    device: str
    description: str
    model: str
    product_number: int | None
    keys: int
    max_lines: int
    registers_once: bool
    is_software: bool
    own_locale: str
    time_zone: str
    sip_servers: tuple[str, ...]
    version: int
    user_id: str | None = None
    user_name: str | None = None
    user_locale: str = ""
    history_version: int = 0
    expansion_module: str = ""
    expansion_modules: int = 0
    address_mode: str = "ipv4"

    @property
    def clears_history(self) -> bool:
        """Whether taking up this very version clears the phone's call history (EM-27)."""
        return self.history_version == self.version


@dataclass(frozen=True, slots=True)
class EffectiveConfiguration:
    """What a phone must run.

    ``dropped`` names what the profile has and this phone cannot show, ``filled`` what the default device profile of
    the phone's model gave instead (EM-38).
    """

    phone: PhoneContent
    profile: str
    locale: str
    dnd: bool
    lines: tuple[LineFacts, ...]
    buttons: tuple[ButtonFacts, ...]
    services: tuple[ServiceFacts, ...]
    dropped: tuple[str, ...]
    dnd_option: str = "reject"
    voicemail_pilot: str = ""
    filled: tuple[str, ...] = ()
    prime_line: bool = False
    dnd_alert: str = ""

    @property
    def stamp(self) -> str:
        """The same for the same content, whatever the version and the secret: a uuid5 of everything else."""
        content = asdict(self)
        del content["phone"]["version"], content["phone"]["history_version"]
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        return str(uuid5(NAMESPACE_URL, f"roamline:configuration:{digest}"))


def effective_configuration(
    phone: PhoneContent,
    profile: ProfileContent,
    default: ProfileContent | None,
    enterprise_services: tuple[ServiceFacts, ...] = (),
) -> EffectiveConfiguration:
    """Map a profile on to a phone.

    Lines come in order up to the phone's own number of lines, an intercom line only on its default phone (EM-33);
    buttons up to its keys. A profile made for another model takes its missing buttons and services from the default
    device profile of the phone's model (EM-38). Enterprise subscriptions are added to every phone's services (EM-2).
    """
    shown = [line for line in sorted(profile.lines, key=lambda line: line.index) if _shows(line, phone)]
    lines = tuple(line for line in shown if line.index <= phone.max_lines)
    taken = {line.button for line in lines}
    wanted = _buttons_of(profile, default, phone)
    buttons = tuple(b for b in sorted(wanted, key=lambda b: b.position) if b.position <= phone.keys
                    and b.position not in taken)  # fmt: skip
    services = _once(*profile.services, *_default_services(profile, default, phone), *enterprise_services)
    return EffectiveConfiguration(
        phone, profile.name, locale_of(phone, profile), profile.dnd, lines, buttons, services,
        _dropped(shown, lines, wanted, buttons), profile.dnd_option, profile.voicemail_pilot,
        _filled(profile, default, phone, buttons),
        uses_prime_line(profile, default), profile.dnd_alert,
    )  # fmt: skip


def leaving_out(
    effective: EffectiveConfiguration, reachable: Callable[[str], str], sip_servers: tuple[str, ...]
) -> EffectiveConfiguration:
    """The configuration for a phone that reaches some addresses otherwise, or not at all (EM-2).

    ``reachable`` gives a URL as the phone reaches it, empty for one that it cannot: such services are dropped, and such
    keys lead nowhere.
    """
    services = tuple(
        replace(each, url=reachable(each.url), secure_url=reachable(each.secure_url)) for each in effective.services
    )
    lost = [each.name for each in services if not each.url and not each.secure_url]
    return replace(
        effective,
        phone=replace(effective.phone, sip_servers=sip_servers),
        services=tuple(each for each in services if each.name not in lost),
        buttons=tuple(replace(each, url=reachable(each.url)) for each in effective.buttons),
        dropped=(*effective.dropped, *(f"service {name} (no IPv6 address)" for name in lost)),
    )


def locale_of(phone: PhoneContent, profile: ProfileContent) -> str:
    """The profile's locale, else that of the user who is logged in, else the phone's own."""
    return profile.locale or phone.user_locale or phone.own_locale or DEFAULT_LOCALE


def uses_prime_line(profile: ProfileContent, default: ProfileContent | None) -> bool:
    """*Always use prime line* of a profile; where it says *default*, that of the model's default profile (EM-32)."""
    setting = profile.prime_line
    if setting not in {"on", "off"} and default is not None:
        setting = default.prime_line
    return setting == "on"


def _shows(line: LineFacts, phone: PhoneContent) -> bool:
    return not line.is_intercom or line.default_phone == phone.device


def _buttons_of(
    profile: ProfileContent, default: ProfileContent | None, phone: PhoneContent
) -> tuple[ButtonFacts, ...]:
    if default is None or profile.model == phone.model:
        return profile.buttons
    own = {button.position for button in profile.buttons}
    return profile.buttons + tuple(button for button in default.buttons if button.position not in own)


def _default_services(
    profile: ProfileContent, default: ProfileContent | None, phone: PhoneContent
) -> tuple[ServiceFacts, ...]:
    return default.services if default is not None and profile.model != phone.model else ()


def _filled(
    profile: ProfileContent, default: ProfileContent | None, phone: PhoneContent, kept: tuple[ButtonFacts, ...]
) -> tuple[str, ...]:
    own_services = {service.name for service in profile.services}
    services = [each for each in _default_services(profile, default, phone) if each.name not in own_services]
    keys = [button for button in kept if button not in profile.buttons]
    return tuple([f"key {each.position}: {each.label}" for each in keys] + [f"service {s.name}" for s in services])


def _once(*services: ServiceFacts) -> tuple[ServiceFacts, ...]:
    return tuple({service.name: service for service in services}.values())


def _dropped(
    shown: list[LineFacts], lines: tuple[LineFacts, ...], wanted: tuple[ButtonFacts, ...], kept: tuple[ButtonFacts, ...]
) -> tuple[str, ...]:
    missing_lines = [f"line {line.index}: {line.number}" for line in shown if line not in lines]
    missing_buttons = [f"key {button.position}: {button.label}" for button in wanted if button not in kept]
    return tuple(missing_lines + missing_buttons)
