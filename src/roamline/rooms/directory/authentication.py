"""Checking PINs and passwords: the same answer and the same time for unknown, wrong and locked (S-1).

A credential that was right is remembered for two minutes (EM-29), as a keyed hash in this process's memory, together
with the verifier it was right for: a changed PIN therefore empties its entry by itself (S-5), and the account's state
(active, locked) is looked at each time. Failures are never remembered.
"""

from __future__ import annotations

import enum
import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from roamline.kernel.secret import Secret
from roamline.rooms.directory import store, verifiers
from roamline.rooms.directory.models import Account
from roamline.rooms.directory.rules.credentials import after_failure, is_locked
from roamline.rooms.directory.store import KnownAccount

REMEMBERED_SECONDS = 120.0
REMEMBERED_ENTRIES = 20_000


class Verdict(enum.Enum):
    """How a credential check ended; only administrators and the audit learn which of the last four it was."""

    RIGHT = "right"
    WRONG = "wrong PIN"
    UNKNOWN = "unknown user"
    AMBIGUOUS = "extension of several users"
    LOCKED = "locked"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict, and the account where there is one."""

    verdict: Verdict
    account: KnownAccount | None


class RecentlyRight:
    """Remembers, for two minutes, which credential was right for which verifier; safe between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._until: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def _entry(self, account: KnownAccount, credential: Secret, verifier: str) -> bytes:
        text = f"{account.id}\0{verifier}\0{credential.reveal()}".encode()
        return hashlib.blake2b(text, key=self._key, digest_size=32).digest()

    def knows(self, account: KnownAccount, credential: Secret, verifier: str) -> bool:
        """Whether this very credential was right for this very verifier less than two minutes ago."""
        entry = self._entry(account, credential, verifier)
        with self._lock:
            return self._until.get(entry, 0.0) > self._clock()

    def remember(self, account: KnownAccount, credential: Secret, verifier: str) -> None:
        """Remember a right credential; the oldest is forgotten beyond the limit."""
        entry = self._entry(account, credential, verifier)
        with self._lock:
            self._until.setdefault(entry, self._clock() + REMEMBERED_SECONDS)
            if self._until[entry] <= self._clock():
                self._until[entry] = self._clock() + REMEMBERED_SECONDS
            self._until.move_to_end(entry)
            while len(self._until) > REMEMBERED_ENTRIES:
                self._until.popitem(last=False)

    def forget_all(self) -> None:
        """Empty the memory."""
        with self._lock:
            self._until.clear()


recently_right = RecentlyRight()


def check_pin(found: list[KnownAccount], pin: Secret, now: datetime) -> Checked:
    """Check a PIN against the accounts that a look-up found (none, one, or several), and :func:`count` the outcome."""
    checked = examine_pin(found, pin, now)
    count(checked, now)
    return checked


def examine_pin(found: list[KnownAccount], pin: Secret, now: datetime) -> Checked:
    """Check a PIN without writing anything: the caller sees to it that the outcome is counted."""
    if len(found) != 1:
        verifiers.matches_in_pool(pin, None, None)
        return Checked(Verdict.AMBIGUOUS if found else Verdict.UNKNOWN, None)
    account = found[0]
    right = recently_right.knows(account, pin, account.pin_verifier) or _right_pin(account, pin)
    if not account.is_active or account.kind != Account.END:
        return Checked(Verdict.INACTIVE, account)
    if is_locked(account.locked_until, now):
        return Checked(Verdict.LOCKED, account)
    return Checked(Verdict.RIGHT if right else Verdict.WRONG, account)


def _right_pin(account: KnownAccount, pin: Secret) -> bool:
    right = verifiers.matches_in_pool(pin, account.pin_verifier, account.uuid)
    if right:
        recently_right.remember(account, pin, account.pin_verifier)
    return right


def check_password_of(user_id: str, password: Secret, now: datetime) -> Checked:
    """Check the password of an application user or end user, for APIs; counts and locks as PINs do."""
    found = store.by_user_id(user_id)
    if not found:
        check_password(password.reveal(), _nobodys_password())
        return Checked(Verdict.UNKNOWN, None)
    account = found[0]
    right = recently_right.knows(account, password, account.password) or _right_password(account, password)
    if not account.is_active:
        return Checked(Verdict.INACTIVE, account)
    if is_locked(account.locked_until, now):
        return Checked(Verdict.LOCKED, account)
    checked = Checked(Verdict.RIGHT if right else Verdict.WRONG, account)
    count(checked, now)
    return checked


def _right_password(account: KnownAccount, password: Secret) -> bool:
    right = check_password(password.reveal(), account.password)
    if right:
        recently_right.remember(account, password, account.password)
    return right


@cache
def _nobodys_password() -> str:
    return make_password(secrets.token_hex(8))


def count(checked: Checked, now: datetime) -> None:
    """Count a wrong credential, which may lock the account; clear the count after a right one (S-2)."""
    account, right = checked.account, checked.verdict is Verdict.RIGHT
    if account is None or checked.verdict not in {Verdict.RIGHT, Verdict.WRONG}:
        return
    if right and account.failed_attempts == 0 and account.locked_until is None:
        return
    with transaction.atomic():
        current = store.lock_and_look(account.id)
        if current is None or is_locked(current.locked_until, now):
            return  # another guess has locked it meanwhile: what was checked before that must not undo it
        if right:
            store.set_counters(account.id, 0, None)
        else:
            after = after_failure(current.failed_attempts, now)
            store.set_counters(account.id, after.failed_attempts, after.locked_until)
