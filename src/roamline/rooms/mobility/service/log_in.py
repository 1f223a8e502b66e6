"""Log-in as one transaction.

A log-in checks what can be refused without a look at the credential, checks the PIN outside any transaction, and
then, in one transaction, locks the user and the phones, loads the facts, asks the rules, and writes session, phone,
audit, deadline and effect. So after a crash at any instant a phone is wholly in or wholly out (EM-44).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.rooms.directory import authentication
from roamline.rooms.directory import store as directory
from roamline.rooms.directory.authentication import Checked, Verdict
from roamline.rooms.directory.rules.credentials import CredentialPolicy, is_expired, is_locked
from roamline.rooms.directory.store import KnownAccount
from roamline.rooms.directory.verifiers import VerifierUnusable
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import configuration, store
from roamline.rooms.mobility.rules import log_in as rules
from roamline.rooms.mobility.rules.identifiers import objection_to_identifier
from roamline.rooms.mobility.rules.log_in import Granted, LogInFacts, ProfileFacts, UserFacts
from roamline.rooms.mobility.service import gate, guesses, own_settings
from roamline.rooms.mobility.service.common import (
    EXPIRY,
    Run,
    SessionFact,
    announce_session_changes,
    announce_session_facts,
    as_database_error,
    audit_refusal,
    clears_history,
    log,
    phone_known_as,
    restart_kind,
    run_profiles,
    settle,
)
from roamline.rooms.mobility.service.log_out import Ending, end_sessions
from roamline.rooms.mobility.service.terms import By, ChooseProfile, LoggedIn, LogIn, Way
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.service import Parameters


def log_in(request: LogIn, by: By, now: datetime, *, may_choose: bool = False) -> LoggedIn | ChooseProfile | Refused:
    """Log a user in to a phone, or say why not (EM-21); every attempt is in the audit.

    What else happens: under Auto Logout the user's other sessions end; the phone's configuration version grows and
    its secret rotates; the phone is told to restart or reset. With ``may_choose`` a user with several profiles who
    named none gets the choice instead of the default profile.
    """
    outcome = _try_to_log_in(request, by, now, may_choose)
    settle("em.login", request.device, request.identifier, outcome, by, now)
    return outcome


@as_database_error
def _try_to_log_in(request: LogIn, by: By, now: datetime, may_choose: bool) -> Outcome:
    in_force = parameters.now_in_force()
    facts = _facts_before_admission(request, by, in_force)
    refused = rules.first_failing(facts, rules.BEFORE_ADMISSION)
    outcome, checked = (refused, None) if refused else _admit(request, by, facts, in_force, now, may_choose)
    if isinstance(outcome, Refused):
        audit_refusal("em.login", request.device, request.identifier, outcome, by, now, checked)
    return outcome


Outcome = LoggedIn | ChooseProfile | Refused


def _admit(
    request: LogIn, by: By, facts: LogInFacts, in_force: Parameters, now: datetime, may_choose: bool
) -> tuple[Outcome, Checked | None]:
    """The outcome, with the wrong credential that is still to be counted where there was one."""
    admitted = gate.admitted(by, in_force, lambda: _log_in(request, by, facts, in_force, now, may_choose))
    return (admitted, None) if isinstance(admitted, Refused) else admitted


def _log_in(
    request: LogIn, by: By, facts: LogInFacts, in_force: Parameters, now: datetime, may_choose: bool
) -> tuple[Outcome, Checked | None]:
    facts = replace(facts, phone=phone_known_as(request.device))
    refused = rules.first_failing(facts, rules.BEFORE_CREDENTIAL)
    if refused:
        guessed = None if facts.is_blank else request.pin
        return refused, guesses.check_in_vain(guessed, by, in_force, now) if guessed else None
    try:
        checked, objection = _check_credential(request, by, facts, in_force, now)
    except VerifierUnusable as unusable:
        log.error("a PIN could not be checked", device=request.device, error=str(unusable))
        return Refused(Error.DIRECTORY_SERVER_ERROR, str(unusable)), None
    objection = objection or _objection(checked)
    facts = replace(facts, credential=objection, credential_error=_credential_error(facts, checked))
    if checked.account is None or facts.credential:
        wrong = rules.first_failing(facts) or Refused(Error.UNKNOWN_ERROR, "no account, and no objection")
        return wrong, checked
    return _with_right_credential(request, checked.account, facts, by, in_force, now, may_choose), None


def _with_right_credential(
    request: LogIn, account: KnownAccount, facts: LogInFacts, by: By, in_force: Parameters, now: datetime,
    may_choose: bool,
) -> Outcome:  # fmt: skip
    if request.pin is not None:
        authentication.count(Checked(Verdict.RIGHT, account), now)
    policy = directory.credential_policy()
    profiles = store.profiles_of(account.id)
    chooses = may_choose and request.profile is None and len(profiles) > 1
    if chooses and not _must_change(request, account, policy, now):
        return ChooseProfile(account.user_id, tuple(profile.name for profile in profiles))
    with transaction.atomic():
        outcome = _log_in_locked(request, account, profiles, facts, by, in_force, policy, now)
        if isinstance(outcome, Refused):
            transaction.set_rollback(True)
    return outcome


def _facts_before_admission(request: LogIn, by: By, in_force: Parameters) -> LogInFacts:
    blank = not request.identifier or (request.pin is not None and not request.pin)
    behavior = in_force.text(parameter_rules.MULTIPLE_LOGIN_BEHAVIOR)
    return LogInFacts(
        login_type=request.login_type,
        device=request.device,
        phone=None,
        identifier=request.identifier,
        is_blank=blank,
        credential="",
        credential_error=_error_for_unknown(request, by),
        user=None,
        wanted_profile=request.profile,
        second_login_refused=behavior == parameter_rules.NOT_ALLOWED,
        is_trusted=request.pin is None and not request.as_oneself,
        service=service_off.reason if (service_off := gate.objection_of_service(by)) else "",
    )


def _error_for_unknown(request: LogIn, by: By) -> Error:
    # Only a caller with the right to act for others learns that a user does not exist: never a phone (S-1).
    from_a_phone = request.pin is not None or request.as_oneself or by.way is Way.PHONE
    return Error.AUTHENTICATION_ERROR if from_a_phone else Error.USER_DOES_NOT_EXIST


LOOK_UPS = {
    "UID": directory.by_user_id,
    "SP": directory.by_self_service_id,
    "DN": directory.by_primary_extension,
}


def _check_credential(
    request: LogIn, by: By, facts: LogInFacts, in_force: Parameters, now: datetime
) -> tuple[Checked, str]:
    """How the credential was, and what is wrong with the id itself: such a one is nobody's (EM-25, EM-30)."""
    if request.pin is not None:
        objection = objection_to_identifier(
            request.identifier, request.login_type, facts.phone.locale if facts.phone else "",
            alphanumeric=in_force.is_true(parameter_rules.ALPHANUMERIC_USER_ID),
        )  # fmt: skip
        found = [] if objection else LOOK_UPS[request.login_type](request.identifier)
        return authentication.examine_pin(found, request.pin, now, source=by.source, in_force=in_force), objection
    found = LOOK_UPS[request.login_type](request.identifier)
    if len(found) == 1 and found[0].is_active and found[0].kind == "end":
        return Checked(Verdict.RIGHT, found[0]), ""
    return Checked(Verdict.AMBIGUOUS if len(found) > 1 else Verdict.UNKNOWN, None), ""


def user_id_of(identifier: str, login_type: str) -> str:
    """The user id of whoever an id of that type stands for; empty when it is nobody's, or several users'."""
    found = LOOK_UPS[login_type](identifier) if login_type in LOOK_UPS else []
    return found[0].user_id if len(found) == 1 else ""


def _must_change(request: LogIn, account: KnownAccount, policy: CredentialPolicy, now: datetime) -> bool:
    if request.pin is None and not request.as_oneself:
        return False
    return account.pin_must_change or is_expired(account.pin_changed_at, now, policy)


def _objection(checked: Checked) -> str:
    return "" if checked.verdict is Verdict.RIGHT else checked.verdict.value


def _credential_error(facts: LogInFacts, checked: Checked) -> Error:
    return Error.DN_HAS_MULTIPLE_USERS if checked.verdict is Verdict.AMBIGUOUS else facts.credential_error


def _changed_meanwhile(checked: KnownAccount, locked: KnownAccount, request: LogIn, now: datetime) -> str:
    """What has become of the account since its credential was checked; empty when the check still stands."""
    if not locked.is_active:
        return Verdict.INACTIVE.value
    if request.pin is None and not request.as_oneself:
        return ""
    if request.pin is not None and locked.pin_verifier != checked.pin_verifier:
        return "the PIN was changed meanwhile"
    return Verdict.LOCKED.value if is_locked(locked.locked_until, now) else ""


def _log_in_locked(
    request: LogIn, checked: KnownAccount, profiles: tuple[ProfileFacts, ...], facts: LogInFacts, by: By,
    in_force: Parameters, policy: CredentialPolicy, now: datetime,
) -> LoggedIn | Refused:  # fmt: skip
    account = directory.lock_and_look(checked.id)
    if account is None or facts.phone is None:
        return Refused(facts.credential_error, "the user was deleted meanwhile")
    this_phone = facts.phone.id
    others = store.sessions_of_user(account.id)
    ends_others = in_force.text(parameter_rules.MULTIPLE_LOGIN_BEHAVIOR) == parameter_rules.AUTO_LOGOUT
    to_end = [session for session in others if session.phone_id != this_phone] if ends_others else []
    locked = {id_: store.lock_phone(id_) for id_ in sorted({this_phone, *(s.phone_id for s in to_end)})}
    phone = locked[this_phone]
    if phone is None:
        return Refused(Error.DEVICE_DOES_NOT_EXIST, "the phone was deleted meanwhile")
    must_change = _must_change(request, account, policy, now)
    user = _user_facts(account, profiles, others, this_phone, must_change=must_change)
    credential = _changed_meanwhile(checked, account, request, now)
    decision = rules.decide_log_in(replace(facts, credential=credential, phone=store.phone_by_id(phone.id), user=user))
    if isinstance(decision, Refused):
        return decision
    because = By(account.user_id, Way.ANOTHER_LOG_IN, by.source)
    there = [(session, locked[session.phone_id]) for session in to_end]
    end_sessions([Ending(session, ended, because) for session, ended in there if ended is not None], now)
    return _begin_session(decision, phone, account, request, by, in_force, now)


def _user_facts(
    account: KnownAccount, profiles: tuple[ProfileFacts, ...], sessions: list[store.OpenSession], this_phone: int, *,
    must_change: bool,
) -> UserFacts:  # fmt: skip
    return UserFacts(
        id=account.id,
        user_id=account.user_id,
        locale=account.user_locale,
        pin_must_change=must_change,
        profiles=profiles,
        logged_in_on=tuple(s.device for s in sessions if s.phone_id != this_phone and s.ending_since is None),
    )


def _begin_session(
    granted: Granted, phone: store.LockedPhone, account: KnownAccount, request: LogIn, by: By, in_force: Parameters,
    now: datetime,
) -> LoggedIn:  # fmt: skip
    expires_at = _expiry(request, account, by, in_force, now)
    locale = granted.profile.locale or granted.user.locale or granted.phone.locale
    kind = (
        "reset"
        if by.way.is_headset
        else restart_kind((granted.phone.locale, granted.phone.modules), (locale, granted.profile.modules))
    )
    uuid = store.open_session(
        phone_id=phone.id, account_id=granted.user.id, profile_id=granted.profile.id, now=now, way=by.way,
        source=by.source, expires_at=expires_at, restart_kind=kind,
    )  # fmt: skip
    own_settings.remember(phone, in_force, now)
    run_profiles([Run(phone, granted.profile.id, kind, clears_history(by.way, in_force))], now)
    if expires_at:
        ledger.schedule(EXPIRY, str(uuid), expires_at)
    details = {"session": str(uuid), "restart": kind, **_fitting(granted)}
    ledger.record(
        at=now, action="em.login", actor=by.actor or granted.user.user_id, way=by.way, source=by.source,
        user_id=granted.user.user_id, device=phone.name, subject=granted.profile.name, details=details,
    )  # fmt: skip
    announce_session_changes([phone.id], now)
    fact = SessionFact(account.id, account.user_id, granted.profile.id, phone.name, True, by.way)
    others_learn = announce_session_facts([fact], now)
    return LoggedIn(uuid, phone.name, granted.user.user_id, granted.profile.name, expires_at, kind, others_learn)


def _fitting(granted: Granted) -> dict[str, object]:
    """What a phone of another model than the profile's does not show, and what fills in: for the audit (EM-38)."""
    if granted.profile.model == granted.phone.model:
        return {}
    phone = configuration.phone_named(granted.phone.name)
    runs = configuration.effective_configuration_of(phone) if phone else None
    return {"dropped": list(runs.dropped), "filled": list(runs.filled)} if runs else {}


def _expiry(request: LogIn, account: KnownAccount, by: By, in_force: Parameters, now: datetime) -> datetime | None:
    """When the session ends: as the request says, else the user's own maximum, else the cluster's (EM-23)."""
    if request.indefinite:
        return None
    is_inside = account.is_at_home and by.way is not Way.EMCC
    of_cluster = in_force.maximum_login_time() if is_inside else in_force.inter_cluster_login_time()
    limit = request.duration or account.own_login_time or of_cluster
    return now + limit if limit else None
