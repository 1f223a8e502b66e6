"""Explain, sessions, log-in and log-out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from roamline.doors.rest.access import MAY_EXPLAIN, MAY_LOG_IN, MAY_LOG_OUT, caller_of
from roamline.kernel import error_wordings
from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession

router = Router(tags=["mobility"])

MOST_SESSIONS = 1000
Name = Annotated[str, Field(max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")]


class ErrorOut(Schema):
    """An error as phones, scripts and service desks know it; ``reason`` is for administrators."""

    number: int
    short_name: str
    reason: str = ""


class FindingOut(Schema):
    """One condition of a log-in; ``holds`` is null where it cannot be told."""

    number: int
    short_name: str
    title: str
    holds: bool | None
    reason: str
    remedy: str


class WarnedOut(Schema):
    """What does not refuse the log-in, and is trouble all the same."""

    title: str
    reason: str
    remedy: str


class ExplanationOut(Schema):
    """What a log-in would be refused with now (null: granted with the right PIN), and every condition in order."""

    user_id: str
    device: str
    outcome: ErrorOut | None
    findings: list[FindingOut]
    warnings: list[WarnedOut]


class SessionOut(Schema):
    """Who is logged in where."""

    user_id: str
    device: str
    profile: str
    since: datetime
    way: str
    until: datetime | None
    confirmation: str
    ends_after_call: bool


class LogInIn(Schema):
    """A log-in without a PIN, by right of the caller's role."""

    user_id: Name
    device: Name
    profile: Name | None = None


class LogOutIn(Schema):
    """Whose phone is to be freed."""

    device: Name


class Done(Schema):
    """It is done, or will be when the call that is up has ended."""

    device: str
    user_id: str
    after_call: bool = False


@router.get("/explain", response=ExplanationOut, auth=MAY_EXPLAIN)
def explain(request: HttpRequest, user: Annotated[Name, Query()], device: Annotated[Name, Query()]) -> Any:
    """Every condition that a log-in of a user on a phone checks, which fail now, and what to change (EM-47)."""
    explanation = mobility.explain(user, device, timezone.now())
    outcome = explanation.outcome
    return ExplanationOut(
        user_id=explanation.user_id,
        device=explanation.device,
        outcome=_error(outcome) if outcome else None,
        findings=[
            FindingOut(
                number=f.error.number, short_name=f.error.short_name, title=f.title, holds=f.holds, reason=f.reason,
                remedy=f.remedy if f.holds is False else "",
            )
            for f in explanation.findings
        ],
        warnings=[WarnedOut(title=w.title, reason=w.reason, remedy=w.remedy) for w in explanation.warnings],
    )  # fmt: skip


class FoundErrorOut(Schema):
    """An error that a text speaks of; the number is null for trouble that has none."""

    number: int | None
    short_name: str
    meaning: str
    remedy: str


@router.get("/errors", response=list[FoundErrorOut], auth=MAY_EXPLAIN)
def errors(request: HttpRequest, text: Annotated[str, Query(max_length=200)]) -> Any:
    """The errors that a number, a phone's text or a handbook's wording speaks of (EM-47)."""
    found, troubles = error_wordings.find(text)
    return [
        FoundErrorOut(
            number=error.number, short_name=error.short_name, meaning=error.value.meaning,
            remedy=error_wordings.REMEDIES.get(error, ""),
        )
        for error in found
    ] + [FoundErrorOut(number=None, short_name="", meaning=t.meaning, remedy=t.remedy) for t in troubles]  # fmt: skip


@router.get("/sessions", response=list[SessionOut], auth=MAY_EXPLAIN)
def sessions(request: HttpRequest, after: int = 0, limit: Annotated[int, Query(ge=1, le=MOST_SESSIONS)] = 100) -> Any:
    """Open login sessions, oldest first; ``after`` skips that many."""
    found = LoginSession.objects.filter(ended_at__isnull=True).select_related("account", "phone", "profile")
    return [
        SessionOut(
            user_id=s.account.user_id, device=s.phone.name, profile=s.profile.name, since=s.started_at, way=s.way,
            until=s.expires_at, confirmation=s.confirmation, ends_after_call=s.ending_since is not None,
        )
        for s in found.order_by("id")[max(after, 0) : max(after, 0) + limit]
    ]  # fmt: skip


@router.post("/log-in", response={200: Done, 409: ErrorOut}, auth=MAY_LOG_IN)
def log_in(request: HttpRequest, wanted: LogInIn) -> Status[object]:
    """Log a user in to a phone."""
    asked = mobility.LogIn(device=wanted.device, identifier=wanted.user_id, pin=None, profile=wanted.profile)
    outcome = mobility.log_in(asked, _by(request), timezone.now())
    if isinstance(outcome, mobility.LoggedIn):
        return Status(200, Done(device=outcome.device, user_id=outcome.user_id))
    refused = outcome if isinstance(outcome, Refused) else Refused(Error.UNKNOWN_ERROR)
    return Status(409, _error(refused.error, refused.reason))


@router.post("/log-out", response={200: Done, 409: ErrorOut}, auth=MAY_LOG_OUT)
def log_out(request: HttpRequest, wanted: LogOutIn) -> Status[object]:
    """Log out whoever is on a phone; while it is in a call, when that has ended."""
    outcome = mobility.log_out(wanted.device, _by(request), timezone.now())
    if isinstance(outcome, Refused):
        return Status(409, _error(outcome.error, outcome.reason))
    waits = isinstance(outcome, mobility.LogsOutAfterCall)
    return Status(200, Done(device=outcome.device, user_id=outcome.user_id, after_call=waits))


def _by(request: HttpRequest) -> mobility.By:
    source = request.META.get("REMOTE_ADDR", "")
    return mobility.By(caller_of(request).user_id, mobility.Way.ADMINISTRATOR, source)


def _error(error: Error, reason: str = "") -> ErrorOut:
    return ErrorOut(number=error.number, short_name=error.short_name, reason=reason)
