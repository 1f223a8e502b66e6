"""Checking PINs and passwords: the same answer and the same time for unknown, wrong and locked (S-1).

A credential that was right is remembered for two minutes (EM-29), as a keyed hash in this process's memory, together
with the verifier it was right for: while *Invalidate on Change* is on a changed PIN therefore empties its entry by
itself (S-5). The account's state (active, locked) is looked at each time. Failures are never remembered, nor is
anything of an account or address that is refused whatever the credential: its speed would tell a right one.

Wrong credentials are counted per user, whom the credential policy locks, and per address, which is held back for a
time that doubles with each (S-2). Both counts are rows, so they survive restarts and hold on every node.
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
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.directory import store, verifiers
from roamline.rooms.directory.models import Account
from roamline.rooms.directory.rules.credentials import SOURCE_POLICY, after_failure, held_back_until, is_locked
from roamline.rooms.directory.store import KnownAccount
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.rules import AUTHENTICATION_CACHE, INVALIDATE_ON_CHANGE
from roamline.rooms.parameters.service import Parameters

REMEMBERED_SECONDS = 120.0
REMEMBERED_ENTRIES = 20_000


class Verdict(enum.Enum):
    """How a credential check ended; only administrators and the audit learn which of the last ones it was."""

    RIGHT = "right"
    WRONG = _("wrong PIN")
    UNKNOWN = _("unknown user")
    AMBIGUOUS = _("extension of several users")
    LOCKED = _("locked")
    HELD_BACK = _("too many wrong attempts from this address")
    INACTIVE = _("inactive")


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
        self._until: OrderedDict[bytes, tuple[float, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def _entry(self, account: KnownAccount, credential: Secret, verifier: str) -> tuple[bytes, bytes]:
        kind = "pin" if verifier == account.pin_verifier else "password"
        return self._hash(f"{account.id}\0{kind}\0{credential.reveal()}"), self._hash(verifier)

    def _hash(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), key=self._key, digest_size=32).digest()

    def knows(self, account: KnownAccount, credential: Secret, verifier: str, *, of_any_verifier: bool = False) -> bool:
        """Whether this very credential was right less than two minutes ago, for this very verifier or for any."""
        entry, right_for = self._entry(account, credential, verifier)
        with self._lock:
            until, known_for = self._until.get(entry, (0.0, b""))
        return until > self._clock() and (of_any_verifier or known_for == right_for)

    def remember(self, account: KnownAccount, credential: Secret, verifier: str) -> None:
        """Remember a right credential; the oldest is forgotten beyond the limit."""
        entry, right_for = self._entry(account, credential, verifier)
        with self._lock:
            until, known_for = self._until.get(entry, (0.0, b""))
            if until <= self._clock() or known_for != right_for:
                self._until[entry] = (self._clock() + REMEMBERED_SECONDS, right_for)
            self._until.move_to_end(entry)
            while len(self._until) > REMEMBERED_ENTRIES:
                self._until.popitem(last=False)

    def forget_all(self) -> None:
        """Empty the memory."""
        with self._lock:
            self._until.clear()


recently_right = RecentlyRight()


def check_pin(found: list[KnownAccount], pin: Secret, now: datetime, *, source: str = "") -> Checked:
    """Check a PIN against the accounts that a look-up found (none, one, or several), and :func:`count` the outcome."""
    checked = examine_pin(found, pin, now, source=source)
    count(checked, now, source=source)
    return checked


def examine_pin(
    found: list[KnownAccount], pin: Secret, now: datetime, *, source: str = "", in_force: Parameters | None = None
) -> Checked:
    """Check a PIN without writing anything: the caller sees to it that the outcome is counted.

    ``source`` is the address it comes from, empty for one that is not held back.
    """
    held_back = _is_held_back(source, now)
    if len(found) != 1:
        verifiers.matches_in_turn(pin, None, None)
        unknown = Verdict.AMBIGUOUS if found else Verdict.UNKNOWN
        return Checked(Verdict.HELD_BACK if held_back else unknown, None)
    account = found[0]
    refused = held_back or not _is_open(account, now) or account.kind != Account.END
    right = _is_right(account, pin, account.pin_verifier, _matches_pin, in_force, refused=refused)
    if held_back:
        return Checked(Verdict.HELD_BACK, account)
    if not account.is_active or account.kind != Account.END:
        return Checked(Verdict.INACTIVE, account)
    if is_locked(account.locked_until, now):
        return Checked(Verdict.LOCKED, account)
    return Checked(Verdict.RIGHT if right else Verdict.WRONG, account)


def _is_open(account: KnownAccount, now: datetime) -> bool:
    return account.is_active and not is_locked(account.locked_until, now)


def _is_held_back(source: str, now: datetime) -> bool:
    return bool(source) and is_locked(store.source_held_back_until(source), now)


def _is_right(
    account: KnownAccount, credential: Secret, verifier: str, matches: Callable[[KnownAccount, Secret], bool],
    in_force: Parameters | None, *, refused: bool,
) -> bool:  # fmt: skip
    asked = in_force or parameters.now_in_force()
    # Who is refused anyhow is neither remembered nor looked up: the second time would tell a right PIN by its speed.
    remembers = asked.is_true(AUTHENTICATION_CACHE) and not refused
    of_any = not asked.is_true(INVALIDATE_ON_CHANGE)
    if remembers and recently_right.knows(account, credential, verifier, of_any_verifier=of_any):
        return True
    right = matches(account, credential)
    if right and remembers:
        recently_right.remember(account, credential, verifier)
    return right


def _matches_pin(account: KnownAccount, pin: Secret) -> bool:
    return verifiers.matches_in_turn(pin, account.pin_verifier, account.uuid)


def _matches_password(account: KnownAccount, password: Secret) -> bool:
    return check_password(password.reveal(), account.password)


def check_password_of(user_id: str, password: Secret, now: datetime, *, source: str = "") -> Checked:
    """Check the password of an application user or end user, for APIs and the web; counts and locks as PINs do.

    Wrong passwords of an address are counted apart from wrong PINs, so that phones that are guessed at behind one
    address keep no administrator out.
    """
    source = f"{store.PASSWORDS_FROM}{source}" if source else ""
    checked = _examine_password(user_id, password, now, source)
    count(checked, now, source=source)
    return checked


def _examine_password(user_id: str, password: Secret, now: datetime, source: str) -> Checked:
    held_back = _is_held_back(source, now)
    found = store.by_user_id(user_id)
    if not found:
        check_password(password.reveal(), _nobodys_password())
        return Checked(Verdict.HELD_BACK if held_back else Verdict.UNKNOWN, None)
    account = found[0]
    refused = held_back or not _is_open(account, now)
    right = _is_right(account, password, account.password, _matches_password, None, refused=refused)
    if held_back:
        return Checked(Verdict.HELD_BACK, account)
    if not account.is_active:
        return Checked(Verdict.INACTIVE, account)
    if is_locked(account.locked_until, now):
        return Checked(Verdict.LOCKED, account)
    return Checked(Verdict.RIGHT if right else Verdict.WRONG, account)


@cache
def _nobodys_password() -> str:
    return make_password(secrets.token_hex(8))


_GUESSES = frozenset({Verdict.WRONG, Verdict.UNKNOWN, Verdict.LOCKED, Verdict.INACTIVE})


def count(checked: Checked, now: datetime, *, source: str = "") -> None:
    """Count a wrong credential, which may lock the account or hold its source back (S-2).

    A right one clears the account's count and leaves the source's: who knows one PIN may still guess others.
    """
    account, right = checked.account, checked.verdict is Verdict.RIGHT
    is_theirs = account is not None and checked.verdict in {Verdict.RIGHT, Verdict.WRONG}
    is_clean = account is not None and account.failed_attempts == 0 and account.locked_until is None
    if right and is_clean:
        return
    with transaction.atomic():
        if account is not None and is_theirs:
            _count_for(account, right, now)
        if source and checked.verdict in _GUESSES:
            _count_for_source(source, now)


def _count_for(account: KnownAccount, right: bool, now: datetime) -> None:
    current = store.lock_and_look(account.id)
    if current is None or is_locked(current.locked_until, now):
        return  # another guess has locked it meanwhile: what was checked before that must not undo it
    if right:
        store.set_counters(account.id, 0, None)
    else:
        after = after_failure(current.failed_attempts, now, store.credential_policy())
        store.set_counters(account.id, after.failed_attempts, after.locked_until)


def _count_for_source(source: str, now: datetime) -> None:
    failures = store.count_source(source[:64], now, SOURCE_POLICY.window)
    until = held_back_until(failures, now)
    if until is not None:
        store.hold_back(source[:64], until)
