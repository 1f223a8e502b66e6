"""The conditions of a headset-based log-in on a phone (HS-15), each with why it fails and what would mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from roamline.kernel.wording import gettext_noop as _

CAPABILITY = "headset"
MINIMUM_FIRMWARE = "14.1(1)"
_SERIES = re.compile(r"\b(?:78|88)\d\d\b")
_RELEASE = re.compile(r"(?<!\d)(\d{1,2})[.-](\d{1,2})(?:[.(-](\d{1,3}))?")


@dataclass(frozen=True, slots=True)
class PairFacts:
    """A phone and the owner of a headset, as far as they decide whether the one may sign in on the other.

    ``qualifies`` and ``minimum_firmware`` are the model's row in the table of models, None and empty without one.
    """

    sign_in_allowed: bool
    model: str
    is_software: bool
    capabilities: tuple[str, ...]
    firmware: str
    qualifies: bool | None
    minimum_firmware: str
    em_enabled: bool
    em_subscribed: bool
    phone_owner: str | None
    owner: str | None
    owner_has_profile: bool
    owner_is_at_home: bool
    has_visitor: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: its title, why it fails (empty when it holds), and the remedy. ``about`` as in a log-in's."""

    title: str
    fails: Callable[[PairFacts], str]
    remedy: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of what is explained; ``holds`` is None where it cannot be told without the headset's owner."""

    title: str
    holds: bool | None
    reason: str
    remedy: str


def release_of(firmware: str) -> tuple[int, ...]:
    """The release in a firmware's name (``14.1(1)``, ``sip88xx.14-1-1-0001-125``); empty when there is none."""
    found = _RELEASE.search(firmware)
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def _switched_off(facts: PairFacts) -> str:
    return "" if facts.sign_in_allowed else _("headset-based Extension Mobility is not allowed")


def supports_headsets(*, model: str, is_software: bool, capabilities: Collection[str], qualifies: bool | None) -> bool:
    """Whether a phone model can sign in by headset: by its row in the table of models, else by what it is (HS-15)."""
    if qualifies is not None:
        return qualifies
    return CAPABILITY in capabilities if is_software else bool(_SERIES.search(model))


def firmware_suffices(*, firmware: str, minimum_firmware: str, is_software: bool) -> bool:
    """Whether a phone's firmware is new enough to sign in by headset (HS-15)."""
    minimum = minimum_firmware or ("" if is_software else MINIMUM_FIRMWARE)
    return not minimum or release_of(firmware) >= release_of(minimum)


def _model_does_not_qualify(facts: PairFacts) -> str:
    fits = supports_headsets(
        model=facts.model, is_software=facts.is_software, capabilities=facts.capabilities, qualifies=facts.qualifies
    )
    return "" if fits else _("the phone's model does not support sign-in by headset")


def _firmware_is_too_old(facts: PairFacts) -> str:
    suffices = firmware_suffices(
        firmware=facts.firmware, minimum_firmware=facts.minimum_firmware, is_software=facts.is_software
    )
    return "" if suffices else _("the phone's firmware is too old or unknown")


def _not_enabled(facts: PairFacts) -> str:
    return "" if facts.em_enabled else _("Extension Mobility is not enabled on the phone")


def _not_subscribed(facts: PairFacts) -> str:
    return "" if facts.em_subscribed else _("the phone does not subscribe to the Extension Mobility service")


def _no_owner(facts: PairFacts) -> str:
    return "" if facts.owner else _("the headset is associated with nobody")


def _no_profile(facts: PairFacts) -> str:
    return "" if facts.owner_has_profile else _("the headset's owner controls no device profile")


def _from_another_cluster(facts: PairFacts) -> str:
    return "" if facts.owner_is_at_home else _("the session would cross clusters, which sign-in by headset does not")


def _somebody_visits(facts: PairFacts) -> str:
    return _("a user of another cluster is logged in on the phone") if facts.has_visitor else ""


def _owns_both(facts: PairFacts) -> str:
    both = facts.owner is not None and facts.owner == facts.phone_owner
    return _("the headset's owner owns the phone, too") if both else ""


CONDITIONS: tuple[Condition, ...] = (
    Condition(_("Headset-based Extension Mobility is allowed"), _switched_off,
              _("Set the service parameter 'Headset-based Extension Mobility' to allow it.")),
    Condition(_("The phone's model qualifies"), _model_does_not_qualify,
              _("Use a phone of the 78xx or 88xx series, or let its model qualify.")),
    Condition(_("The phone's firmware qualifies"), _firmware_is_too_old,
              _("Upgrade the phone to 14.1(1) or what its model needs.")),
    Condition(_("Extension Mobility is enabled on the phone"), _not_enabled,
              _("Tick 'Enable extension mobility' on the phone's page (not possible on a protected device).")),
    Condition(_("The phone subscribes to Extension Mobility"), _not_subscribed,
              _("Subscribe the phone to the Extension Mobility service.")),
    Condition(_("Nobody of another cluster is logged in on the phone"), _somebody_visits,
              _("Log that user out, on the phone or from its page.")),
    Condition(_("The headset has an owner"), _no_owner, _("Associate the headset with a user."), "owner"),
    Condition(_("The owner controls a device profile"), _no_profile,
              _("Move a device profile to the user's controlled profiles."), "owner"),
    Condition(_("The owner is at home in this cluster"), _from_another_cluster,
              _("Log in by id and PIN."), "owner"),
    Condition(_("The owner does not own the phone as well"), _owns_both,
              _("Nothing is needed: it is the user's own phone."), "owner"),
)  # fmt: skip


def may_sign_in(facts: PairFacts) -> bool:
    """Whether every condition holds."""
    return not any(condition.fails(facts) for condition in CONDITIONS)


def findings(facts: PairFacts) -> Iterator[Finding]:
    """Every condition with whether it holds; without an owner only those about the phone can be told."""
    for condition in CONDITIONS:
        reason = condition.fails(facts)
        known = facts.owner is not None or not condition.about
        yield Finding(condition.title, not reason if known else None, reason, condition.remedy)


@dataclass(frozen=True, slots=True)
class TrustFacts:
    """What decides whether a headset alone is enough to sign its owner in (S-12)."""

    pin_required: bool
    needs_marked_phone: bool
    phone_is_marked: bool
    is_simulated: bool
    is_demo: bool
    is_locked: bool
    pin_must_change: bool


def is_pinless(facts: TrustFacts) -> bool:
    """Whether the owner may sign in without a PIN; a serial number is a claim, not a proof (S-12, HS-25)."""
    return not (
        facts.pin_required
        or (facts.needs_marked_phone and not facts.phone_is_marked)
        or (facts.is_simulated and not facts.is_demo)
        or facts.is_locked
        or facts.pin_must_change
    )
