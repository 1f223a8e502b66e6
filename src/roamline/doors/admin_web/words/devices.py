"""What administrators read for phones, profiles, lines, pools, services and headsets."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

_LOCALES = {"": _("The phone's own")}
_ADDRESS_MODES = {"ipv4": _("IPv4 Only"), "ipv6": _("IPv6 Only"), "both": _("IPv4 and IPv6")}
_ALERTS = {"disable": _("Disable"), "flash": _("Flash Only")}

# model: one, many
NOUNS: dict[str, tuple[Any, Any]] = {
    "phones.DevicePool": (_("device pool"), _("device pools")),
    "phones.PhoneModel": (_("phone model"), _("phone models")),
    "phones.PhoneService": (_("phone service"), _("phone services")),
    "phones.DeviceProfile": (_("device profile"), _("device profiles")),
    "phones.Phone": (_("phone"), _("phones")),
    "phones.Line": (_("line"), _("lines")),
    "phones.Forward": (_("forward"), _("forwards")),
    "phones.Button": (_("button"), _("speed dials and other buttons")),
    "headsets.Headset": (_("headset"), _("headsets")),
    "headsets.Association": (_("associated headset"), _("associated headsets")),
    "headsets.Skip": (_("skipped association"), _("skipped associations")),
    "headsets.ModelRequirement": (_("phone model for headsets"), _("phone models for headsets")),
}

# model: field: what stands beside it
FIELDS: dict[str, dict[str, Any]] = {
    "phones.DevicePool": {
        "name": _("name"),
        "location": _("location"),
        "emergency_callback": _("emergency call-back number"),
        "default_css": _("default calling search space"),
        "region": _("region"),
        "time_zone": _("date/time group"),
        "sip_servers": _("SIP servers"),
        "ip_addressing_mode": _("IP addressing mode"),
    },
    "phones.PhoneModel": {
        "name": _("name"),
        "product_number": _("product number"),
        "is_software": _("software phone"),
        "keys": _("keys"),
        "max_lines": _("lines at most"),
        "registers_once": _("registers once for all lines"),
        "capabilities": _("features"),
    },
    "phones.PhoneService": {
        "name": _("name"),
        "url": _("service URL"),
        "secure_url": _("secure service URL"),
        "category": _("category"),
        "enabled": _("enabled"),
        "enterprise_subscription": _("enterprise subscription"),
    },
    "phones.DeviceProfile": {
        "name": _("name"),
        "kind": _("kind"),
        "description": _("description"),
        "model": _("phone model"),
        "user_locale": _("user locale"),
        "dnd_enabled": _("do not disturb"),
        "dnd_option": _("DND option"),
        "dnd_alert": _("DND incoming call alert"),
        "voicemail_pilot": _("voicemail pilot"),
        "always_use_prime_line": _("always use prime line"),
        "ignore_presentation": _("ignore presentation indicators (internal calls only)"),
        "expansion_module": _("expansion module"),
        "expansion_modules": _("number of expansion modules"),
        "emcc_css": _("extension mobility cross cluster CSS"),
        "services": _("subscribed services"),
    },
    "phones.Phone": {
        "name": _("device name"),
        "description": _("description"),
        "model": _("phone model"),
        "device_pool": _("device pool"),
        "ip_addressing_mode": _("IP addressing mode"),
        "use": _("use"),
        "firmware": _("firmware"),
        "css": _("calling search space"),
        "em_enabled": _("enable extension mobility"),
        "protected": _("protected device"),
        "pinless_allowed": _("marked for pinless sign-in"),
        "logout_profile": _("logout profile"),
    },
    "phones.Line": {
        "button": _("key"),
        "directory_number": _("directory number"),
        "label": _("label"),
        "display_name": _("display name"),
        "external_mask": _("external mask"),
        "ring_setting": _("ring setting"),
        "css": _("calling search space"),
        "is_intercom": _("intercom"),
        "default_phone": _("default device"),
    },
    "phones.Button": {
        "position": _("key"),
        "kind": _("kind"),
        "label": _("label"),
        "number": _("number"),
        "service": _("phone service"),
    },
    "headsets.Headset": {
        "serial": _("serial number"),
        "model": _("model"),
        "vendor": _("vendor"),
        "firmware": _("firmware"),
        "connection": _("connection"),
        "template": _("template"),
        "connected": _("connected"),
        "last_phone": _("last phone"),
    },
    "headsets.ModelRequirement": {
        "phone_model": _("phone model"),
        "qualifies": _("qualifies"),
        "minimum_firmware": _("minimum firmware"),
    },
}

# model: field: the help beneath it
HELP: dict[str, dict[str, Any]] = {
    "phones.DeviceProfile": {
        "dnd_option": _("What becomes of calls meanwhile: refused as busy, or shown without a sound."),
        "dnd_alert": _("How a call shows while do not disturb is on; none: by a beep, as phones do by themselves."),
        "emcc_css": _(
            "What the phone may call while the user is logged in on another cluster's phone. Empty: what the "
            "EMCC device may."
        ),
        "voicemail_pilot": _("What the Messages key dials; empty: it does nothing."),
    },
}

# model, field: what each choice is called
CHOICES: dict[tuple[str, str], dict[str, Any]] = {
    ("phones.Phone", "use"): {
        "owner": _("Owner"),
        "shared": _("Shared space"),
        "common": _("Common area"),
        "anonymous": _("Anonymous"),
    },
    ("phones.Phone", "ip_addressing_mode"): {"": _("The device pool's"), **_ADDRESS_MODES},
    ("phones.DevicePool", "ip_addressing_mode"): _ADDRESS_MODES,
    ("phones.DeviceProfile", "kind"): {
        "user": _("User device profile"),
        "auto": _("A phone's own settings"),
        "default": _("Default device profile"),
    },
    ("phones.DeviceProfile", "user_locale"): _LOCALES,
    ("phones.DeviceProfile", "dnd_option"): {"reject": _("Call reject"), "ringer_off": _("Ringer off")},
    ("phones.DeviceProfile", "dnd_alert"): {"": _("None"), "beep": _("Beep Only"), **_ALERTS},
    ("phones.Line", "ring_setting"): {
        "default": _("Use System Default"),
        "once": _("Ring Once"),
        "ring": _("Ring"),
        **_ALERTS,
    },
    ("phones.DeviceProfile", "always_use_prime_line"): {"default": _("Default"), "on": _("On"), "off": _("Off")},
    ("phones.DeviceProfile", "expansion_module"): {"": _("None")},
    ("phones.PhoneService", "category"): {
        "services": _("Services"),
        "directories": _("Directories"),
        "messages": _("Messages"),
    },
    ("phones.Button", "kind"): {
        "speed_dial": _("Speed dial"),
        "blf": _("BLF/speed dial"),
        "service": _("Service URL"),
    },
    ("headsets.Headset", "connection"): {
        "wired": _("Wired"),
        "wireless": _("Wireless"),
        "unknown": _("Unknown"),
    },
    ("headsets.Headset", "source"): {
        "": _("Never connected"),
        "browser": _("Browser"),
        "simulated": _("Simulated"),
    },
}
