"""Attempts that could not be audited because the database failed: kept, and audited when it is back (EM-46).

They are kept in this process's memory, the newest :data:`MOST_KEPT`; each is in the log at once, so that a process
that ends meanwhile loses nothing but the row.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import Error as DatabaseFailure
from django.db import transaction

from roamline.kernel.outcome import Refused
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility.service.terms import By

log = structlog.get_logger(__name__)

MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Unaudited:
    """An attempt that ended in a refusal which has no row yet."""

    action: str
    device: str
    identifier: str
    refused: Refused
    by: By
    at: datetime


_kept: deque[Unaudited] = deque(maxlen=MOST_KEPT)


def keep(attempt: Unaudited) -> None:
    """Log an attempt that cannot be audited now, and keep it."""
    log.error(
        "an attempt could not be audited yet", action=attempt.action, device=attempt.device, way=attempt.by.way,
        source=attempt.by.source, error=attempt.refused.error.number, reason=attempt.refused.reason,
    )  # fmt: skip
    _kept.append(attempt)


def audit_kept() -> int:
    """Audit what was kept, now that the database answers again; how many. Does nothing while it still fails."""
    written = 0
    while _kept:
        try:
            attempt = _kept.popleft()
        except IndexError:
            break  # another thread was quicker
        if not _audit(attempt):
            _kept.appendleft(attempt)
            break
        written += 1
    return written


def _audit(attempt: Unaudited) -> bool:
    by, refused = attempt.by, attempt.refused
    try:
        with transaction.atomic():
            ledger.record(
                at=attempt.at, action=attempt.action, actor=by.actor or attempt.identifier, way=by.way,
                source=by.source, user_id=attempt.identifier, device=attempt.device, result=refused.error.number,
                succeeded=False, reason=refused.reason, details={"written_later": True},
            )  # fmt: skip
    except DatabaseFailure:
        return False
    return True
