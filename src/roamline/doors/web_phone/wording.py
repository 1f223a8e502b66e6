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
    return {**_status(), **_keys(), **_calls(), **_ends(), **_settings(), **_headsets()}


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


def _calls() -> dict[str, str]:
    return {
        "calls": _("Calls"),
        "new_call": _("New call"),
        "dial": _("Dial"),
        "answer": _("Answer"),
        "decline": _("Decline"),
        "hang_up": _("Hang up"),
        "hold": _("Hold"),
        "resume": _("Resume"),
        "mute": _("Mute"),
        "unmute": _("Unmute"),
        "talk": _("Talk"),
        "go_on": _("This call asks to go on to {number}. Press Dial to call it."),
        "intercom": _("Intercom: only the caller is heard"),
        "incoming": _("Incoming call"),
        "answering": _("Answering…"),
        "dialling": _("Dialling…"),
        "ringing": _("It rings there"),
        "in_a_call": _("In a call"),
        "held": _("On hold"),
        "muted": _("In a call, muted"),
        "lamp_ringing": _("Rings"),
        "lamp_off": _("Not registered"),
        "other_calls": _("Other calls: {count}"),
        "withheld": _("Number withheld"),
        "placed": _("Placed"),
        "received": _("Received"),
        "missed": _("Missed"),
        "no_calls_yet": _("There are no calls."),
        "forget_calls": _("Delete all"),
        "name": _("Name"),
        "time": _("Time"),
    }


def _ends() -> dict[str, str]:
    return {
        "no_calls": _("This web phone carries no calls: the server lacks what they need."),
        "calls_need_https": _("No calls: the browser lends its microphone to pages that come by HTTPS only."),
        "calls_elsewhere": _("Another window of this browser carries the calls of this phone."),
        "not_registered": _("Calls are not possible right now: call control does not answer. Trying again…"),
        "call_ended": _("The call has ended"),
        "call_lost": _("This page was loaded anew, and a call cannot outlast that."),
        "no_microphone": _("The browser gave no microphone: allow it for this page."),
        "no_server": _("Call control does not answer. Try again in a moment."),
        "not_permitted": _("Calls to this number are not permitted."),
        "no_such_number": _("Nobody has this number."),
        "no_answer": _("Nobody answered."),
        "not_reached": _("No phone with this number can be reached now."),
        "is_busy": _("Busy"),
        "no_media": _("The two phones could not hear each other: the server lacks the media relay."),
    }


def _settings() -> dict[str, str]:
    return {
        "about": _("Phone information"),
        "dnd_turn_on": _("Turn do not disturb on"),
        "dnd_turn_off": _("Turn do not disturb off"),
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
