"""Log-out, by whichever way: one transaction that ends the session and gives the phone back to itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.directory import store as directory
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.service import Entry
from roamline.rooms.mobility import store
from roamline.rooms.mobility.service import gate, own_settings, visitors
from roamline.rooms.mobility.service.calls import (
    END_WHEN_IDLE,
    LOOK_AGAIN_SECONDS,
    end_when_idle,
    in_call,
    is_in_call,
    wait_for_call,
)
from roamline.rooms.mobility.service.common import (
    EXPIRY,
    Run,
    SessionFact,
    Shape,
    announce_session_changes,
    announce_session_facts,
    as_database_error,
    audit_refusal,
    clears_history,
    restart_kind,
    run_profiles,
    settle,
)
from roamline.rooms.mobility.service.terms import HEADSET_WAYS, By, LoggedOut, LogsOutAfterCall, Way
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.moment import one_moment


def log_out(device: str, by: By, now: datetime, *, only: str | None = None) -> LoggedOut | LogsOutAfterCall | Refused:
    """Log out whoever is on a phone (EM-34), or say why not: 207, 208, 26, 30, 28, 11, 5, 19, 10.

    Every attempt is in the audit.

    While the phone is in a call the session stays and ends with the call (EM-42).
    With ``only`` nobody but that user is logged out: anybody else gives 10 (S-3).
    """
    outcome = _try_to_log_out(device, by, now, only)
    settle("em.logout", device, "", outcome, by, now)
    return outcome


@as_database_error
def _try_to_log_out(device: str, by: By, now: datetime, only: str | None) -> LoggedOut | LogsOutAfterCall | Refused:
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
    if session is None and phone.has_visitor:
        return visitors.log_out(phone, by, now, only)
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
    endings = _lock([(session, by)])
    return end_sessions(endings, now)[0] if endings else None


@transaction.atomic
def end_all(sessions: Sequence[tuple[store.OpenSession, By]], now: datetime) -> bool:
    """End sessions in one transaction; False, and nothing has happened, when any of them had ended meanwhile."""
    endings = _lock(sessions)
    end_sessions(endings, now)
    return bool(endings)


@dataclass(frozen=True, slots=True)
class Ending:
    """A session that ends, with its phone, locked."""

    session: store.OpenSession
    phone: store.LockedPhone
    by: By


def _lock(sessions: Sequence[tuple[store.OpenSession, By]]) -> list[Ending]:
    """Lock users, then phones, each in the order of their ids; nothing, and a rollback, when a session has ended."""
    directory.lock_all([session.account_id for session, _by in sessions])
    phones = store.lock_phones([session.phone_id for session, _by in sessions])
    current = {session.id for session in store.sessions_on_phones(list(phones))}
    if not sessions or any(session.id not in current for session, _by in sessions):
        transaction.set_rollback(True)
        return []
    return [Ending(session, phones[session.phone_id], by) for session, by in sessions]


def end_sessions(endings: Sequence[Ending], now: datetime) -> list[LoggedOut]:
    """End sessions whose users and phones are locked, and give the phones back to themselves."""
    if not endings:
        return []
    in_force = parameters.now_in_force()
    phones = [ending.phone for ending in endings]
    shapes = store.shapes_when_logged_out(phones)
    kinds = [_restart_kind(ending, shapes[ending.phone.id]) for ending in endings]
    store.end_sessions([(ending.session.id, ending.by.way) for ending in endings], now)
    own_settings.restore([(ending.phone, ending.by) for ending in endings], in_force, now)
    run_profiles(
        [
            Run(phone, phone.logout_profile_id or phone.own_profile_id, kind, clears_history(ending.by.way, in_force))
            for ending, phone, kind in zip(endings, phones, kinds, strict=True)
        ],
        now,
    )
    for ending in endings:
        if ending.session.expires_at:
            ledger.cancel(EXPIRY, str(ending.session.uuid))
    ledger.record_all(_entry(ending, kind, now) for ending, kind in zip(endings, kinds, strict=True))
    announce_session_changes([phone.id for phone in phones], now)
    announce_session_facts([_fact(ending) for ending in endings], now)
    users = [ending.session.user_id for ending in endings]
    return [LoggedOut(phone.name, user, kind) for phone, user, kind in zip(phones, users, kinds, strict=True)]


def _restart_kind(ending: Ending, after: Shape) -> str:
    by_headset = ending.by.way.is_headset or ending.session.way in HEADSET_WAYS
    return "reset" if by_headset else restart_kind((ending.session.locale or after[0], ending.session.modules), after)


def _entry(ending: Ending, kind: str, now: datetime) -> Entry:
    by, session = ending.by, ending.session
    return Entry(
        at=now, action="em.logout", actor=by.actor, way=by.way, source=by.source, user_id=session.user_id,
        device=ending.phone.name, details={"session": str(session.uuid), "restart": kind},
    )  # fmt: skip


def _fact(ending: Ending) -> SessionFact:
    session = ending.session
    return SessionFact(session.account_id, session.user_id, session.profile_id, ending.phone.name, False, ending.by.way)


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


@ledger.on_effects(END_WHEN_IDLE)
def end_those_idle(subjects: list[str], now: datetime) -> list[str]:
    """The same for many sessions at once: call control is asked once, and those idle end in one transaction.

    A session whose phone is in a call, and all of them when any changed meanwhile, are left to be done one by one.
    """
    sessions = {str(session.uuid): session for session in store.sessions_by_uuid([UUID(each) for each in subjects])}
    waiting = {subject: each for subject, each in sessions.items() if each.ending_since is not None}
    busy = in_call([session.device for session in waiting.values()])
    idle = {subject: session for subject, session in waiting.items() if session.device not in busy}
    by = [(session, By(session.ending_actor, Way(session.ending_way))) for session in idle.values()]
    ended = list(idle) if by and end_all(by, now) else []
    return ended + [subject for subject in subjects if subject not in waiting]
