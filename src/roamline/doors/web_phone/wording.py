"""The page's own words, in the language of the phone."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

LANGUAGES = {"en": "en", "zh": "zh-hans", "ko": "ko"}
TAGS = {"en": "en", "zh-hans": "zh-Hans", "ko": "ko"}


def language_for(locale: str) -> str:
    """Django's language for a phone's locale; without one the language that the browser asked for."""
    browsers = translation.get_language() or "en"
    return LANGUAGES.get(locale) or (browsers if browsers in TAGS else "en")


def words() -> dict[str, str]:
    """Everything that the page says by itself, by the page's names for it, in the active language.

    ``{…}`` stands for what the page fills in.
    """
    return {**_status(), **_keys(), **_settings(), **_headsets()}


def _status() -> dict[str, str]:
    return {
        "phone": _("Web phone"),
        "screen": _("Screen"),
        "nobody": _("Nobody is logged in"),
        "free": _("This phone is free"),
        "how_to_log_in": _("Press Services to log in"),
        "welcome": _("Welcome, {name}"),
        "connected": _("Connected to the server"),
        "reconnecting": _("Connection lost. Trying again…"),
        "no_calls": _("This web phone logs you in and out. It does not carry calls yet."),
        "do_not_disturb": _("Do not disturb"),
        "wait": _("One moment…"),
        "failed": _("That did not work. Try again."),
    }


def _keys() -> dict[str, str]:
    return {
        "keys": _("Line keys"),
        "soft_keys": _("Soft keys"),
        "keypad": _("Keypad"),
        "line": _("Line {index}"),
        "speed_dial": _("Speed dial"),
        "blf": _("Busy lamp field"),
        "service": _("Phone service"),
        "number": _("Number"),
        "services": _("Services"),
        "no_services": _("This phone has no services"),
        "settings": _("Settings"),
        "back": _("Back"),
        "exit": _("Exit"),
        "up": _("Up"),
        "down": _("Down"),
        "select": _("Select"),
    }


def _settings() -> dict[str, str]:
    return {
        "about": _("Phone information"),
        "device": _("Device name"),
        "model": _("Model"),
        "profile": _("Device profile"),
        "version": _("Configuration version"),
    }


def _headsets() -> dict[str, str]:
    return {
        "headset_setup": _("Headset setup"),
        "associate_user": _("Associate user"),
        "connect_first": _("Connect a headset first"),
        "headsets": _("Headsets"),
        "simulated": _("simulated"),
        "simulated_hint": _("These headsets exist on this page only. Plug one in to see what the phone does."),
        "plug_in": _("Plug in"),
        "pull_out": _("Pull out"),
        "pair_wirelessly": _("Pair wirelessly"),
        "out_of_range": _("Walk out of range"),
        "power_off": _("Switch off"),
        "wired": _("Wired"),
        "wireless": _("Wireless"),
        "is_connected": _("Connected"),
        "is_not_connected": _("Not connected"),
        "another_serial": _("Another serial number"),
        "add": _("Add"),
        "remove": _("Remove"),
        "real_headset": _("Real USB headset"),
        "real_hint": _("The browser shares the serial number of the headset that you choose."),
        "choose_headset": _("Choose a headset"),
        "no_serial": _("This headset has no serial number that the browser can read."),
    }
