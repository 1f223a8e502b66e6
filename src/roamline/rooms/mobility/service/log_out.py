"""Log-out, by whichever way: one transaction that ends the session and gives the phone back to itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.directory import store as directory
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import store
from roamline.rooms.mobility.service import gate, own_settings
from roamline.rooms.mobility.service.calls import (
    END_WHEN_IDLE,
    LOOK_AGAIN_SECONDS,
    end_when_idle,
    is_in_call,
    wait_for_call,
)
from roamline.rooms.mobility.service.common import (
    EXPIRY,
    SessionFact,
    announce_session_change,
    announce_session_fact,
    as_database_error,
    audit_refusal,
    clears_history,
    restart_kind,
    run_profile,
)
from roamline.rooms.mobility.service.terms import HEADSET_WAYS, By, LoggedOut, LogsOutAfterCall, Way
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.moment import one_moment


@as_database_error
def log_out(device: str, by: By, now: datetime, *, only: str | None = None) -> LoggedOut | LogsOutAfterCall | Refused:
    """Log out whoever is on a phone (EM-34), or say why not: 207, 208, 26, 30, 28, 11, 5, 19, 10.

    Every attempt is in the audit.

    While the phone is in a call the session stays and ends with the call (EM-42).
    With ``only`` nobody but that user is logged out: anybody else gives 10 (S-3).
    """
    outcome: LoggedOut | LogsOutAfterCall | Refused | None = gate.objection_of_service(by) if device else None
    if outcome is None:
        with one_moment():
            outcome = gate.admitted(by, parameters.now_in_force(), lambda: _log_out(device, by, now, only))
    if isinstance(outcome, Refused):
        audit_refusal("em.logout", device, "", outcome, by, now)
    return outcome


def _log_out(device: str, by: By, now: datetime, only: str | None = None) -> LoggedOut | LogsOutAfterCall | Refused:
    if not device:
        return Refused(Error.DEVICE_NAME_EMPTY, _("the request names no device"))
    phone = store.phone_by_name(device)
    if phone is None:
        return Refused(Error.DEVICE_DOES_NOT_EXIST, _("no phone has this name"))
    session = store.session_on_phone(phone.id)
    if session is None:
        if not phone.em_enabled:
            return Refused(Error.LOGOUT_DISABLED_ON_DEVICE, _("extension mobility is not enabled on the phone"))
        return Refused(Error.NO_USER_LOGGED_IN, _("nobody is logged in on the phone"))
    if only is not None and session.user_id != only:
        return Refused(Error.LACKS_PROXY_RIGHTS, _("somebody else is logged in on the phone"))
    return end_or_wait(session, by, now) or Refused(Error.NO_USER_LOGGED_IN, _("the session ended meanwhile"))


def end_or_wait(session: store.OpenSession, by: By, now: datetime) -> LoggedOut | LogsOutAfterCall | None:
    """End a session, or make it ending while its phone is in a call; None when it had ended meanwhile."""
    return wait_for_call(session, by, now) if is_in_call(session.device) else end(session, by, now)


@transaction.atomic
def end(session: store.OpenSession, by: By, now: datetime) -> LoggedOut | None:
    """End one session in its own transaction; None when it had ended meanwhile."""
    directory.lock(session.account_id)
    phone = store.lock_phone(session.phone_id)
    current = store.session_on_phone(session.phone_id)
    if phone is None or current is None or current.id != session.id:
        transaction.set_rollback(True)
        return None
    return end_session(session, phone, by, now)


def end_session(session: store.OpenSession, phone: store.LockedPhone, by: By, now: datetime) -> LoggedOut:
    store.end_session(session.id, now, by.way, "")
    profile_id = phone.logout_profile_id or phone.own_profile_id
    locale = store.locale_when_logged_out(phone)
    by_headset = by.way.is_headset or session.way in HEADSET_WAYS
    kind = "reset" if by_headset else restart_kind(session.locale or locale, locale)
    own_settings.restore(phone)
    clears = clears_history(by.way, parameters.now_in_force())
    run_profile(phone, profile_id, kind, now, clears_history=clears)
    if session.expires_at:
        ledger.cancel(EXPIRY, str(session.uuid))
    ledger.record(
        at=now, action="em.logout", actor=by.actor, way=by.way, source=by.source, user_id=session.user_id,
        device=phone.name, details={"session": str(session.uuid), "restart": kind},
    )  # fmt: skip
    announce_session_change(phone.id, now)
    announce_session_fact(
        SessionFact(session.account_id, session.user_id, session.profile_id, phone.name, False, by.way), now
    )
    return LoggedOut(phone.name, session.user_id, kind)


@as_database_error
def log_out_all(by: By, now: datetime) -> int:
    """Log everybody out, one short transaction each; how many, with those whose log-out waits for a call."""
    return sum(1 for device in store.taken_phones() if not isinstance(_log_out(device, by, now), Refused))


@as_database_error
def log_out_user(user_id: str, by: By, now: datetime) -> int:
    """Log a user out everywhere; how many sessions, with those whose log-out waits for a call."""
    found = directory.by_user_id(user_id)
    sessions = store.sessions_of_user(found[0].id) if found else []
    return sum(1 for session in sessions if end_or_wait(session, by, now))


def end_at_once(user_id: str, by: By, now: datetime) -> int:
    """End a user's sessions without waiting for their calls: something newer has taken their place (RO-21).

    A phone in a call changes when the call is over. How many ended.
    """
    found = directory.by_user_id(user_id)
    sessions = store.sessions_of_user(found[0].id) if found else []
    return sum(1 for session in sessions if end(session, by, now))


@ledger.on_deadline(EXPIRY)
def expire(subject: str, _payload: dict[str, object], now: datetime) -> None:
    """The maximum login time of a session has passed (EM-23): it ends as soon as its phone is idle (EM-42)."""
    session = store.session_by_uuid(UUID(subject))
    if session is not None:
        end_when_idle(session, By("", Way.TIMER), now)


@ledger.on_effect(END_WHEN_IDLE)
def end_if_idle(subject: str, _version: int, _payload: dict[str, object], now: datetime) -> None:
    """End a session that waits for its phone's call, once there is none; looks again every few seconds."""
    session = store.session_by_uuid(UUID(subject))
    if session is None or session.ending_since is None:
        return
    if is_in_call(session.device):
        raise ledger.TryAgain(LOOK_AGAIN_SECONDS, "in a call")
    end(session, By(session.ending_actor, Way(session.ending_way)), now)
