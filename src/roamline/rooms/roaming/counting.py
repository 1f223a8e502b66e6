"""Failed attempts and lock-outs of super users: summed over all clusters, and the same in all (RO-13)."""

from __future__ import annotations

import json
from datetime import datetime

from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.clusters import service as clusters
from roamline.rooms.directory import store as directory
from roamline.rooms.directory.models import Account
from roamline.rooms.directory.rules.credentials import after_failure
from roamline.rooms.ledger import service as ledger
from roamline.rooms.roaming.known import SETTING, key_of, know, last_known, with_remembered
from roamline.rooms.roaming.rules import merging
from roamline.rooms.roaming.rules.merging import Remembered, Said

FAILURES, LOCK, CLEARED = "failures", "lock", "cleared"


def _fingerprint_of_counters(account: Account) -> str:
    until = account.locked_until.isoformat() if account.locked_until else None
    return json.dumps([account.failed_attempts, until])


def remember(account: Account) -> None:
    """Note that the counters are what was told or heard."""
    know(key_of(account, FAILURES), _fingerprint_of_counters(account), 0)


def tell(account: Account, now: datetime) -> None:
    """Tell the other clusters of failed attempts, a lock-out, or its end, when that is news."""
    key, fingerprint = key_of(account, FAILURES), _fingerprint_of_counters(account)
    known = last_known(key)
    before, lock_before = json.loads(known) if known else (0, None)
    if known == fingerprint or (known is None and fingerprint == json.dumps([0, None])):
        return
    until = account.locked_until.isoformat() if account.locked_until else None
    if until is not None and until != lock_before:
        _say_cleared(account, now)
        stamp = clusters.append(SETTING, key_of(account, LOCK), {"until": until}, now)
        know(key_of(account, LOCK), until, stamp or 0)
    elif account.failed_attempts > before:
        count = _own_count(account) + account.failed_attempts - before
        clusters.append(SETTING, key, {"count": count, "at": now.isoformat()}, now)
    else:
        _say_cleared(account, now)
    know(key, fingerprint, 0)


def _say_cleared(account: Account, now: datetime) -> None:
    stamp = clusters.append(SETTING, key_of(account, CLEARED), {"at": now.isoformat()}, now)
    know(key_of(account, CLEARED), now.isoformat(), stamp or 0)


def _own_count(account: Account) -> int:
    own = clusters.own_origin()
    failures = [each for each in clusters.records(SETTING, key_of(account, FAILURES)) if each.origin == own]
    return merging.own_count(failures, with_remembered(key_of(account, CLEARED), "at"))


def adopt(account: Account, now: datetime) -> None:
    """Make the counters what all clusters together say; lock when their sum reaches the limit."""
    failures = clusters.records(SETTING, key_of(account, FAILURES))
    locks, cleared = with_remembered(key_of(account, LOCK), "until"), with_remembered(key_of(account, CLEARED), "at")
    said = merging.counters(failures, locks, cleared)
    failed, until = said.failed_attempts, said.locked_until
    policy = directory.credential_policy()
    locks_now = failed >= policy.lock_after and until is None
    if locks_now:
        after = after_failure(failed, now, policy)
        failed, until = after.failed_attempts, after.locked_until
    else:
        _remember_said(account, locks, cleared, now)
    if (failed, until) == (account.failed_attempts, account.locked_until):
        return
    directory.set_counters(account.pk, failed, until)
    refresh(account)
    if locks_now:
        tell(account, now)
        ledger.record(at=now, action="account.locked", actor="roaming", user_id=account.user_id,
                      reason=_("wrong PINs in several clusters"))  # fmt: skip
        return
    remember(account)


def _remember_said(account: Account, locks: list[Said], cleared: list[Said], now: datetime) -> None:
    """Note the lock-out and the end of one that count, and say on what a cluster said that is gone since."""
    for name, said in ((LOCK, merging.newest(locks)), (CLEARED, merging.newest(cleared))):
        if said is None:
            continue
        if isinstance(said, Remembered):
            clusters.append(SETTING, key_of(account, name), said.payload, now)
        else:
            text = str((said.payload or {}).get("until" if name == LOCK else "at", ""))[:100]
            know(key_of(account, name), text, merging.said_at(said))


def refresh(account: Account) -> None:
    """Read again what another statement may have written of an account's credentials."""
    account.refresh_from_db(
        fields=["pin_verifier", "pin_changed_at", "pin_must_change", "failed_attempts", "locked_until"]
    )
