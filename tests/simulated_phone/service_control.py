"""Judging a NOTIFY as the phone's stack does: what is wrong with it is answered 400, and nothing happens."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.simulated_phone.configuration import Configuration
from tests.simulated_phone.conflicts import Conflicts
from tests.simulated_phone.sip_text import Message, host_of, uri_of, user_of

ACTIONS = ("restart", "reset", "check-version", "apply-config", "prt-report", "call-preservation")
_LINE = re.compile(r"([A-Za-z]+)=(.*)")
_BRACED = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Verdict:
    """How a NOTIFY is answered, what the phone then does (empty: nothing), and why it was refused."""

    status: int
    action: str = ""
    reason: str = ""
    stamps: dict[str, str] = field(default_factory=dict)


def judge(
    request: Message, *, configuration: Configuration, call_id: str, contact: str, conflicts: Conflicts
) -> Verdict:
    """Judge a NOTIFY against this phone's configuration, the Call-ID of its REGISTER and its own Contact URI."""
    event = request.first("Event").split(";")[0].strip().lower()
    if not event:
        return Verdict(489, reason="no Event")
    wrong = _wrong_addresses(request, configuration, contact, conflicts)
    if wrong:
        return Verdict(400, reason=wrong)
    if event == "check-sync":
        return Verdict(200, "restart" if conflicts.check_sync_refetches else "")
    if event != "service-control":
        return Verdict(489, reason=f"an unknown event {event}")
    return _judge_body(request, call_id, conflicts)


def _wrong_addresses(request: Message, configuration: Configuration, contact: str, conflicts: Conflicts) -> str:
    to, sender = uri_of(request.first("To")), uri_of(request.first("From"))
    first = configuration.lines[0]
    if user_of(request.uri) not in (first.name, first.contact, user_of(contact)):
        return f"the R-URI's user is not line 1's: {request.uri}"
    if not user_of(to):
        return "To has no user"
    if host_of(request.uri) != host_of(contact) or host_of(to) != host_of(contact):
        return "R-URI or To is not at the address of this phone's Contact"
    if conflicts.refuses_from_with_user and user_of(sender):
        return "From has a user"
    return ""


def _judge_body(request: Message, call_id: str, conflicts: Conflicts) -> Verdict:
    if request.first("Content-Type").split(";")[0].strip().lower() != "text/plain":
        return Verdict(400, reason="the body is not text/plain")
    values: dict[str, str] = {}
    if not request.body.endswith("\r\n") or "\n" in request.body.replace("\r\n", ""):
        return Verdict(400, reason="lines do not end in CRLF")
    for line in request.body.split("\r\n")[:-1]:
        found = _LINE.fullmatch(line)
        if not found:
            return Verdict(400, reason=f"a line that is none: {line!r}")
        key, value = found.group(1).lower(), found.group(2)
        if key != "action" and key != "cucmresult" and key != "ppid" and not _BRACED.fullmatch(value):
            return Verdict(400, reason=f"{key} is not in braces")
        values[key] = value.strip("{}")
    return _judge_values(values, call_id, conflicts)


def _judge_values(values: dict[str, str], call_id: str, conflicts: Conflicts) -> Verdict:
    given = values.get("registercallid", "")
    if given != call_id and (given or conflicts.refuses_empty_call_id):
        return Verdict(400, reason="RegisterCallId is not that of this phone's REGISTER")
    if "featurecontrolversionstamp" in values and conflicts.refuses_feature_control_stamp:
        return Verdict(400, reason="FeatureControlVersionStamp")
    stamps = {name: values.get(f"{name}versionstamp", "") for name in ("config", "dialplan", "softkey")}
    if values.get("action") not in ACTIONS or not all(stamps.values()):
        return Verdict(400, reason="no known action, or a stamp is missing")
    return Verdict(200, values["action"], stamps=stamps)
