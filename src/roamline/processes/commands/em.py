"""``roamline log-in``, ``log-out``, ``sessions``, ``explain`` and ``audit``: the engine from the command line."""

from __future__ import annotations

import argparse
import getpass
import json
from datetime import UTC, datetime
from gettext import gettext as _
from typing import TYPE_CHECKING

from roamline.kernel import error_wordings
from roamline.kernel.outcome import Refused
from roamline.kernel.wording import gettext_noop
from roamline.processes.commands.command import Command, set_up_django
from roamline.processes.terminal import padded

if TYPE_CHECKING:
    from roamline.rooms.mobility.service import Explanation


def _refused(refused: Refused) -> int:
    from roamline.platform.wording import translated

    error = f"{refused.error.number} {translated(refused.error.short_name)}"
    print(_("refused: %(error)s: %(reason)s") % {"error": error, "reason": translated(refused.reason)})
    return 1


def _log_in_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", required=True, metavar="ID", help=_("user id"))
    parser.add_argument("--device", required=True, metavar="NAME", help=_("device name"))
    parser.add_argument("--profile", metavar="NAME", help=_("device profile (default: the user's default profile)"))


def log_in(options: argparse.Namespace) -> int:
    """Log a user in to a phone, with the right of whoever can run commands on this node."""
    set_up_django()
    from roamline.rooms.mobility import service

    by = service.By(getpass.getuser(), service.Way.COMMAND_LINE)
    request = service.LogIn(device=options.device, identifier=options.user, pin=None, profile=options.profile)
    outcome = service.log_in(request, by, datetime.now(UTC))
    if isinstance(outcome, Refused):
        return _refused(outcome)
    print(_("%(user)s is logged in on %(device)s") % {"user": options.user, "device": options.device})
    return 0


def _log_out_arguments(parser: argparse.ArgumentParser) -> None:
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--device", metavar="NAME", help=_("log out whoever is on this phone"))
    whom.add_argument("--user", metavar="ID", help=_("log this user out everywhere"))
    whom.add_argument("--all", action="store_true", help=_("log everybody out"))


def log_out(options: argparse.Namespace) -> int:
    """Log out a phone, a user everywhere, or everybody."""
    set_up_django()
    from roamline.rooms.mobility import service

    by, now = service.By(getpass.getuser(), service.Way.COMMAND_LINE), datetime.now(UTC)
    if options.device:
        outcome = service.log_out(options.device, by, now)
        if isinstance(outcome, Refused):
            return _refused(outcome)
        later = isinstance(outcome, service.LogsOutAfterCall)
        said = (
            _("%(user)s will be logged out of %(device)s when the call ends")
            if later else _("%(user)s is logged out of %(device)s")
        )  # fmt: skip
        print(said % {"user": outcome.user_id, "device": outcome.device})
        return 0
    count = service.log_out_all(by, now) if options.all else service.log_out_user(options.user, by, now)
    if isinstance(count, Refused):
        return _refused(count)
    print(_("%s logged out, or will be when their call ends") % count)
    return 0


def sessions(_options: argparse.Namespace) -> int:
    """List who is logged in where."""
    set_up_django()
    from roamline.platform.wording import translated
    from roamline.rooms.mobility.models import LoginSession

    found = LoginSession.objects.filter(ended_at__isnull=True).select_related("phone", "account", "profile")
    for each in found.order_by("started_at"):
        since = {
            "since": f"{each.started_at:%Y-%m-%d %H:%M:%S}", "way": translated(each.way),
            "until": f"{each.expires_at:%Y-%m-%d %H:%M}" if each.expires_at else "",
            "confirmation": each.get_confirmation_display(),
        }  # fmt: skip
        said = (
            _("since %(since)s UTC by %(way)s, until %(until)s (%(confirmation)s)")
            if each.expires_at else _("since %(since)s UTC by %(way)s (%(confirmation)s)")
        )  # fmt: skip
        print(f"{each.account.user_id:<20} {each.phone.name:<20} {each.profile.name:<20} {said % since}")
    if not found:
        print(_("Nobody is logged in."))
    return 0


def _explain_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", metavar="ID", help=_("user id"))
    parser.add_argument("--device", metavar="NAME", help=_("device name"))
    parser.add_argument(
        "--error", metavar="TEXT", help=_("instead: explain a number, or what a phone or handbook says")
    )
    parser.add_argument("--json", action="store_true", help=_("print JSON"))


def explain(options: argparse.Namespace) -> int:
    """Say whether a log-in would work, and if not, why and what to change; exit 1 when it would be refused."""
    if options.error:
        return explain_error(options.error)
    if not (options.user and options.device):
        print(_("give --user and --device, or --error"))
        return 2
    set_up_django()
    from roamline.rooms.mobility.service import explain as explain_log_in

    explanation = explain_log_in(options.user, options.device, datetime.now(UTC))
    if options.json:
        print(json.dumps(_as_json(explanation), indent=2))
    else:
        _print_explanation(explanation, options.user)
    return 1 if explanation.outcome else 0


def _as_json(explanation: Explanation) -> dict[str, object]:
    """For programs: in English, whoever asks."""
    findings = [
        {"number": f.error.number, "title": f.title, "holds": f.holds, "reason": f.reason, "remedy": f.remedy}
        for f in explanation.findings
    ]
    warnings = [{"title": w.title, "reason": w.reason, "remedy": w.remedy} for w in explanation.warnings]
    outcome = explanation.outcome.number if explanation.outcome else 0
    return {"outcome": outcome, "findings": findings, "warnings": warnings}


def _print_explanation(explanation: Explanation, user: str) -> None:
    from roamline.platform.wording import translated

    marks = {True: _("ok"), False: _("FAILS"), None: "?"}
    for finding in explanation.findings:
        print(f"{padded(marks[finding.holds], 6)}{finding.error.number:>4}  {translated(finding.title)}")
        if finding.holds is False:
            print(f"            {translated(finding.reason)}\n            {_to_mend(finding.remedy)}")
    for warned in explanation.warnings:
        print(f"{padded(_('warns'), 11)}{translated(warned.title)}")
        print(f"            {translated(warned.reason)}\n            {_to_mend(warned.remedy)}")
    who = {"user": user, "device": explanation.device}
    if outcome := explanation.outcome:
        error = f"{outcome.number} ({translated(outcome.short_name)})"
        print(_("A log-in of %(user)s on %(device)s would be refused with %(error)s.") % {**who, "error": error})
    else:
        print(_("A log-in of %(user)s on %(device)s would be granted, with the right PIN.") % who)


def _to_mend(remedy: str) -> str:
    from roamline.platform.wording import translated

    return _("To mend it: %s") % translated(remedy)


def explain_error(text: str) -> int:
    """Say what an error means and what to change; exit 1 when the text speaks of none."""
    errors, troubles = error_wordings.find(text)
    for error in errors:
        print(f"{error.number} {_(error.short_name)}: {_(error.value.meaning)}")
        if error in error_wordings.REMEDIES:
            print("     " + _("To mend it: %s") % _(error_wordings.REMEDIES[error]))
    for trouble in troubles:
        print(f"{_(trouble.meaning)}\n     " + _("To mend it: %s") % _(trouble.remedy))
    if not errors and not troubles:
        print(_("No error is known by this number or wording."))
    return 0 if errors or troubles else 1


def audit(_options: argparse.Namespace) -> int:
    """Check that sessions, phones, secrets, deadlines and call control agree; exit 1 when anything disagrees."""
    set_up_django()
    from roamline.doors.call_control import auditor as call_control
    from roamline.platform.wording import translated
    from roamline.rooms.mobility import auditor as mobility

    findings = [*mobility.findings(), *call_control.findings()]
    for finding in findings:
        print(translated(finding))
    agree = _("Sessions, phones, secrets, deadlines and call control agree.")
    print(_("%s findings.") % len(findings) if findings else agree)
    return 1 if findings else 0


COMMANDS = (
    Command("log-in", gettext_noop("log a user in to a phone"), log_in, _log_in_arguments),
    Command("log-out", gettext_noop("log out a phone, a user everywhere, or everybody"), log_out, _log_out_arguments),
    Command("sessions", gettext_noop("list who is logged in where"), sessions),
    Command(
        "explain",
        gettext_noop("say whether a log-in would work, and what to change if not"),
        explain,
        _explain_arguments,
    ),
    Command("audit", gettext_noop("check that sessions, phones, secrets and call control agree"), audit),
)
