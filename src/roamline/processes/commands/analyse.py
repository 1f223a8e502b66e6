"""``roamline analyse``: what happens when a phone dials a number."""

from __future__ import annotations

import argparse
import json
from gettext import gettext as _

from roamline.kernel.wording import gettext_noop
from roamline.processes.commands.command import Command, set_up_django
from roamline.processes.terminal import padded


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", help=_("what is dialled"))
    parser.add_argument("--device", required=True, metavar="NAME", help=_("device name of the phone that dials"))
    parser.add_argument(
        "--line", default="", metavar="NUMBER", help=_("the line that it dials from (default: its first)")
    )
    parser.add_argument("--json", action="store_true", help=_("print JSON"))


def analyse(options: argparse.Namespace) -> int:
    """Say step by step what a call would come to, and why; exit 1 when the caller would be refused."""
    set_up_django()
    from roamline.platform.wording import translated
    from roamline.rooms.mobility import service as mobility
    from roamline.rooms.phones.analysis import analyse_call

    found = analyse_call(options.device, options.line, options.number)
    user = mobility.users_on([options.device]).get(options.device.lower())
    logged_in = user.user_id if user else None
    if options.json:
        steps = [{"text": step.text, "result": step.result, "answer": step.answer} for step in found.steps]
        print(
            json.dumps({"arrives": found.arrives, "answer": found.answer, "user": logged_in, "steps": steps}, indent=2)
        )
        return 0 if found.arrives else 1
    said = _("%(user)s is logged in on %(device)s.") if logged_in else _("Nobody is logged in on %(device)s.")
    print(said % {"user": logged_in, "device": found.device})
    for number, step in enumerate(found.steps, start=1):
        mark = {"arrives": _("ok"), "refused": _("NO")}.get(step.result, "")
        print(f"{number:>3}. {padded(mark, 5)}{translated(step.text)}")
    print(_("The call arrives.") if found.arrives else _("The caller is answered %s.") % found.answer)
    return 0 if found.arrives else 1


COMMAND = Command("analyse", gettext_noop("say what happens when a phone dials a number, and why"), analyse, _arguments)
