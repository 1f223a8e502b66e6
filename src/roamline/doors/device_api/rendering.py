"""The effective configuration as a software phone reads it."""

from __future__ import annotations

from typing import Literal

from django.conf import settings
from ninja import Schema

from roamline.rooms.emcc import visits
from roamline.rooms.emcc.shown import Credentials
from roamline.rooms.mobility.configuration import effective_configuration_of, logged_out_configuration_of, phone_named
from roamline.rooms.mobility.rules.effective import EffectiveConfiguration, PhoneContent
from roamline.rooms.phones import addressing, secrets


class Registrar(Schema):
    """Where to register."""

    host: str
    port: int
    transport: Literal["udp", "tcp", "tls"]


class User(Schema):
    """Who is logged in."""

    user_id: str
    display_name: str


class EmergencyOut(Schema):
    """Where emergency calls go while the phone registers in another cluster: here, as the phone itself (RO-32)."""

    number: str
    realm: str
    registrar: Registrar
    auth_user: str
    secret: str


class LineOut(Schema):
    """One line to register, under its number."""

    index: int
    number: str
    label: str
    display_name: str
    is_intercom: bool
    ring_setting: str


class SpeedDial(Schema):
    """A key that dials."""

    position: int
    label: str
    number: str
    is_blf: bool


class Configuration(Schema):
    """Everything that a software phone must run right now.

    Calls from before ``history_version`` are not shown any longer; ``clear_call_history`` says that this is the version
    that ends them (EM-27). A phone that missed that version sees by the number that it has to clear.
    """

    device: str
    version: int
    stamp: str
    realm: str
    registrar: Registrar
    auth_user: str
    secret: str
    user: User | None
    locale: str
    do_not_disturb: bool
    do_not_disturb_option: str
    do_not_disturb_alert: str
    voicemail_pilot: str
    always_use_prime_line: bool
    lines: list[LineOut]
    speed_dials: list[SpeedDial]
    emergency_numbers: list[str]
    emergency: EmergencyOut | None = None
    clear_call_history: bool
    history_version: int


def configuration_of(device: str) -> Configuration | None:
    """A device's configuration as committed now; None when the device is gone."""
    phone = phone_named(device)
    if phone is None:
        return None
    visited = visits.content_of(phone)
    return _configuration(*visited) if visited else _configuration(effective_configuration_of(phone))


def _configuration(effective: EffectiveConfiguration, elsewhere: Credentials | None = None) -> Configuration:
    """With ``elsewhere`` the phone registers in another cluster, as what that says (RO-30)."""
    phone = effective.phone
    secret = elsewhere.secret if elsewhere else secrets.secret_of(phone.device, phone.version)
    return Configuration(
        device=phone.device,
        version=phone.version,
        stamp=effective.stamp,
        realm=elsewhere.realm if elsewhere else secrets.realm(),
        registrar=_registrar(phone.sip_servers, phone.address_mode),
        auth_user=elsewhere.auth_user if elsewhere else phone.device,
        secret=secret.reveal(),
        user=User(user_id=phone.user_id, display_name=phone.user_name or phone.user_id) if phone.user_id else None,
        locale=effective.locale,
        do_not_disturb=effective.dnd,
        do_not_disturb_option=effective.dnd_option,
        do_not_disturb_alert=effective.dnd_alert,
        voicemail_pilot=effective.voicemail_pilot,
        always_use_prime_line=effective.prime_line,
        lines=[
            LineOut(
                index=line.index,
                number=line.number,
                label=line.label,
                display_name=line.display_name,
                is_intercom=line.is_intercom,
                ring_setting=line.ring_setting,
            )
            for line in effective.lines
        ],
        speed_dials=[
            SpeedDial(position=b.position, label=b.label, number=b.number, is_blf=b.kind == "blf")
            for b in effective.buttons
            if b.kind in {"speed_dial", "blf"}
        ],
        emergency=_emergency(phone) if elsewhere else None,
        clear_call_history=phone.clears_history,
        history_version=phone.history_version,
        emergency_numbers=[n for n in str(settings.CONFIG["call_control.emergency_numbers"]).split(";") if n],
    )


def _emergency(phone: PhoneContent) -> EmergencyOut:
    own = phone_named(phone.device)
    lines = logged_out_configuration_of(own).lines if own else ()
    return EmergencyOut(
        number=lines[0].number if lines else "0",
        realm=secrets.realm(),
        registrar=_registrar((), phone.address_mode),
        auth_user=phone.device,
        secret=secrets.secret_of(phone.device, phone.version).reveal(),
    )


def _registrar(sip_servers: tuple[str, ...], mode: str) -> Registrar:
    own = f"{addressing.own_host(mode)}:{settings.CONFIG['call_control.port']}"
    host, _, port = (sip_servers[0] if sip_servers else own).rpartition(":")
    return Registrar(host=host.strip("[]"), port=int(port), transport="udp")
