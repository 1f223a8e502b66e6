"""A phone's ``SEP….cnf.xml`` from its effective configuration (EM-13, EM-38): how our words map to the file's.

The file says what is configured and nothing about when: the same configuration and secret give the same bytes.
"""

from __future__ import annotations

import structlog
from django.conf import settings

from roamline.doors.provisioning.time_zones import phones_time_zone
from roamline.rooms.emcc import visits
from roamline.rooms.emcc.shown import Credentials
from roamline.rooms.mobility.configuration import effective_configuration_of, phone_named
from roamline.rooms.mobility.rules.effective import ButtonFacts, EffectiveConfiguration, LineFacts, ServiceFacts
from roamline.rooms.phones import addressing, files, secrets
from roamline.rooms.phones.rules import MODULE_KEYS, keys_of_lines
from roamline.wires import cnf_xml

log = structlog.get_logger(__name__)

DIAL_TEMPLATE = "DialTemplate.xml"
_MODELS = {number: model for model, number in cnf_xml.MODEL_NUMBERS.items()}
_MENUS = {
    "services": cnf_xml.ServiceMenu.SERVICES,
    "directories": cnf_xml.ServiceMenu.DIRECTORIES,
    "messages": cnf_xml.ServiceMenu.MESSAGES,
}
_ADDRESS_MODES = {
    addressing.IPV4: cnf_xml.AddressMode.IPV4,
    addressing.IPV6: cnf_xml.AddressMode.IPV6,
    addressing.BOTH: cnf_xml.AddressMode.BOTH,
}
_RINGING = {"default": 4, "disable": 1, "flash": 2, "once": 3, "ring": 4}
_DND_ALERTS = {
    "": cnf_xml.DndAlert.BEEP,
    "disable": cnf_xml.DndAlert.NOTHING,
    "beep": cnf_xml.DndAlert.BEEP,
    "flash": cnf_xml.DndAlert.FLASH,
}
_MOST_SERVERS = 5


def render(device: str) -> bytes | None:
    """The device's file as committed now, with its SIP secret in clear; None for a device that fetches none.

    Files are for phones whose one REGISTER stands for all lines and that have a product number. A phone in IPv6 mode
    has none on a site without an IPv6 address, which is logged.
    """
    phone = phone_named(device)
    if phone is None or not phone.model.registers_once or phone.model.product_number is None:
        return None
    visited = visits.content_of(phone)
    effective, elsewhere = visited or (effective_configuration_of(phone), None)
    try:
        return cnf_xml.render_device_file(_device_file(effective, files.load_for(phone), elsewhere))
    except addressing.NoIPv6Address as refused:
        log.error("a phone in IPv6 mode gets no file", device=phone.name, error=str(refused))
        return None


def call_managers(sip_servers: tuple[str, ...], mode: str) -> tuple[cnf_xml.CallManager, ...]:
    """A device pool's servers (``host:port``) in order; this node's own call control when the pool names none."""
    secure = int(settings.CONFIG["call_control.tls_port"])
    found = [server for text in sip_servers if (server := _call_manager(text, secure))]
    own = cnf_xml.CallManager(addressing.own_host(mode), int(settings.CONFIG["call_control.port"]), secure)
    return tuple(found[:_MOST_SERVERS]) or (own,)


def _of_both_clusters(elsewhere: Credentials, mode: str) -> tuple[cnf_xml.CallManager, ...]:
    """The home cluster's servers, then this cluster's, where emergency calls pass whoever makes them."""
    home = [
        cnf_xml.CallManager(each.host.strip("[]"), each.port, each.tls_port or each.port + 1)
        for each in elsewhere.places
    ]
    return (*home[: _MOST_SERVERS - 1], *call_managers((), mode))


def _call_manager(text: str, secure_port: int) -> cnf_xml.CallManager | None:
    host, _, port = text.rpartition(":")
    try:
        return cnf_xml.CallManager(host.strip("[]"), int(port), secure_port)
    except ValueError:
        log.warning("a SIP server that no phone can reach", server=text[:100])
        return None


def _device_file(
    effective: EffectiveConfiguration, load: str | None, elsewhere: Credentials | None = None
) -> cnf_xml.DeviceFile:
    """With ``elsewhere`` the phone registers in another cluster, and here when that is down: for emergency calls."""
    phone = effective.phone
    own = cnf_xml.Credential(phone.device, secrets.secret_of(phone.device, phone.version))
    return cnf_xml.DeviceFile(
        model=_MODELS.get(phone.product_number or 0, phone.model),
        call_managers=_of_both_clusters(elsewhere, phone.address_mode)
        if elsewhere
        else call_managers(phone.sip_servers, phone.address_mode),
        credential=cnf_xml.Credential(elsewhere.auth_user, elsewhere.secret) if elsewhere else own,
        keys=_keys(effective),
        urls=cnf_xml.Urls(authentication=f"{addressing.own_base_url(phone.address_mode)}/authenticate"),
        services=tuple(_service(service) for service in effective.services),
        locale=cnf_xml.LOCALES.get(effective.locale, cnf_xml.ENGLISH),
        clock=cnf_xml.Clock(time_zone=phones_time_zone(phone.time_zone)),
        address_mode=_ADDRESS_MODES[phone.address_mode],
        phone_label=phone.user_name or phone.description,
        firmware=load,
        dial_template=DIAL_TEMPLATE,
        always_use_prime_line=effective.prime_line,
        dnd_alert=_DND_ALERTS[effective.dnd_alert],
        add_on_modules=tuple(
            cnf_xml.AddOnModule(phone.expansion_module, MODULE_KEYS[phone.expansion_module])
            for _ in range(phone.expansion_modules)
            if phone.expansion_module in MODULE_KEYS
        ),
    )


def _service(service: ServiceFacts) -> cnf_xml.ServiceEntry:
    return cnf_xml.ServiceEntry(service.name, service.url, _MENUS.get(service.category, cnf_xml.ServiceMenu.SERVICES))


def _keys(effective: EffectiveConfiguration) -> tuple[cnf_xml.Key, ...]:
    """Lines first, each on its key; what would share a key with another goes to the next free one, or nowhere."""
    buttons = keys_of_lines([line.button for line in effective.lines], effective.phone.keys)
    placed: dict[int, cnf_xml.Key] = {
        button: _line(line, button, effective.voicemail_pilot)
        for button, line in zip(buttons, effective.lines, strict=True)
        if button is not None
    }
    free = set(range(1, effective.phone.keys + 1)).difference(placed)
    for each in effective.buttons:
        key = _other_key(each)
        if key is not None and each.position in free:
            free.remove(each.position)
            placed[each.position] = key
    return tuple(placed[button] for button in sorted(placed))


def _line(line: LineFacts, button: int, messages: str) -> cnf_xml.Line:
    return cnf_xml.Line(
        button,
        line.number,
        label=line.label,
        display_name=line.display_name,
        is_intercom=line.is_intercom,
        messages_number=messages,
        ring_idle=_RINGING[line.ring_setting],
    )


def _other_key(button: ButtonFacts) -> cnf_xml.Key | None:
    """The key; None for one that leads nowhere."""
    match button.kind:
        case "speed_dial" if button.number:
            return cnf_xml.SpeedDial(button.position, button.label, button.number)
        case "blf" if button.number:
            return cnf_xml.BusyLampKey(button.position, button.label, button.number)
        case "service" if button.url:
            return cnf_xml.ServiceKey(button.position, button.label, button.url)
        case _:
            return None
