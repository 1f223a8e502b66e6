"""What administrators read for nouns, fields and choices, translated; the rooms' models stay free of languages.

Only the names shown to people are set: Django keeps what a migration compares apart from them.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

# model: one, many
NOUNS = {
    "dialplan.Partition": (_("partition"), _("partitions")),
    "dialplan.CallingSearchSpace": (_("calling search space"), _("calling search spaces")),
    "dialplan.CallingSearchSpaceMember": (_("partition of the space"), _("partitions, in order")),
    "dialplan.DirectoryNumber": (_("directory number"), _("directory numbers")),
    "dialplan.RoutePattern": (_("route pattern"), _("route patterns")),
    "dialplan.TranslationPattern": (_("translation pattern"), _("translation patterns")),
    "dialplan.Trunk": (_("trunk"), _("trunks")),
    "phones.DevicePool": (_("device pool"), _("device pools")),
    "phones.PhoneModel": (_("phone model"), _("phone models")),
    "phones.PhoneService": (_("phone service"), _("phone services")),
    "phones.DeviceProfile": (_("device profile"), _("device profiles")),
    "phones.Phone": (_("phone"), _("phones")),
    "phones.Line": (_("line"), _("lines")),
    "phones.Forward": (_("forward"), _("forwards")),
    "phones.Button": (_("button"), _("speed dials and other buttons")),
    "features.Assistance": (_("assistant"), _("assistants, in order")),
    "features.ManagerSettings": (_("manager's switches"), _("manager's switches")),
    "features.FilteredCaller": (_("caller that the filter names"), _("callers that the filter names")),
    "features.CallBack": (_("call back"), _("call backs")),
    "directory.Account": (_("account"), _("accounts")),
    "admin_web.EndUser": (_("end user"), _("end users")),
    "admin_web.ApplicationUser": (_("application user"), _("application users")),
    "directory.AccessControlGroup": (_("access control group"), _("access control groups")),
    "directory.Membership": (_("member"), _("members")),
    "directory.ControlledProfile": (_("controlled profile"), _("controlled profiles, in order")),
    "directory.PhoneOwner": (_("owned phone"), _("owned phones")),
    "directory.AssociatedPhone": (_("associated phone"), _("associated phones")),
    "parameters.ParameterValue": (_("parameter"), _("parameters")),
    "directory.UserProfile": (_("user profile"), _("user profiles")),
    "directory.GuessingSource": (_("address that guesses"), _("addresses that guess")),
    "mobility.LoginSession": (_("login session"), _("login sessions")),
    "bulk.Job": (_("job"), _("jobs")),
    "mobility.LogOutSchedule": (_("scheduled log-out"), _("scheduled log-outs")),
    "headsets.Headset": (_("headset"), _("headsets")),
    "headsets.Association": (_("associated headset"), _("associated headsets")),
    "headsets.Skip": (_("skipped association"), _("skipped associations")),
    "headsets.ModelRequirement": (_("phone model for headsets"), _("phone models for headsets")),
    "ledger.AuditEntry": (_("audit entry"), _("audit trail")),
    "ledger.Deadline": (_("deadline"), _("deadlines")),
    "ledger.Effect": (_("effect"), _("effects")),
}

# model: field: what stands beside it
FIELDS = {
    "dialplan.Partition": {"name": _("name"), "description": _("description")},
    "dialplan.CallingSearchSpace": {"name": _("name"), "description": _("description")},
    "dialplan.CallingSearchSpaceMember": {"partition": _("partition"), "position": _("order")},
    "dialplan.DirectoryNumber": {
        "pattern": _("directory number"),
        "partition": _("partition"),
        "alerting_name": _("alerting name"),
        "description": _("description"),
    },
    "dialplan.RoutePattern": {
        "pattern": _("route pattern"),
        "partition": _("partition"),
        "trunk": _("trunk"),
        "discard_before_dot": _("discard digits before the dot"),
        "prefix": _("prefix digits"),
        "description": _("description"),
    },
    "dialplan.TranslationPattern": {
        "pattern": _("translation pattern"),
        "partition": _("partition"),
        "css": _("calling search space"),
        "discard_before_dot": _("discard digits before the dot"),
        "prefix": _("prefix digits"),
        "description": _("description"),
    },
    "dialplan.Trunk": {
        "name": _("name"),
        "host": _("host"),
        "port": _("port"),
        "transport": _("transport"),
        "inbound_css": _("inbound calling search space"),
        "description": _("description"),
    },
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
    "features.Assistance": {"account": _("assistant"), "position": _("order")},
    "features.ManagerSettings": {
        "divert_all": _("divert all calls to the assistants"),
        "filter_on": _("call filter on"),
        "filter_kind": _("what the filter does"),
    },
    "features.FilteredCaller": {"pattern": _("caller")},
    "features.CallBack": {
        "phone": _("phone"),
        "account": _("user"),
        "line": _("own number"),
        "number": _("directory number"),
        "waits_for": _("why it waits"),
    },
    "directory.Account": {
        "user_id": _("user id"),
        "kind": _("kind"),
        "first_name": _("first name"),
        "last_name": _("last name"),
        "email": _("email"),
        "is_active": _("active"),
        "user_locale": _("user locale"),
        "self_service_id": _("self-service user id"),
        "primary_extension": _("primary extension"),
        "home_cluster": _("home cluster"),
        "emcc_enabled": _("enable extension mobility cross cluster"),
        "pin_must_change": _("user must change PIN at next login"),
        "user_profile": _("user profile"),
        "own_login_minutes": _("own maximum login time"),
        "last_login": _("last sign-in here"),
    },
    "directory.AccessControlGroup": {"name": _("name"), "description": _("description"), "roles": _("roles")},
    "directory.Membership": {"account": _("account"), "group": _("access control group")},
    "directory.ControlledProfile": {
        "profile": _("device profile"),
        "position": _("order"),
        "is_default": _("default profile"),
    },
    "directory.PhoneOwner": {"phone": _("phone")},
    "directory.AssociatedPhone": {"phone": _("phone"), "account": _("user")},
    "directory.UserProfile": {
        "name": _("name"),
        "allow_own_login_time": _("allow end user to set their Extension Mobility maximum login time"),
    },
    "directory.GuessingSource": {"source": _("address"), "failures": _("failures")},
    "mobility.LogOutSchedule": {
        "name": _("name"),
        "whom": _("whom"),
        "device_pool": _("device pool"),
        "account": _("user"),
        "at": _("at"),
        "days": _("days"),
        "once_on": _("only on"),
        "enabled": _("enabled"),
    },
    "mobility.LoginSession": {
        "phone": _("phone"),
        "account": _("user"),
        "profile": _("device profile"),
        "started_at": _("logged in at"),
        "way": _("way"),
        "source": _("from address"),
        "expires_at": _("until at most"),
        "confirmation": _("confirmation by the phone"),
        "confirmed_at": _("confirmed at"),
        "ended_at": _("logged out at"),
        "ended_way": _("logged out by"),
        "ended_reason": _("reason"),
        "restart_kind": _("the phone was told to"),
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
    "bulk.Job": {
        "kind": _("kind"),
        "table": _("table"),
        "state": _("state"),
        "file_name": _("file"),
        "requested_by": _("asked for by"),
        "problem": _("problem"),
    },
    "ledger.AuditEntry": {
        "at": _("when"),
        "action": _("what"),
        "actor": _("who"),
        "way": _("way"),
        "source": _("from address"),
        "user_id": _("user"),
        "device": _("phone"),
        "subject": _("on what"),
        "result": _("result"),
        "succeeded": _("succeeded"),
        "reason": _("reason"),
        "details": _("details"),
    },
    "ledger.Deadline": {
        "kind": _("what happens"),
        "subject": _("to what"),
        "due_at": _("when"),
        "payload": _("details"),
        "claimed_by": _("worked on by"),
        "attempts": _("attempts"),
        "last_error": _("last error"),
    },
    "ledger.Effect": {
        "kind": _("what is told"),
        "subject": _("to whom"),
        "version": _("version"),
        "due_at": _("when"),
        "payload": _("details"),
        "claimed_by": _("worked on by"),
        "attempts": _("attempts"),
        "last_error": _("last error"),
    },
}

# model: field: the help beneath it
HELP = {
    "dialplan.Trunk": {
        "inbound_css": _("What calls that arrive here may reach. Empty: every directory number, and nothing outside."),
    },
    "phones.DeviceProfile": {
        "dnd_option": _("What becomes of calls meanwhile: refused as busy, or shown without a sound."),
        "dnd_alert": _("How a call shows while do not disturb is on; none: by a beep, as phones do by themselves."),
        "voicemail_pilot": _("What the Messages key dials; empty: it does nothing."),
    },
}

_ALERTS = {"disable": _("Disable"), "flash": _("Flash Only")}
_LOCALES = {"": _("The phone's own")}
_ADDRESS_MODES = {"ipv4": _("IPv4 Only"), "ipv6": _("IPv6 Only"), "both": _("IPv4 and IPv6")}
CHOICES = {
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
    ("features.ManagerSettings", "filter_kind"): {
        "these": _("These callers go to the assistants"),
        "others": _("All but these callers go to the assistants"),
    },
    ("features.CallBack", "waits_for"): {"idle": _("busy"), "use": _("no answer")},
    ("directory.Account", "user_locale"): _LOCALES,
    ("directory.Account", "kind"): {"end": _("End user"), "application": _("Application user")},
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
    ("bulk.Job", "kind"): {"import": _("Import"), "export": _("Export")},
    ("bulk.Job", "state"): {
        "waiting": _("Waiting"),
        "running": _("Running"),
        "done": _("Done"),
        "failed": _("Failed"),
        "cancelled": _("Cancelled"),
    },
    ("mobility.LogOutSchedule", "whom"): {
        "everybody": _("Everybody"),
        "device pool": _("A device pool"),
        "user": _("A user"),
    },
    ("mobility.LoginSession", "confirmation"): {
        "waiting": _("Waiting"),
        "confirmed": _("Confirmed"),
        "not confirmed": _("Not confirmed"),
    },
}

ROLES = {
    "administration": _("Everything"),
    "read only": _("See everything, change nothing"),
    "help desk": _("Unlock, reset a PIN, log out, explain"),
    "em authentication proxy": _("Log in and out for others over the EM API"),
    "axl": _("Use AXL"),
    "em roaming": _("Log in in every cluster of the ILS network"),
}


DEADLINES = {
    "mobility.maximum_login_time": _("The maximum login time ends"),
    "mobility.scheduled_log_out": _("Scheduled log-out"),
    "phone.confirmation": _("A phone is to confirm its configuration"),
    "phones.reconfigure": _("Phones fetch their configuration anew"),
    "headsets.sign_in": _("A headset signs its user in"),
    "headsets.sign_out": _("A headset signs its user out"),
    "headsets.settle": _("A headset settles"),
    "retention.purge": _("Old sessions and audit entries are removed"),
}
"""What a timer does, by its kind; others show the kind itself."""

AREAS = {
    "parameters": _("System"),
    "dialplan": _("Call routing"),
    "phones": _("Device"),
    "directory": _("User management"),
    "admin_web": _("User management"),
    "headsets": _("Headset Services"),
    "bulk": _("Bulk administration"),
    "features": _("Serviceability"),
    "mobility": _("Serviceability"),
    "ledger": _("Serviceability"),
}


def speak() -> None:
    """Give the models these names; once, when the application starts."""
    for app, area in AREAS.items():
        application: Any = apps.app_configs[app]
        application.verbose_name = area
    for name, (one, many) in NOUNS.items():
        options: Any = apps.get_model(name)._meta
        options.verbose_name, options.verbose_name_plural = one, many
    for name, fields in FIELDS.items():
        model = apps.get_model(name)
        for field_name, label in fields.items():
            if field_name in {field.name for field in model._meta.get_fields()}:
                named: Any = model._meta.get_field(field_name)
                named.verbose_name = label
    for name, helps in HELP.items():
        for field_name, text in helps.items():
            helped: Any = apps.get_model(name)._meta.get_field(field_name)
            helped.help_text = text
    for (name, field_name), labels in CHOICES.items():
        field: Any = apps.get_model(name)._meta.get_field(field_name)
        field.choices = [(value, labels.get(value, text)) for value, text in field.choices]
