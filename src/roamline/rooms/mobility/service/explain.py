"""Explain: every condition of a log-in for a user and a phone, which fail now, and what to change (EM-47)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from roamline.kernel.errors import Error
from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.directory import store as directory
from roamline.rooms.directory.rules.credentials import is_expired, is_locked
from roamline.rooms.directory.store import KnownAccount
from roamline.rooms.mobility import store
from roamline.rooms.mobility.rules import log_in as rules
from roamline.rooms.mobility.rules.identifiers import objection_to_identifier
from roamline.rooms.mobility.rules.log_in import Finding, LogInFacts, PhoneFacts, UserFacts, explain_log_in
from roamline.rooms.mobility.service import gate, sources
from roamline.rooms.mobility.service.common import requests_in_progress
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.service import Parameters
from roamline.rooms.phones import addresses, administration
from roamline.rooms.phones.models import DeviceProfile, Phone


@dataclass(frozen=True, slots=True)
class Warned:
    """What does not refuse the log-in, and is trouble all the same (EM-35)."""

    title: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The findings in the order of a log-in; ``outcome`` is the error that the phone would show, None for none.

    A PIN is not asked for, so the findings take it to be right; the request is taken to come from the address that
    the phone registered from.
    """

    user_id: str
    device: str
    findings: tuple[Finding, ...]
    warnings: tuple[Warned, ...] = ()

    @property
    def outcome(self) -> Error | None:
        """The first failing condition's error: what a log-in would be refused with now."""
        return next((finding.error for finding in self.findings if finding.holds is False), None)


UnknownUser = Callable[[str], str]

_unknown_user: list[UnknownUser] = []


def on_unknown_user(ask: UnknownUser) -> UnknownUser:
    """Have a room above say who an id may be that no user here has; an empty text when it does not know.

    The room that is highest, which was named last, knows most and is asked first.
    """
    if ask not in _unknown_user:
        _unknown_user.append(ask)
    return ask


def explain(user_id: str, device: str, now: datetime, *, profile: str | None = None) -> Explanation:
    """Explain a log-in of a user on a phone as it would go now; changes nothing."""
    known = directory.by_user_id(user_id)
    account = known[0] if known else None
    phone = store.phone_by_name(device)
    in_force = parameters.now_in_force()
    service_off = gate.objection_of_service()
    source, source_is_known = _source(phone, in_force)
    facts = LogInFacts(
        login_type="UID",
        device=device,
        phone=phone,
        identifier=user_id,
        is_blank=not user_id,
        credential=_typing(user_id, phone, in_force) or _objection(user_id, account, now),
        credential_error=Error.AUTHENTICATION_ERROR,
        user=_user(account, phone.id if phone else 0, now) if account else None,
        wanted_profile=profile,
        second_login_refused=in_force.text(parameter_rules.MULTIPLE_LOGIN_BEHAVIOR) == parameter_rules.NOT_ALLOWED,
        service=service_off.reason if service_off else "",
        admission=_admission(in_force),
        source=source,
        source_is_known=source_is_known,
    )
    found = tuple(explain_log_in(facts))
    return Explanation(user_id, phone.name if phone else device, found, tuple(_warnings(facts)))


def _warnings(facts: LogInFacts) -> Iterator[Warned]:
    phone = Phone.objects.filter(pk=facts.phone.id).select_related("model").first() if facts.phone else None
    if phone is None:
        return
    profile = rules.chosen_profile(facts)
    chosen = DeviceProfile.objects.filter(pk=profile.id).select_related("model").first() if profile else None
    if chosen is not None and not administration.offers_extension_mobility(chosen, phone.model):
        yield Warned(
            _("No EM service after log-in"),
            Wording(
                _(
                    "profile %(profile)s is not subscribed to an Extension Mobility service, so nobody can log out on "
                    "%(phone)s"
                ),
                profile=chosen.name,
                phone=phone.name,
            ),
            _("Subscribe the profile to it, or give it an enterprise subscription."),
        )
    own = administration.logout_profile_of(phone)
    if phone.em_enabled and not administration.offers_extension_mobility(own, phone.model):
        yield Warned(
            _("No EM service after log-out"),
            Wording(
                _(
                    "what %(phone)s runs when nobody is logged in is not subscribed to an Extension Mobility service, "
                    "so nobody can log in on it"
                ),
                phone=phone.name,
            ),
            _("Subscribe the phone (or its logout profile) to it, or give it an enterprise subscription."),
        )


def _admission(in_force: Parameters) -> str:
    limit = in_force.number(parameter_rules.MAXIMUM_CONCURRENT_REQUESTS)
    return gate.BUSY.reason if requests_in_progress().in_use(limit) >= limit else ""


def _source(phone: PhoneFacts | None, in_force: Parameters) -> tuple[str, bool]:
    """What is wrong with the phone's address, and whether that can be told."""
    if not in_force.is_true(parameter_rules.VALIDATE_IP):
        return "", True
    address = addresses.address_of(phone.name) if phone else ""
    if not address:
        return _("the phone is not registered, so only the trusted list can let it log in"), False
    return "" if sources.where_it_is_good(address, in_force) else _("the phone's address is not trusted"), True


def _typing(user_id: str, phone: PhoneFacts | None, in_force: Parameters) -> str:
    alphanumeric = in_force.is_true(parameter_rules.ALPHANUMERIC_USER_ID)
    return objection_to_identifier(user_id, "UID", phone.locale if phone else "", alphanumeric=alphanumeric)


def _objection(user_id: str, account: KnownAccount | None, now: datetime) -> str:
    if account is None:
        known = (ask(user_id) for ask in reversed(_unknown_user))
        return next(filter(None, known), _("no user has this id (ids are lower-case and case-sensitive)"))
    if account.kind != "end":
        return _("this is an application user, not an end user")
    if not account.is_active:
        return _("the user is not active")
    if is_locked(account.locked_until, now):
        until = f"{account.locked_until:%Y-%m-%d %H:%M:%S}"
        return Wording(_("the user is locked until %(until)s UTC after wrong PINs"), until=until)
    return "" if account.pin_verifier else _("the user has no PIN")


def _user(account: KnownAccount, this_phone: int, now: datetime) -> UserFacts:
    sessions = store.sessions_of_user(account.id)
    return UserFacts(
        id=account.id,
        user_id=account.user_id,
        locale=account.user_locale,
        pin_must_change=account.pin_must_change
        or is_expired(account.pin_changed_at, now, directory.credential_policy()),
        profiles=store.profiles_of(account.id),
        logged_in_on=tuple(s.device for s in sessions if s.phone_id != this_phone and s.ending_since is None),
    )
