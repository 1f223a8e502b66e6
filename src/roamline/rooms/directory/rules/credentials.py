"""What the credential policy says about failed attempts, lock-outs and new PINs; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class CredentialPolicy:
    """The numbers of the PIN policy (defaults are our own)."""

    minimum_length: int = 5
    maximum_length: int = 16
    lock_after: int = 5
    lock_for: timedelta = timedelta(minutes=30)


DEFAULT_POLICY = CredentialPolicy()


@dataclass(frozen=True, slots=True)
class AfterFailure:
    """The counters to store after a wrong PIN."""

    failed_attempts: int
    locked_until: datetime | None


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    """Whether an account is locked now."""
    return locked_until is not None and locked_until > now


def after_failure(failed_attempts: int, now: datetime, policy: CredentialPolicy = DEFAULT_POLICY) -> AfterFailure:
    """Count a wrong PIN; at the policy's limit the account locks and the count starts again."""
    failed = failed_attempts + 1
    if failed >= policy.lock_after:
        return AfterFailure(0, now + policy.lock_for)
    return AfterFailure(failed, None)


def objections_to_pin(pin: str, user_id: str, extension: str, policy: CredentialPolicy = DEFAULT_POLICY) -> list[str]:
    """Why a new PIN is refused; empty when it is not."""
    if not (pin.isascii() and pin.isdigit()):
        return ["A PIN has digits only."]
    objections = []
    if not policy.minimum_length <= len(pin) <= policy.maximum_length:
        objections.append(f"A PIN has {policy.minimum_length} to {policy.maximum_length} digits.")
    if _is_trivial(pin):
        objections.append("A PIN of equal digits, or one that counts up or down, is too easy to guess.")
    if pin in {user_id, user_id[::-1], extension, extension[::-1]}:
        objections.append("A PIN must not be the own number or user id.")
    return objections


def _is_trivial(pin: str) -> bool:
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, -1}
