"""Writing ``SEP<MAC>.cnf.xml``.

Traps that this file keeps out of (public documentation of the usecallmanager project and field notes of its users):
one malformed node makes the phone throw the whole file away and ask again every few seconds; firmware that is not
served makes it start over and over; ``kpml`` other than 0 makes it dial the first digit only; UDP breaks SIP; web,
SSH and PC port digits are inverted; phones sign every line with the first line's credential, so that there is only
one; an empty authentication URL opens the phone to anyone.
"""

from __future__ import annotations

from lxml import etree

from roamline.wires.cnf_xml.facts import CallManager, Clock, DeviceFile, ServiceKey, Transport
from roamline.wires.cnf_xml.keys import add_keys, cut, digit, fits, flag
from roamline.wires.cnf_xml.limits import LONGEST_LABEL, LONGEST_PHONE_LABEL, fits_url
from roamline.wires.cnf_xml.stamp import stamped
from roamline.wires.xml_text import add

_LOCALE_VERSION = "1.0.0.0-1"
_USES_MENU_AND_URLS = "2"
_URL_TAGS = ("authentication", "services", "directory", "messages", "idle")


def render_device_file(device: DeviceFile) -> bytes:
    """The phone's file. It holds the SIP password in clear: serve it to nobody but the phone itself."""
    root = etree.Element("device")
    add(root, "fullConfig", "true")
    add(root, "deviceProtocol", "SIP")
    add(root, "ipAddressMode", str(device.address_mode.value))
    pool = add(root, "devicePool")
    _add_clock(pool, device.clock)
    add_call_managers(pool, device.call_managers)
    _add_sip_profile(root, device)
    missed = "".join(digit(line.logs_missed_calls) for line in device.lines)
    add(root, "MissedCallLoggingOption", missed)
    _add_common_profile(root, device)
    if device.firmware is not None:
        add(root, "loadInformation", device.firmware)
    _add_vendor_settings(root, device)
    _add_modules(root, device)
    add(root, "versionStamp")
    _add_locale(root, device)
    _add_security(root, device.transport)
    _add_urls(root, device)
    _add_services(root, device)
    _add_rest(root, device)
    return stamped(root)


def left_out(device: DeviceFile) -> tuple[str, ...]:
    """The names of keys and services that the file leaves out because their URL is more than the phone takes."""
    keys = [key.label for key in device.keys if isinstance(key, ServiceKey) and not fits(key)]
    return (*keys, *(entry.name for entry in device.services if not fits_url(entry.url)))


def _add_clock(pool: etree._Element, clock: Clock) -> None:
    element = add(pool, "dateTimeSetting")
    add(element, "dateTemplate", clock.date_template)
    add(element, "timeZone", clock.time_zone)
    if not clock.ntp_servers:
        return
    servers = add(element, "ntps")
    for name in clock.ntp_servers:
        server = add(servers, "ntp")
        add(server, "name", name)
        add(server, "ntpMode", "unicast")


def add_call_managers(parent: etree._Element, call_managers: tuple[CallManager, ...]) -> None:
    """The servers that the phone tries, in this order."""
    members = add(add(parent, "callManagerGroup"), "members")
    for priority, server in enumerate(call_managers):
        element = add(add(members, "member", priority=str(priority)), "callManager")
        ports = add(element, "ports")
        add(ports, "sipPort", str(server.sip_port))
        add(ports, "securedSipPort", str(server.secure_sip_port))
        add(element, "processNodeName", server.host)


def _add_sip_profile(root: etree._Element, device: DeviceFile) -> None:
    profile = add(root, "sipProfile")
    add(add(profile, "sipProxies"), "registerWithProxy", "true")
    _add_call_features(profile)
    _add_sip_stack(profile, device)
    add(profile, "alwaysUsePrimeLine", flag(device.always_use_prime_line))
    add(profile, "alwaysUsePrimeLineVoiceMail", flag(device.always_use_prime_line))
    add(profile, "kpml", "0")
    add(profile, "phoneLabel", cut(device.phone_label, LONGEST_PHONE_LABEL))
    add(profile, "startMediaPort", "16384")
    add(profile, "stopMediaPort", "32766")
    add_keys(profile, device)
    add(profile, "voipControlPort", "5060")
    if device.dial_template is not None:
        add(profile, "dialTemplate", device.dial_template)
    if device.soft_key_file is not None:
        add(profile, "softKeyFile", device.soft_key_file)


def _add_call_features(profile: etree._Element) -> None:
    """Only the service address that call control serves: no pickup, meet-me or abbreviated dialling."""
    features = add(profile, "sipCallFeatures")
    add(features, "remoteCcEnable", "true")
    add(features, "localCfwdEnable", "true")
    add(features, "callForwardURI", "x-cisco-serviceuri-cfwdall")
    add(features, "dndControl", "0")
    add(features, "anonymousCallBlock", "0")
    add(features, "callerIdBlocking", "0")


def _add_sip_stack(profile: etree._Element, device: DeviceFile) -> None:
    stack = add(profile, "sipStack")
    add(stack, "timerRegisterExpires", str(device.register_seconds))
    add(stack, "timerRegisterDelta", "5")
    add(stack, "timerKeepAliveExpires", str(device.keep_alive_seconds))
    add(stack, "remotePartyID", "true")


def _add_common_profile(root: etree._Element, device: DeviceFile) -> None:
    profile = add(root, "commonProfile")
    add(profile, "backgroundImageAccess", flag(device.settings.background_image_access))
    add(profile, "callLogBlfEnabled", digit(device.settings.busy_lamps_in_call_log))


def _add_vendor_settings(root: etree._Element, device: DeviceFile) -> None:
    """The digits of web, SSH and PC port are inverted: 0 is on."""
    settings = device.settings
    vendor = add(root, "vendorConfig")
    add(vendor, "webAccess", digit(not settings.web_access))
    add(vendor, "settingsAccess", digit(settings.settings_access))
    add(vendor, "sshAccess", digit(not settings.ssh_access))
    add(vendor, "pcPort", digit(not settings.pc_port))
    add(vendor, "usb1", digit(settings.usb))
    add(vendor, "usb2", digit(settings.usb))
    add(vendor, "usbClasses", "0,1,2")
    add(vendor, "bluetooth", digit(settings.bluetooth))
    add(vendor, "headsetWidebandEnable", "2")
    add(vendor, "ehookEnable", "0")
    add(vendor, "softKeyControl", digit(device.soft_key_file is not None))
    add(vendor, "lineMode", digit(settings.enhanced_line_mode))


def _add_modules(root: etree._Element, device: DeviceFile) -> None:
    if not device.add_on_modules:
        return
    modules = add(root, "addOnModules")
    for place, module in enumerate(device.add_on_modules, start=1):
        element = add(modules, "addOnModule", idx=str(place))
        add(element, "deviceType", module.model)
        add(element, "deviceLine", str(module.keys))


def _add_locale(root: etree._Element, device: DeviceFile) -> None:
    locale = add(root, "userLocale")
    add(locale, "name", device.locale.name)
    add(locale, "uid", device.locale.uid)
    add(locale, "langCode", device.locale.lang_code)
    add(locale, "version", _LOCALE_VERSION)
    add(locale, "winCharSet", "utf-8")
    add(root, "networkLocale", device.network_locale)
    network = add(root, "networkLocaleInfo")
    add(network, "name", device.network_locale)
    add(network, "version", _LOCALE_VERSION)


def _add_security(root: etree._Element, transport: Transport) -> None:
    """TLS needs a security mode of 2 or 3: 3 encrypts."""
    add(root, "deviceSecurityMode", "3" if transport is Transport.TLS else "1")
    add(root, "transportLayerProtocol", str(transport.value))


def _add_urls(root: etree._Element, device: DeviceFile) -> None:
    for name in _URL_TAGS:
        for tag, attribute in ((f"{name}URL", name), (f"secure{name.capitalize()}URL", f"secure_{name}")):
            url = getattr(device.urls, attribute)
            add(root, tag, url if fits_url(url) else None)
    add(root, "idleTimeout", str(device.urls.idle_seconds if device.urls.idle else 0))


def _add_services(root: etree._Element, device: DeviceFile) -> None:
    services = add(root, "phoneServices", useHTTPS="false")
    add(services, "provisioning", _USES_MENU_AND_URLS)
    for entry in device.services:
        if not fits_url(entry.url):
            continue
        element = add(services, "phoneService", type=str(entry.menu.value), category="0")
        add(element, "name", cut(entry.name, LONGEST_LABEL))
        add(element, "url", entry.url)
        add(element, "vendor")
        add(element, "version")


def _add_rest(root: etree._Element, device: DeviceFile) -> None:
    add(root, "phonePersonalization", "1")
    add(root, "dndCallAlert", str(device.dnd_alert.value))
    add(root, "joinAcrossLines", "0")  # protected phones must not, and for others there is no server part
    add(root, "capfAuthMode", "0")
    add(root, "encrConfig", "false")
    add(root, "userId", serviceProfileFile="")
    add(root, "ownerId", serviceProfileFile="")
