"""What the credential policy says about failed attempts, lock-outs and new PINs; pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""The end of a lock that only an administrator opens."""


@dataclass(frozen=True, slots=True)
class CredentialPolicy:
    """The PIN policy (defaults are our own). None: a PIN never expires; a lock stays until it is opened."""

    minimum_length: int = 5
    maximum_length: int = 16
    refuse_trivial: bool = True
    history: int = 5
    expires_after: timedelta | None = None
    lock_after: int = 5
    lock_for: timedelta | None = timedelta(minutes=30)
    must_change_after_reset: bool = False


DEFAULT_POLICY = CredentialPolicy()


@dataclass(frozen=True, slots=True)
class SourcePolicy:
    """When an address that wrong credentials come from is held back, and for how long (our own numbers).

    From the ``free``-th failure on, each one doubles the time. Failures count on while they follow each other within
    ``window``.
    """

    free: int = 20
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=15)
    window: timedelta = timedelta(minutes=15)


SOURCE_POLICY = SourcePolicy()


class Objection(enum.Enum):
    """Why a new PIN is refused; the text's number is filled in from the policy."""

    NOT_DIGITS = _("A PIN has digits only.")
    LENGTH = _("A PIN has %(least)d to %(most)d digits.")
    TRIVIAL = _("A PIN of equal digits, or one that counts up or down, is too easy to guess.")
    OWN_NUMBER = _("A PIN must not be the own number or user id.")
    USED_BEFORE = _("This PIN was used before.")
    NOT_REPEATED = _("The two new PINs differ.")

    def worded(self, policy: CredentialPolicy) -> str:
        """The objection, with the policy's numbers in it."""
        return Wording(self.value, least=policy.minimum_length, most=policy.maximum_length)


@dataclass(frozen=True, slots=True)
class AfterFailure:
    """The counters to store after a wrong PIN."""

    failed_attempts: int
    locked_until: datetime | None


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    """Whether an account is locked, or a source held back, now."""
    return locked_until is not None and locked_until > now


def after_failure(failed_attempts: int, now: datetime, policy: CredentialPolicy = DEFAULT_POLICY) -> AfterFailure:
    """Count a wrong PIN; at the policy's limit the account locks and the count starts again."""
    failed = failed_attempts + 1
    if failed >= policy.lock_after:
        return AfterFailure(0, FOREVER if policy.lock_for is None else now + policy.lock_for)
    return AfterFailure(failed, None)


def held_back_until(failures: int, now: datetime, policy: SourcePolicy = SOURCE_POLICY) -> datetime | None:
    """Until when a source with that many failures is held back; None while they are few."""
    if failures < policy.free:
        return None
    doubled: timedelta = policy.first * (1 << min(failures - policy.free, 20))
    return now + min(policy.longest, doubled)


def is_expired(changed_at: datetime | None, now: datetime, policy: CredentialPolicy) -> bool:
    """Whether a PIN is so old that it must be changed."""
    return policy.expires_after is not None and changed_at is not None and changed_at + policy.expires_after <= now


def find_objections(
    pin: str, user_id: str, extension: str, policy: CredentialPolicy = DEFAULT_POLICY
) -> list[Objection]:
    """What the policy objects to in a new PIN, but for the PINs that the user had before."""
    if not (pin.isascii() and pin.isdigit()):
        return [Objection.NOT_DIGITS]
    found = []
    if not policy.minimum_length <= len(pin) <= policy.maximum_length:
        found.append(Objection.LENGTH)
    if policy.refuse_trivial and _is_trivial(pin):
        found.append(Objection.TRIVIAL)
    if policy.refuse_trivial and pin in {user_id, user_id[::-1], extension, extension[::-1]}:
        found.append(Objection.OWN_NUMBER)
    return found


def objections_to_pin(pin: str, user_id: str, extension: str, policy: CredentialPolicy = DEFAULT_POLICY) -> list[str]:
    """:func:`find_objections` in English; empty when the PIN is taken."""
    return [objection.worded(policy) for objection in find_objections(pin, user_id, extension, policy)]


def _is_trivial(pin: str) -> bool:
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, -1}
