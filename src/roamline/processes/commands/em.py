"""``roamline log-in``, ``log-out``, ``sessions``, ``explain`` and ``audit``: the engine from the command line."""

from __future__ import annotations

import argparse
import getpass
import json
from datetime import UTC, datetime

from roamline.kernel import error_wordings
from roamline.kernel.outcome import Refused
from roamline.processes.commands.command import Command, set_up_django


def _refused(refused: Refused) -> int:
    print(f"refused: {refused.error.number} {refused.error.short_name}: {refused.reason}")
    return 1


def _log_in_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", required=True, metavar="ID", help="user id")
    parser.add_argument("--device", required=True, metavar="NAME", help="device name")
    parser.add_argument("--profile", metavar="NAME", help="device profile (default: the user's default profile)")


def log_in(options: argparse.Namespace) -> int:
    """Log a user in to a phone, with the right of whoever can run commands on this node."""
    set_up_django()
    from roamline.rooms.mobility import service

    by = service.By(getpass.getuser(), service.Way.COMMAND_LINE)
    request = service.LogIn(device=options.device, identifier=options.user, pin=None, profile=options.profile)
    outcome = service.log_in(request, by, datetime.now(UTC))
    if isinstance(outcome, Refused):
        return _refused(outcome)
    print(f"{options.user} is logged in on {options.device}")
    return 0


def _log_out_arguments(parser: argparse.ArgumentParser) -> None:
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--device", metavar="NAME", help="log out whoever is on this phone")
    whom.add_argument("--user", metavar="ID", help="log this user out everywhere")
    whom.add_argument("--all", action="store_true", help="log everybody out")


def log_out(options: argparse.Namespace) -> int:
    """Log out a phone, a user everywhere, or everybody."""
    set_up_django()
    from roamline.rooms.mobility import service

    by, now = service.By(getpass.getuser(), service.Way.COMMAND_LINE), datetime.now(UTC)
    if options.device:
        outcome = service.log_out(options.device, by, now)
        if isinstance(outcome, Refused):
            return _refused(outcome)
        when = (
            "will be logged out when the call ends on" if isinstance(outcome, service.LogsOutAfterCall) else "is out of"
        )
        print(f"{outcome.user_id} {when} {outcome.device}")
        return 0
    count = service.log_out_all(by, now) if options.all else service.log_out_user(options.user, by, now)
    if isinstance(count, Refused):
        return _refused(count)
    print(f"{count} logged out, or will be when their call ends")
    return 0


def sessions(_options: argparse.Namespace) -> int:
    """List who is logged in where."""
    set_up_django()
    from roamline.rooms.mobility.models import LoginSession

    found = LoginSession.objects.filter(ended_at__isnull=True).select_related("phone", "account", "profile")
    for each in found.order_by("started_at"):
        until = f", until {each.expires_at:%Y-%m-%d %H:%M}" if each.expires_at else ""
        print(
            f"{each.account.user_id:<20} {each.phone.name:<20} {each.profile.name:<20} "
            f"since {each.started_at:%Y-%m-%d %H:%M:%S} UTC by {each.way}{until} ({each.confirmation})"
        )
    if not found:
        print("Nobody is logged in.")
    return 0


def _explain_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", metavar="ID", help="user id")
    parser.add_argument("--device", metavar="NAME", help="device name")
    parser.add_argument("--error", metavar="TEXT", help="instead: explain a number, or what a phone or handbook says")
    parser.add_argument("--json", action="store_true", help="print JSON")


def explain(options: argparse.Namespace) -> int:
    """Say whether a log-in would work, and if not, why and what to change; exit 1 when it would be refused."""
    if options.error:
        return explain_error(options.error)
    if not (options.user and options.device):
        print("give --user and --device, or --error")
        return 2
    set_up_django()
    from roamline.rooms.mobility.service import explain as explain_log_in

    explanation = explain_log_in(options.user, options.device, datetime.now(UTC))
    outcome = explanation.outcome
    if options.json:
        findings = [
            {"number": f.error.number, "title": f.title, "holds": f.holds, "reason": f.reason, "remedy": f.remedy}
            for f in explanation.findings
        ]
        warnings = [{"title": w.title, "reason": w.reason, "remedy": w.remedy} for w in explanation.warnings]
        content = {"outcome": outcome.number if outcome else 0, "findings": findings, "warnings": warnings}
        print(json.dumps(content, indent=2))
        return 1 if outcome else 0
    for finding in explanation.findings:
        mark = {True: "ok", False: "FAILS", None: "?"}[finding.holds]
        print(f"{mark:<6}{finding.error.number:>4}  {finding.title}")
        if finding.holds is False:
            print(f"            {finding.reason}\n            To mend it: {finding.remedy}")
    for warned in explanation.warnings:
        print(f"warns      {warned.title}\n            {warned.reason}\n            To mend it: {warned.remedy}")
    verdict = f"refused with {outcome.number} ({outcome.short_name})" if outcome else "granted, with the right PIN"
    print(f"A log-in of {options.user} on {explanation.device} would be {verdict}.")
    return 1 if outcome else 0


def explain_error(text: str) -> int:
    """Say what an error means and what to change; exit 1 when the text speaks of none."""
    errors, troubles = error_wordings.find(text)
    for error in errors:
        print(f"{error.number} {error.short_name}: {error.value.meaning}")
        if error in error_wordings.REMEDIES:
            print(f"     To mend it: {error_wordings.REMEDIES[error]}")
    for trouble in troubles:
        print(f"{trouble.meaning}\n     To mend it: {trouble.remedy}")
    if not errors and not troubles:
        print("No error is known by this number or wording.")
    return 0 if errors or troubles else 1


def audit(_options: argparse.Namespace) -> int:
    """Check that sessions, phones, secrets, deadlines and call control agree; exit 1 when anything disagrees."""
    set_up_django()
    from roamline.doors.call_control import auditor as call_control
    from roamline.rooms.mobility import auditor as mobility

    findings = [*mobility.findings(), *call_control.findings()]
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings." if findings else "Sessions, phones, secrets, deadlines and call control agree.")
    return 1 if findings else 0


COMMANDS = (
    Command("log-in", "log a user in to a phone", log_in, _log_in_arguments),
    Command("log-out", "log out a phone, a user everywhere, or everybody", log_out, _log_out_arguments),
    Command("sessions", "list who is logged in where", sessions),
    Command("explain", "say whether a log-in would work, and what to change if not", explain, _explain_arguments),
    Command("audit", "check that sessions, phones, secrets and call control agree", audit),
)
