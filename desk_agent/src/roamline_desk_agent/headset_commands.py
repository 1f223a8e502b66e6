"""The commands for headsets and screens: `ui`, `screen`, `press`, `menu`, `headsets`, `plug`, `unplug`."""

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from typing import Any

from roamline_desk_agent.control_client import RefusedError, ask
from roamline_desk_agent.headset import REASONS
from roamline_desk_agent.screen_text import as_text, headsets_text
from roamline_desk_agent.screens import MOST_TYPED
from roamline_desk_agent.words import _

PRESS_WITHIN_S = 20.0
Add = Callable[[str, str, Callable[[argparse.Namespace], None]], argparse.ArgumentParser]


def add_headset_commands(add: Add) -> None:
    """Make the commands known; `add` makes one that has the option --state."""
    add("ui", _("use the phone in a terminal window"), _ui)
    for name, text, act in (
        ("screen", _("show what the phone's screen shows"), _screen),
        ("headsets", _("show which headsets are connected"), _headsets),
    ):
        add(name, text, act).add_argument("--json", action="store_true", help=_("as one JSON document"))
    press = add("press", _("press a softkey of the screen"), _press)
    press.add_argument("key", metavar="KEY", help=_("as `screen` shows it in brackets"))
    press.add_argument("--field", action="append", default=[], metavar="NAME=VALUE", help=_("fill in (not the PIN)"))
    press.add_argument("--pin-stdin", action="store_true", help=_("read the PIN from standard input, one line"))
    menu = add("menu", _("choose an entry of the menu"), _menu)
    menu.add_argument("item", choices=["associate_headset"], help=_("Headset setup > Associate user"))
    plug = add("plug", _("connect a simulated headset"), _plug)
    plug.add_argument("serial", help=_("its serial number"))
    plug.add_argument("--model", default="Simulated headset")
    plug.add_argument("--vendor", default="")
    unplug = add("unplug", _("disconnect a simulated headset"), _unplug)
    unplug.add_argument("serial", help=_("its serial number"))
    unplug.add_argument("--reason", choices=REASONS, default=REASONS[0])


def _ui(options: argparse.Namespace) -> None:
    try:
        from roamline_desk_agent.tui.app import run_ui
    except ModuleNotFoundError as missing:
        if missing.name != "textual":
            raise
        raise RefusedError(_("the terminal window needs Textual: pipx install 'roamline-desk-agent[tui]'")) from None
    ask(options.state, {"do": "screen"})  # says now, and not in a window, that no agent is there
    run_ui(options.state)


def _screen(options: argparse.Namespace) -> None:
    shown = ask(options.state, {"do": "screen"})
    print(_json(shown) if options.json else as_text(shown))


def _headsets(options: argparse.Namespace) -> None:
    headsets = ask(options.state, {"do": "headsets"})
    print(_json(headsets) if options.json else headsets_text(headsets))


def _press(options: argparse.Namespace) -> None:
    request = {"do": "press", "key": options.key, "fields": _fields(options)}
    print(as_text(ask(options.state, request, PRESS_WITHIN_S)))


def _fields(options: argparse.Namespace) -> dict[str, str]:
    fields = {}
    for each in options.field:
        name, equals, value = each.partition("=")
        if not equals:
            raise RefusedError(_("--field is written NAME=VALUE"))
        if name == "pin":
            raise RefusedError(_("a PIN on the command line can be seen by others: use --pin-stdin"))
        fields[name] = value
    if options.pin_stdin:
        fields["pin"] = _pin()
    return fields


def _pin() -> str:
    if sys.stdin.isatty():
        return getpass.getpass(_("PIN: "))[:MOST_TYPED]
    return sys.stdin.readline(MOST_TYPED + 1).rstrip("\r\n")


def _menu(options: argparse.Namespace) -> None:
    ask(options.state, {"do": "menu", "item": options.item}, PRESS_WITHIN_S)
    print(_("chosen"))


def _plug(options: argparse.Namespace) -> None:
    request = {"do": "plug", "serial": options.serial, "model": options.model, "vendor": options.vendor}
    print(_("connected %(serial)s (simulated)") % {"serial": ask(options.state, request)["serial"]})


def _unplug(options: argparse.Namespace) -> None:
    request = {"do": "unplug", "serial": options.serial, "reason": options.reason}
    print(_("disconnected %(serial)s (simulated)") % {"serial": ask(options.state, request)["serial"]})


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
