"""A user changes their own PIN: the whole credential policy applies, its history included (EM-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.secret import Secret
from roamline.rooms.directory import authentication, store, verifiers
from roamline.rooms.directory.authentication import Checked, Verdict
from roamline.rooms.directory.rules.credentials import CredentialPolicy, Objection, find_objections
from roamline.rooms.directory.store import KnownAccount
from roamline.rooms.ledger import service as ledger

ACTION = "pin.changed"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants a PIN changed, from where, for the audit."""

    way: str
    source: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class PinChanged:
    """The new PIN is good from now on."""

    user_id: str


@dataclass(frozen=True, slots=True)
class Objected:
    """The current PIN was right, and the policy does not take the new one."""

    objections: tuple[Objection, ...]
    policy: CredentialPolicy


def change_pin(
    user_id: str, current: Secret, new: Secret, again: Secret, *, asking: Asking, now: datetime
) -> PinChanged | Objected | Refused:
    """Change a PIN by the current one: 201 when it is wrong, or the user is unknown or locked, which is not told (S-1).

    Wrong PINs count as at a log-in. Errors: VerifierUnusable when the current PIN cannot be checked.
    """
    checked = authentication.check_pin(store.by_user_id(user_id), current, now, source=asking.source)
    if checked.verdict is not Verdict.RIGHT or checked.account is None:
        return _refused(user_id, checked, asking, now)
    return set_own_pin(checked.account, new, again, asking=asking, now=now)


def set_own_pin(
    account: KnownAccount, new: Secret, again: Secret, *, asking: Asking, now: datetime
) -> PinChanged | Objected | Refused:
    """Set the PIN of a user whose current PIN was found right a moment ago."""
    policy = store.credential_policy()
    objections = _objections(account, new, again, policy)
    if objections:
        return Objected(tuple(objections), policy)
    verifier = verifiers.make(new, account.uuid)
    with transaction.atomic():
        locked = store.lock_and_look(account.id)
        if locked is None or locked.pin_verifier != account.pin_verifier:
            transaction.set_rollback(True)
            return Refused(Error.AUTHENTICATION_ERROR, "the PIN was changed meanwhile")
        store.set_pin(account.id, verifier, now, must_change=False, kept=policy.history + 1)
        _record(account.user_id, asking, now)
    return PinChanged(account.user_id)


def _objections(account: KnownAccount, new: Secret, again: Secret, policy: CredentialPolicy) -> list[Objection]:
    if new != again:
        return [Objection.NOT_REPEATED]
    found = find_objections(new.reveal(), account.user_id, store.extension_of(account.id), policy)
    return found or ([Objection.USED_BEFORE] if _was_used(account, new, policy.history) else [])


def _was_used(account: KnownAccount, pin: Secret, history: int) -> bool:
    # The current PIN is never a new one, whatever the history's length; it is the newest of the history, too.
    known = dict.fromkeys([account.pin_verifier, *store.earlier_pins(account.id, history + 1)])
    return any(verifiers.matches_in_turn(pin, verifier, account.uuid) for verifier in known if verifier)


def _refused(user_id: str, checked: Checked, asking: Asking, now: datetime) -> Refused:
    refused = Refused(Error.AUTHENTICATION_ERROR, checked.verdict.value)
    _record(user_id, asking, now, refused)
    return refused


def _record(user_id: str, asking: Asking, now: datetime, refused: Refused | None = None) -> None:
    ledger.record(
        at=now, action=ACTION, actor=user_id, way=asking.way, source=asking.source, device=asking.device,
        user_id=user_id, result=refused.error.number if refused else 0, succeeded=refused is None,
        reason=refused.reason if refused else "",
    )  # fmt: skip
