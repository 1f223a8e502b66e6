"""The conditions of a log-in, in the order in which they are checked (EM-21); pure.

Facts go in, a decision comes out. :data:`CONDITIONS` is the one list: a log-in stops at the first that fails,
Explain goes through all of them. To add a condition, add a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _

LOGIN_TYPES = ("UID", "SP", "DN")

WRONG_TYPE = _("loginType '%(type)s' is not UID, SP or DN")
NOT_THEIRS = _("profile '%(name)s' does not exist or is not the user's")
TAKEN = _("%(user)s is logged in on the phone")
ELSEWHERE = _("the user is logged in on %(phones)s")
REASONS = (WRONG_TYPE, NOT_THEIRS, TAKEN, ELSEWHERE)
"""The reasons with values in them, by which the audit's readers know them again."""


@dataclass(frozen=True, slots=True)
class PhoneFacts:
    """What a log-in needs to know of a phone."""

    id: int
    name: str
    em_enabled: bool
    protected: bool
    model: str
    locale: str
    pool: str = ""
    taken_by: str | None = None
    modules: str = ""
    address_mode: str = "ipv4"
    has_visitor: bool = False


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """A profile that the user controls."""

    id: int
    name: str
    model: str
    locale: str
    is_default: bool
    modules: str = ""


@dataclass(frozen=True, slots=True)
class UserFacts:
    """What a log-in needs to know of a user once the credential was checked."""

    id: int
    user_id: str
    locale: str
    pin_must_change: bool
    profiles: tuple[ProfileFacts, ...] = ()
    logged_in_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogInFacts:
    """Everything that decides a log-in.

    ``credential`` is empty when it was right, else what was wrong with it; so are ``service``, ``admission``,
    ``proxy`` and ``source``.
    """

    login_type: str
    device: str
    phone: PhoneFacts | None
    identifier: str
    is_blank: bool
    credential: str
    credential_error: Error
    user: UserFacts | None
    wanted_profile: str | None = None
    second_login_refused: bool = True
    is_trusted: bool = False
    service: str = ""
    admission: str = ""
    proxy: str = ""
    source: str = ""
    source_is_known: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: its error, why it fails (empty when it holds), and what an administrator changes to mend it.

    ``about`` names what must be known to tell whether it holds: the phone, the user, the source, or nothing.
    """

    error: Callable[[LogInFacts], Error]
    title: str
    fails: Callable[[LogInFacts], str]
    remedy: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Granted:
    """The log-in may happen, with this profile."""

    phone: PhoneFacts
    user: UserFacts
    profile: ProfileFacts


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of Explain."""

    error: Error
    title: str
    holds: bool | None
    reason: str
    remedy: str


def chosen_profile(facts: LogInFacts) -> ProfileFacts | None:
    """The wanted profile if it is the user's; without a wish the default one, else the first."""
    profiles = facts.user.profiles if facts.user else ()
    if facts.wanted_profile:
        return next((profile for profile in profiles if profile.name == facts.wanted_profile), None)
    return next((profile for profile in profiles if profile.is_default), profiles[0] if profiles else None)


def _bad_login_type(facts: LogInFacts) -> str:
    if facts.login_type in LOGIN_TYPES:
        return ""
    return Wording(WRONG_TYPE, type=facts.login_type)


def _no_device_name(facts: LogInFacts) -> str:
    return "" if facts.device else _("the request names no device")


def _service_off(facts: LogInFacts) -> str:
    return facts.service


def _busy(facts: LogInFacts) -> str:
    return facts.admission


def _through_a_proxy(facts: LogInFacts) -> str:
    return facts.proxy


def _bad_source(facts: LogInFacts) -> str:
    return facts.source


def _no_such_phone(facts: LogInFacts) -> str:
    return "" if facts.phone else _("no phone has this name")


def _not_enabled(facts: LogInFacts) -> str:
    if facts.phone and facts.phone.protected:
        return _("the phone is protected (secure tone), where extension mobility is disabled")
    return "" if facts.phone is None or facts.phone.em_enabled else _("extension mobility is not enabled on the phone")


def _blank(facts: LogInFacts) -> str:
    return _("the id or the PIN is empty") if facts.is_blank else ""


def _bad_credential(facts: LogInFacts) -> str:
    return facts.credential


def _pin_must_change(facts: LogInFacts) -> str:
    must = facts.user is not None and facts.user.pin_must_change and not facts.is_trusted
    return _("the PIN must be changed first") if must else ""


def _no_profile(facts: LogInFacts) -> str:
    return _("the user controls no device profile") if facts.user and not facts.user.profiles else ""


def _not_their_profile(facts: LogInFacts) -> str:
    if facts.user is None or not facts.user.profiles or chosen_profile(facts):
        return ""
    return Wording(NOT_THEIRS, name=facts.wanted_profile)


def _taken(facts: LogInFacts) -> str:
    if facts.phone is None or not facts.phone.taken_by:
        return ""
    return Wording(TAKEN, user=facts.phone.taken_by)


def _elsewhere(facts: LogInFacts) -> str:
    if facts.user is None or not facts.user.logged_in_on or not facts.second_login_refused:
        return ""
    return Wording(ELSEWHERE, phones=", ".join(facts.user.logged_in_on))


def _always(error: Error) -> Callable[[LogInFacts], Error]:
    return lambda _facts: error


CONDITIONS: tuple[Condition, ...] = (
    Condition(_always(Error.LOGIN_TYPE_INVALID), _("The login type is known"), _bad_login_type,
              _("Give loginType=UID, SP or DN in the service URL, or leave it out.")),
    Condition(_always(Error.DEVICE_NAME_EMPTY), _("The request names a device"), _no_device_name,
              _("Give the service URL with device=#DEVICENAME#; it is case-sensitive.")),
    Condition(_always(Error.SERVICE_CONNECTION_ERROR), _("The Extension Mobility service runs"), _service_off,
              _("Activate and start Cisco Extension Mobility on this node.")),
    Condition(_always(Error.BUSY), _("The node is not busy"), _busy,
              _("Try again; raise Maximum Concurrent Requests if it happens often.")),
    Condition(_always(Error.PROXY_NOT_ALLOWED), _("The request came through no proxy, or through one that is allowed"),
              _through_a_proxy, _("Set Allow Proxy, or list the balancer in Trusted Balancers."), "source"),
    Condition(_always(Error.UNTRUSTED_IP), _("The request came from a trusted address"), _bad_source,
              _("Add the address to the Trusted List of IPs, or have the phone register."), "source"),
    Condition(_always(Error.DEVICE_DOES_NOT_EXIST), _("The phone exists"), _no_such_phone,
              _("Add the phone, or correct its device name.")),
    Condition(_always(Error.EM_NOT_ENABLED), _("Extension mobility is enabled on the phone"), _not_enabled,
              _("Tick 'Enable extension mobility' on the phone's page (not possible on a protected device)."), "phone"),
    Condition(_always(Error.BLANK_ID_OR_PIN), _("Id and PIN are given"), _blank, _("Enter both.")),
    Condition(lambda facts: facts.credential_error, _("The id and PIN are right, and the user may log in"),
              _bad_credential, _("Check the id, reset the PIN, or unlock the user.")),
    Condition(_always(Error.PIN_CHANGE_REQUIRED), _("The PIN need not be changed first"), _pin_must_change,
              _("The user changes the PIN, or 'User must change PIN at next login' is cleared."), "user"),
    Condition(_always(Error.NO_PROFILE), _("The user controls a device profile"), _no_profile,
              _("Move a device profile to the user's controlled profiles."), "user"),
    Condition(_always(Error.PROFILE_NOT_FOUND), _("The wanted profile is the user's"), _not_their_profile,
              _("Name one of the user's controlled profiles, or none."), "user"),
    Condition(_always(Error.PHONE_TAKEN), _("Nobody is logged in on the phone"), _taken,
              _("Log that user out, on the phone or from its page."), "phone"),
    Condition(_always(Error.USER_LOGGED_IN_ELSEWHERE), _("The user is not logged in elsewhere"), _elsewhere,
              _("Log the user out there, or change Multiple Login Behavior."), "user"),
)  # fmt: skip

# What stands before a request counts against Maximum Concurrent Requests.
BEFORE_ADMISSION = CONDITIONS[:3]

# What stands before the credential is looked at: an unknown device is refused before anything is said of a user.
BEFORE_CREDENTIAL = CONDITIONS[:9]


def first_failing(facts: LogInFacts, conditions: tuple[Condition, ...] = CONDITIONS) -> Refused | None:
    """The first condition that fails, as a refusal; None when all hold."""
    for condition in conditions:
        reason = condition.fails(facts)
        if reason:
            return Refused(condition.error(facts), reason)
    return None


def decide_log_in(facts: LogInFacts) -> Granted | Refused:
    """Grant or refuse a log-in (EM-21)."""
    refused = first_failing(facts)
    if refused:
        return refused
    profile = chosen_profile(facts)
    if facts.phone is None or facts.user is None or profile is None:
        return Refused(Error.UNKNOWN_ERROR, "facts without a phone, user or profile passed every condition")
    return Granted(facts.phone, facts.user, profile)


def explain_log_in(facts: LogInFacts) -> Iterator[Finding]:
    """Every condition with whether it holds, in the order of a log-in (EM-47); None where it cannot be told."""
    known = {
        "": True,
        "phone": facts.phone is not None,
        "user": facts.user is not None,
        "source": facts.source_is_known,
    }
    for condition in CONDITIONS:
        reason = condition.fails(facts)
        holds = not reason if known[condition.about] else None
        yield Finding(condition.error(facts), condition.title, holds, reason, condition.remedy)
