"""Applying some hundred checked changes with a few statements, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError

from roamline.rooms.headsets.exchange.checking import Change
from roamline.rooms.headsets.models import Association, Headset, Skip
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.service import Entry


def apply(changes: Sequence[Change], *, actor: str, way: str, now: datetime) -> None:
    """Take and give headsets; IntegrityError when somebody else was quicker (the caller's transaction is void)."""
    taken = [change for change in changes if change.before]
    given = [change for change in changes if change.after]
    _take(taken)
    enter_headsets(given)
    _give(given, now)
    ledger.record_all(
        [
            *(
                Entry(now, "headset.dissociated", actor, way, user_id=change.before.user_id, subject=change.serial)
                for change in taken
                if change.before
            ),
            *(
                Entry(now, "headset.associated", actor, way, user_id=change.after.user_id, subject=change.serial)
                for change in given
                if change.after
            ),
        ]
    )


def enter_headsets(changes: Sequence[Change]) -> None:
    """Enter the headsets that the inventory does not know."""
    new = [Headset(serial=change.serial, folded_serial=change.folded) for change in changes]
    Headset.objects.bulk_create(new, ignore_conflicts=True)


def _take(changes: Sequence[Change]) -> None:
    pairs = {change.folded: change.before.account_id for change in changes if change.before}
    found = Association.objects.filter(headset__folded_serial__in=list(pairs))
    mine = [key for key, folded, account in found.values_list("pk", "headset__folded_serial", "account_id")
            if pairs[folded] == account]  # fmt: skip
    deleted, _ = Association.objects.filter(pk__in=mine).delete()
    if deleted != len(pairs):
        raise IntegrityError("a headset that was to be taken is not its owner's any more")


def _give(changes: Sequence[Change], now: datetime) -> None:
    folded = [change.folded for change in changes]
    ids = dict(Headset.objects.filter(folded_serial__in=folded).values_list("folded_serial", "pk"))
    Association.objects.bulk_create(
        Association(account_id=change.after.account_id, headset_id=ids[change.folded], slot=change.after.slot,
                    since=now)
        for change in changes
        if change.after
    )  # fmt: skip
    Skip.objects.filter(headset_id__in=list(ids.values())).delete()
