"""The visited side: whoever is nobody here may be another cluster's user; that cluster is asked to log them in (RO-30).

Before it is asked a row stands with the session's id: whatever happens then, crash or silence, the home cluster is
told to end a session that did not begin here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.service import Cluster
from roamline.rooms.directory import authentication
from roamline.rooms.directory.authentication import Verdict
from roamline.rooms.emcc import features, talking, visits
from roamline.rooms.emcc import settings as emcc
from roamline.rooms.emcc.answers import error_numbered
from roamline.rooms.emcc.models import Visit
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility import store as mobility_store
from roamline.rooms.mobility.rules import log_in as rules
from roamline.rooms.mobility.rules.log_in import LogInFacts, PhoneFacts
from roamline.rooms.mobility.service import By, LogIn, gate, guesses
from roamline.rooms.mobility.service.common import (
    Run,
    announce_session_changes,
    as_database_error,
    audit_refusal,
    restart_kind,
    run_profiles,
)
from roamline.rooms.mobility.service.log_in import LOOK_UPS
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.service import Parameters
from roamline.rooms.phones.models import Phone
from roamline.wires.emcc.envelope import Malformed
from roamline.wires.emcc.messages import Check, Content, HomeLogIn, VisitedPhone, read_content

MOST_ASKED = 20


@dataclass(frozen=True, slots=True)
class LoggedInAcross:
    """A log-in across clusters that happened."""

    session: str
    device: str
    user_id: str
    cluster: str


def homes_of(identifier: str, login_type: str) -> list[Cluster]:
    """The other clusters that may have such a user: by what they tell of user ids and numbers.

    Self-service ids are told to nobody, so every cluster that EMCC is enabled for may.
    """
    if not identifier or not clusters.is_joined() or login_type not in LOOK_UPS:
        return []
    if login_type == "UID":
        return [each for each in clusters.homes_of(identifier) if not each.is_own]
    if login_type == "SP":
        return emcc.enabled_clusters()[:MOST_ASKED]
    said = {each.origin for each in clusters.records("number", identifier)}
    return [each for each in emcc.others() if each.origin in said]


@as_database_error
def is_for_another_cluster(request: LogIn) -> bool:
    """Whether nobody here is meant, synchronised super users included, and another cluster may have such a user."""
    if request.login_type not in LOOK_UPS or LOOK_UPS[request.login_type](request.identifier):
        return False
    return bool(homes_of(request.identifier, request.login_type))


def stranger(user_id: str) -> str:
    """Who an id is that no user of this cluster has, where EMCC would have their cluster log them in; else nothing."""
    if not clusters.is_joined() or not emcc.profile().emcc_active:
        return ""
    enabled = {each.origin for each in emcc.enabled_clusters()}
    homes = [each.name for each in clusters.homes_of(user_id) if each.origin in enabled]
    said = _(
        "user of %(clusters)s, not a super user; a phone that sends EMCC=true has that cluster decide, if EMCC is "
        "enabled for the user there"
    )
    return Wording(said, clusters=", ".join(homes)) if homes else ""


def log_in(request: LogIn, by: By, now: datetime) -> LoggedInAcross | Refused:
    """Log a user of another cluster in on a phone here, or say why not; every attempt is in the audit."""
    outcome = _try_to_log_in(request, by, now)
    if isinstance(outcome, Refused):
        mobility.settle("em.login", request.device, request.identifier, outcome, by, now)
    return outcome


@as_database_error
def _try_to_log_in(request: LogIn, by: By, now: datetime) -> LoggedInAcross | Refused:
    in_force = parameters.now_in_force()
    outcome: LoggedInAcross | Refused | None = gate.objection_of_service(by)
    if outcome is None:
        outcome = gate.admitted(by, in_force, lambda: _log_in(request, by, in_force, now))
    if isinstance(outcome, Refused):
        audit_refusal("em.login", request.device, request.identifier, outcome, by, now)
    return outcome


def _log_in(request: LogIn, by: By, in_force: Parameters, now: datetime) -> LoggedInAcross | Refused:
    phone = Phone.objects.filter(folded_name=request.device.lower()).select_related("model", "device_pool").first()
    refused = _objection(request, phone, by, in_force)
    if refused or phone is None or request.pin is None:
        return refused or Refused(Error.DEVICE_DOES_NOT_EXIST)
    in_vain = guesses.check_in_vain(request.pin, by, in_force, now)
    if in_vain.verdict is Verdict.HELD_BACK:
        return Refused(Error.APP_USER_NOT_AUTHORIZED, in_vain.verdict.value)
    home = _home(request, now)
    if isinstance(home, Refused):
        return home
    outcome = _ask(request, phone, home, by, now)
    if isinstance(outcome, Refused) and outcome.error is Error.APP_USER_NOT_AUTHORIZED:
        authentication.count(in_vain, now, source=by.source)
    return outcome


def _objection(request: LogIn, phone: Phone | None, by: By, in_force: Parameters) -> Refused | None:
    """What is in the way here, in the order of every log-in, then what is of log-ins across clusters."""
    blank = not request.identifier or not request.pin
    facts = LogInFacts(
        login_type=request.login_type, device=request.device, identifier=request.identifier, is_blank=blank,
        phone=mobility_store.phone_by_name(request.device), credential="", credential_error=Error.AUTHENTICATION_ERROR,
        user=None,
    )  # fmt: skip
    refused = rules.first_failing(facts, rules.BEFORE_CREDENTIAL)
    if refused or phone is None:
        return refused
    judged = by.is_proxied and in_force.is_true(parameter_rules.VALIDATE_IP)
    if judged and not in_force.is_true(parameter_rules.EMCC_ALLOW_PROXY):
        return Refused(Error.PROXY_NOT_ALLOWED, _("EMCC Allow Proxy is False"))
    if not emcc.profile().emcc_active:
        return Refused(Error.EMCC_NOT_ACTIVATED, _("EMCC is not active in the intercluster service profile"))
    if not features.does_support(phone.model):
        return Refused(Error.DEVICE_CANNOT_EMCC, _("the phone's model cannot log in across clusters"))
    return _taken(facts.phone)


def _over(visit: Visit) -> Refused | None:
    """The home cluster may have ended the session before it began here."""
    is_over = Visit.objects.filter(pk=visit.pk, ended_at__isnull=False).exists()
    return Refused(Error.NO_RESPONSE_FROM_REMOTE, _("the session ended meanwhile")) if is_over else None


def _taken(phone: PhoneFacts | None) -> Refused | None:
    if phone is None or not phone.taken_by:
        return None
    return Refused(Error.PHONE_TAKEN, Wording(_("%(user)s is logged in on the phone"), user=phone.taken_by))


def _home(request: LogIn, now: datetime) -> Cluster | Refused:
    """The cluster to ask; of several that may have such a user, the first that says so."""
    enabled = {each.origin for each in emcc.enabled_clusters()}
    found = [each for each in homes_of(request.identifier, request.login_type) if each.origin in enabled]
    if not found:
        return Refused(Error.AUTHENTICATION_ERROR, _("EMCC is not enabled for the user's cluster"))
    if len(found) == 1 and request.login_type != "SP":
        return found[0]
    for each in found:
        try:
            answered = talking.ask(each.origin, Check(request.identifier, request.login_type), now)
        except talking.NotReached:
            continue
        if answered.fields.get("exists") is True:
            return each
    return Refused(Error.AUTHENTICATION_ERROR, _("no cluster that answers has such a user"))


def _ask(request: LogIn, phone: Phone, home: Cluster, by: By, now: datetime) -> LoggedInAcross | Refused:
    visit = Visit.objects.create(
        session=uuid4().hex, phone=phone, origin=home.origin, cluster=home.name[:50], user_id=request.identifier[:128],
        way=by.way, source=by.source[:64], asked_at=now,
    )  # fmt: skip
    try:
        answered = talking.ask(home.origin, _question(request, phone, visit, by), now)
        if answered.refusal is not None:
            visits.drop(visit)
            return Refused(error_numbered(answered.refusal.number), answered.refusal.reason)
        content = read_content(answered.fields.get("granted") or {})
    except (talking.NotReached, Malformed) as silence:
        visits.give_up(visit, now)
        return Refused(Error.NO_RESPONSE_FROM_REMOTE, Wording(_("%(cluster)s does not answer"), cluster=home.name)
                       if isinstance(silence, talking.NotReached) else str(silence))  # fmt: skip
    outcome = _begin(visit, content, by, now)
    if isinstance(outcome, Refused):
        visits.give_up(visit, now)
    return outcome


def _question(request: LogIn, phone: Phone, visit: Visit, by: By) -> HomeLogIn:
    assert request.pin is not None  # noqa: S101 - it was looked at before
    own, model, pool = phone.own_profile, phone.model, phone.device_pool
    facts = VisitedPhone(
        name=phone.name, model=model.name, keys=own.keys, max_lines=model.max_lines,
        registers_once=model.registers_once, is_software=model.is_software, product_number=model.product_number,
        location=pool.location, callback=pool.emergency_callback, is_secure=phone.protected,
    )  # fmt: skip
    return HomeLogIn(
        visit.session, request.identifier, request.login_type, request.pin, facts, by.source[:64], request.profile
    )


@transaction.atomic
def _begin(visit: Visit, content: Content, by: By, now: datetime) -> LoggedInAcross | Refused:
    """The phone is the visitor's from now on, unless somebody else was quicker."""
    locked = mobility_store.lock_phone(visit.phone_id)
    facts = mobility_store.phone_by_id(visit.phone_id)
    if locked is None or facts is None:
        return Refused(Error.DEVICE_DOES_NOT_EXIST, _("the phone was deleted meanwhile"))
    refused = _taken(facts) or (None if facts.em_enabled else Refused(Error.EM_NOT_ENABLED)) or _over(visit)
    if refused:
        transaction.set_rollback(True)
        return refused
    visits.keep(visit, content, now)
    Phone.objects.filter(pk=visit.phone_id).update(visitor=content.user_id, visitor_home=visit.cluster)
    kind = restart_kind((facts.locale, ""), (str(content.shown.get("locale", "")), ""))
    # The call history always goes (EM-27), whatever the parameter says.
    profile = locked.logout_profile_id or locked.own_profile_id
    run_profiles([Run(locked, profile, kind, clears_history=True)], now)
    ledger.record(
        at=now, action="em.login", actor=by.actor or content.user_id, way=by.way, source=by.source,
        user_id=content.user_id, device=locked.name, subject=visit.cluster,
        details={"session": visit.session, "restart": kind, "emcc_device": content.device},
    )  # fmt: skip
    announce_session_changes([visit.phone_id], now)
    return LoggedInAcross(visit.session, locked.name, content.user_id, visit.cluster)
