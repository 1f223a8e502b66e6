"""The command `roamline-agent`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from roamline_desk_agent import __version__
from roamline_desk_agent.control_client import NotRunningError, RefusedError, ask, follow
from roamline_desk_agent.headset_commands import add_headset_commands
from roamline_desk_agent.run import run_agent
from roamline_desk_agent.state import StateError
from roamline_desk_agent.status import as_text, history_as_text
from roamline_desk_agent.terminal import Parser
from roamline_desk_agent.waits import FORMS
from roamline_desk_agent.words import _, gettext_noop, speak

FAILED, NOT_RUNNING = 1, 4
CALLING = gettext_noop("calling")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 baresip is not installed, 4 no agent runs there."""
    speak()
    options = parser().parse_args(arguments)
    try:
        return int(options.act(options) or 0)
    except RefusedError as refusal:
        print(f"roamline-agent: {refusal}", file=sys.stderr)
        return FAILED
    except (NotRunningError, StateError) as trouble:
        print(f"roamline-agent: {trouble}", file=sys.stderr)
        return NOT_RUNNING
    except (KeyboardInterrupt, BrokenPipeError):
        return FAILED


def parser() -> argparse.ArgumentParser:
    """The command line."""
    whole = Parser(prog="roamline-agent", description=_("A desk phone made of baresip; headsets."))
    whole.add_argument(
        "--version", action="version", version=__version__, help=_("show the program's version number and exit")
    )
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands)
    status = _add(commands, "status", _("show user, lines and calls"), _status)
    status.add_argument("--json", action="store_true", help=_("as one JSON document"))
    history = _add(commands, "history", _("show the calls that ended; a log-in or log-out may clear them"), _history)
    history.add_argument("--json", action="store_true", help=_("as one JSON document"))
    dial = _add(commands, "dial", _("call a number from the first line"), _dial)
    dial.add_argument("number")
    dial.add_argument("--wait", choices=["ringing", "established"], help=_("return only then, or fail with the reason"))
    dial.add_argument("--timeout", type=float, default=30.0, metavar="S")
    answer = _add(commands, "answer", _("answer the call that rings"), _answer)
    answer.add_argument("--line", metavar="NUMBER", help=_("the call on this line (needed off the prime line)"))
    _add(commands, "talk", _("be heard in an intercom call"), _talk)
    _add(commands, "hangup", _("end the newest call"), _hang_up)
    wait = _add(commands, "wait", _("wait for %(states)s") % {"states": _(FORMS)}, _wait)
    wait.add_argument("--for", dest="what", required=True, metavar="WHAT", help=_(FORMS))
    wait.add_argument("--timeout", type=float, default=30.0, metavar="S")
    add_headset_commands(lambda name, text, act: _add(commands, name, text, act))
    log = _add(commands, "log", _("show what happened lately"), _log)
    log.add_argument("--follow", action="store_true", help=_("and go on with what happens"))
    return whole


def _add(commands: Any, name: str, text: str, act: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.add_argument("--state", type=Path, required=True, metavar="DIR", help=_("the agent's state folder"))
    command.set_defaults(act=act)
    return command


def _add_run(commands: Any) -> None:
    run = _add(commands, "run", _("be a phone until stopped"), run_agent)
    run.add_argument(
        "--server", required=True, metavar="URL", help=_("the Roamline server, e.g. https://em.example.org")
    )
    which = run.add_mutually_exclusive_group(required=True)
    which.add_argument("--device", metavar="SEP...", help=_("this phone's device name"))
    which.add_argument(
        "--for", dest="bound_to", metavar="SEP...", help=_("report the headsets of this desk phone only")
    )
    run.add_argument(
        "--token-file", type=Path, required=True, metavar="FILE", help=_("holds the device token; mode 600")
    )
    run.add_argument("--auto-answer", type=int, metavar="MS", help=_("answer every call after MS milliseconds"))
    run.add_argument(
        "--registrar-override", metavar="HOST:PORT[/tcp]", help=_("register there, whatever the server says")
    )
    run.add_argument("--bind", metavar="ADDRESS", help=_("IP address for SIP and RTP (default: facing the server)"))
    run.add_argument(
        "--sip-port", type=int, metavar="PORT", help=_("SIP port; the next one is taken too (default: free)")
    )
    run.add_argument("--tone", type=int, default=440, metavar="HZ", help=_("the tone this phone says (default 440)"))
    run.add_argument("--play", type=Path, metavar="FILE", help=_("8 kHz mono WAV file to say instead of the tone"))
    run.add_argument("--ca-file", type=Path, metavar="FILE", help=_("trust these certificates for the server"))
    run.add_argument("--allow-plain-http", action="store_true", help=_("send the token unencrypted over a network"))
    run.add_argument("--simulate-headsets", action="store_true", help=_("no USB: headsets come by `plug` (for demos)"))
    run.add_argument("--verbose", action="store_true", help=_("log what baresip says, too"))


def _status(options: argparse.Namespace) -> None:
    status = ask(options.state, {"do": "status"})
    print(json.dumps(status, ensure_ascii=False, indent=2) if options.json else as_text(status))


def _history(options: argparse.Namespace) -> None:
    history = ask(options.state, {"do": "status"})["call_history"]
    text = history_as_text(history) or _("No calls.")
    print(json.dumps(history, ensure_ascii=False, indent=2) if options.json else text)


def _dial(options: argparse.Namespace) -> None:
    request = {"do": "dial", "number": options.number, "until": options.wait, "timeout": options.timeout}
    ask(options.state, request, options.timeout if options.wait else 0)
    print(f"{_(options.wait or CALLING)}: {options.number}")


def _answer(options: argparse.Namespace) -> None:
    print(_("answered %(peer)s") % {"peer": ask(options.state, {"do": "answer", "line": options.line})["peer"]})


def _talk(options: argparse.Namespace) -> None:
    print(_("talking to %(peer)s") % {"peer": ask(options.state, {"do": "talk"})["peer"]})


def _hang_up(options: argparse.Namespace) -> None:
    print(_("hung up on %(peer)s") % {"peer": ask(options.state, {"do": "hangup"})["peer"]})


def _wait(options: argparse.Namespace) -> None:
    ask(options.state, {"do": "wait", "for": options.what, "timeout": options.timeout}, options.timeout)
    print(_(options.what))


def _log(options: argparse.Namespace) -> None:
    entries = follow(options.state)
    for entry in next(entries):
        print(_entry(entry))
    if options.follow:
        for entry in entries:
            print(_entry(entry), flush=True)


def _entry(entry: dict[str, Any]) -> str:
    facts = " ".join(f"{name}={value}" for name, value in entry.items() if name not in {"at", "event"})
    return f"{entry['at']} {entry['event']} {facts}"
