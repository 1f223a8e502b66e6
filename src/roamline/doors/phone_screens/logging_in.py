"""From id and PIN, or from a ticket, to the next screen: done, a choice of profiles, a new PIN, or a refusal."""

from __future__ import annotations

from datetime import datetime

from roamline.doors.phone_screens import screens, tickets
from roamline.doors.phone_screens.answering import Screen
from roamline.doors.phone_screens.asking import Asked
from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.secret import Secret
from roamline.rooms.emcc import visiting as emcc
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, ChooseProfile, LoggedIn, LogIn, Way


def own_url(asked: Asked) -> str:
    """The address of the log-in service for the phone that asks."""
    return screens.own_url(asked.base_url, asked.device, asked.login_type, emcc=asked.emcc)


def by(asked: Asked, actor: str) -> By | Refused:
    """Who asks, and from where: behind a trusted balancer its client."""
    origin = mobility.origin_of(asked.connection, asked.forwarded_for, asked.via)
    return origin if isinstance(origin, Refused) else By(actor, Way.PHONE, origin.address, origin.is_proxied)


def refusal(refused: Refused, asked: Asked) -> Screen:
    """A refusal at a log-in, with a way back to its beginning."""
    return screens.refusal(refused.error, at_log_out=False, retry_url=own_url(asked))


def with_pin(asked: Asked, now: datetime) -> Screen:
    """Log in with the id and PIN that were typed."""
    request = LogIn(
        device=asked.device,
        identifier=asked.identifier or "",
        pin=asked.pin or Secret(""),
        login_type=asked.login_type,
        profile=asked.profile,
    )
    if asked.emcc and (across := _across_clusters(request, asked, now)) is not None:
        return across
    return _log_in(request, asked, now)


def _across_clusters(request: LogIn, asked: Asked, now: datetime) -> Screen | None:
    """The log-in of another cluster's user (RO-30); None for whom this cluster knows, or no cluster does."""
    if emcc.is_for_another_cluster(request) is not True:
        return None
    who = by(asked, request.identifier)
    outcome = who if isinstance(who, Refused) else emcc.log_in(request, who, now)
    if not isinstance(outcome, Refused):
        return screens.logged_in(outcome.user_id, others_learn=True)
    if outcome.error is Error.PIN_CHANGE_REQUIRED:
        return screens.pin_must_change_at_home(own_url(asked))
    # Whether the id or the PIN was wrong, here or there, no phone tells (S-1); the audit does.
    shown = Error.AUTHENTICATION_ERROR if outcome.error is Error.APP_USER_NOT_AUTHORIZED else outcome.error
    return refusal(Refused(shown), asked)


def with_ticket(asked: Asked, now: datetime) -> Screen:
    """Log in with the profile that was chosen."""
    redeemed = _redeem(asked, now)
    if isinstance(redeemed, Refused):
        return refusal(redeemed, asked)
    return _log_in(LogIn(asked.device, redeemed.user_id, None, profile=redeemed.profile), asked, now)


def after_new_pin(user_id: str, asked: Asked, now: datetime) -> Screen:
    """Go on with the log-in that asked for a new PIN (code 41)."""
    return _log_in(LogIn(asked.device, user_id, None), asked, now)


def _log_in(request: LogIn, asked: Asked, now: datetime) -> Screen:
    who = by(asked, request.identifier)
    outcome = who if isinstance(who, Refused) else mobility.log_in(request, who, now, may_choose=True)
    return _next_screen(outcome, asked, now)


def _next_screen(outcome: LoggedIn | ChooseProfile | Refused, asked: Asked, now: datetime) -> Screen:
    if isinstance(outcome, ChooseProfile):
        issued = _issue(outcome, asked, now)
        if isinstance(issued, Refused):
            return refusal(issued, asked)
        return screens.profile_menu(own_url(asked), outcome.profiles, issued)
    if isinstance(outcome, LoggedIn):
        return screens.logged_in(outcome.user_id, others_learn=outcome.others_learn)
    return _ask_for_new_pin(asked, now) if outcome.error is Error.PIN_CHANGE_REQUIRED else refusal(outcome, asked)


def _ask_for_new_pin(asked: Asked, now: datetime) -> Screen:
    issued = _issue_for_change(asked, now)
    if isinstance(issued, Refused):
        return refusal(issued, asked)
    return screens.change_form(screens.change_url(asked.base_url, asked.device, asked.login_type, issued), must=True)


@mobility.as_database_error
def _redeem(asked: Asked, now: datetime) -> tickets.Redeemed | Refused:
    redeemed = tickets.redeem(asked.ticket or "", asked.device, now)
    return redeemed or Refused(Error.AUTHENTICATION_ERROR, "the ticket is false, too old or void")


@mobility.as_database_error
def _issue(outcome: ChooseProfile, asked: Asked, now: datetime) -> tuple[str, ...] | Refused:
    return tickets.issue(outcome.user_id, asked.device, outcome.profiles, now)


@mobility.as_database_error
def _issue_for_change(asked: Asked, now: datetime) -> str | Refused:
    user_id = mobility.user_id_of(asked.identifier or "", asked.login_type)
    return tickets.issue_for_change(user_id, asked.device, now)
