"""Loads a phone and its profile, and asks the rule for its effective configuration."""

from __future__ import annotations

from dataclasses import replace

from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.rules.effective import (
    ButtonFacts,
    EffectiveConfiguration,
    LineFacts,
    PhoneContent,
    ProfileContent,
    ServiceFacts,
    effective_configuration,
    leaving_out,
)
from roamline.rooms.phones import addressing
from roamline.rooms.phones.models import DeviceProfile, Phone, PhoneService
from roamline.rooms.phones.rules import keys_of_modules

_PHONE_WITH_ITS_FACTS = Phone.objects.select_related("model", "device_pool", "own_profile", "current_profile__model")


def phone_named(device: str) -> Phone | None:
    """A phone by its name, ignoring case."""
    return _PHONE_WITH_ITS_FACTS.all().filter(folded_name=device.lower()).first()


def effective_configuration_of(phone: Phone) -> EffectiveConfiguration:
    """What a phone must run right now; a handful of queries."""
    return _as_reached(_phone_content(phone), profile_content(phone.current_profile), phone)


def logged_out_configuration_of(phone: Phone) -> EffectiveConfiguration:
    """What a phone runs when nobody is logged in, as that is set now; to compare with what it must run."""
    logout = phone.logout_profile or phone.own_profile
    nobody = replace(_phone_content(phone), user_id=None, user_name=None, user_locale="")
    return _as_reached(nobody, profile_content(logout), phone)


def _as_reached(content: PhoneContent, profile: ProfileContent, phone: Phone) -> EffectiveConfiguration:
    """What the phone must run, with nothing that its IP addressing mode keeps it from."""
    everywhere = tuple(_service(s) for s in PhoneService.objects.filter(enabled=True, enterprise_subscription=True))
    effective = effective_configuration(content, profile, _default_profile(phone), everywhere)
    mode = content.address_mode
    if mode != addressing.IPV6:
        return effective
    servers = addressing.servers_for(content.sip_servers, mode)
    return leaving_out(effective, lambda url: addressing.url_for(url, mode), servers)


def _phone_content(phone: Phone) -> PhoneContent:
    session = LoginSession.objects.filter(phone=phone, ended_at__isnull=True).select_related("account").first()
    return PhoneContent(
        device=phone.name,
        description=phone.description,
        model=phone.model.name,
        product_number=phone.model.product_number,
        keys=phone.model.keys
        + keys_of_modules(phone.own_profile.expansion_module, phone.own_profile.expansion_modules),
        max_lines=phone.model.max_lines,
        registers_once=phone.model.registers_once,
        is_software=phone.model.is_software,
        own_locale=phone.own_profile.user_locale,
        time_zone=phone.device_pool.time_zone,
        sip_servers=tuple(phone.device_pool.sip_servers),
        version=phone.configuration_version,
        history_version=phone.history_version,
        expansion_module=phone.own_profile.expansion_module,
        expansion_modules=phone.own_profile.expansion_modules,
        address_mode=phone.address_mode,
        user_id=session.account.user_id if session else None,
        user_name=session.account.display_name if session else None,
        user_locale=session.account.user_locale if session else "",
    )


def profile_content(profile: DeviceProfile) -> ProfileContent:
    """All of a profile."""
    lines = profile.lines.select_related("directory_number", "default_phone")
    return ProfileContent(
        name=profile.name,
        model=profile.model.name,
        locale=profile.user_locale,
        dnd=profile.dnd_enabled,
        dnd_option=profile.dnd_option,
        dnd_alert=profile.dnd_alert,
        voicemail_pilot=profile.voicemail_pilot,
        lines=tuple(
            LineFacts(
                line.index,
                line.button,
                line.directory_number.pattern,
                line.label or line.directory_number.pattern,
                line.display_name,
                line.is_intercom,
                line.default_phone.name if line.default_phone else None,
                line.external_mask,
                line.ring_setting,
            )
            for line in lines
        ),
        buttons=tuple(
            ButtonFacts(
                button.position,
                button.kind,
                button.label,
                button.number,
                button.service.name if button.service else "",
                button.service.url if button.service else "",
            )
            for button in profile.buttons.select_related("service")
        ),
        services=tuple(_service(service) for service in profile.services.filter(enabled=True)),
        prime_line=profile.always_use_prime_line,
    )


def _default_profile(phone: Phone) -> ProfileContent | None:
    profile = (
        DeviceProfile.objects.filter(kind=DeviceProfile.DEFAULT, model=phone.model).select_related("model").first()
    )
    return profile_content(profile) if profile else None


def _service(service: PhoneService) -> ServiceFacts:
    return ServiceFacts(service.name, service.url, service.secure_url, service.category)
