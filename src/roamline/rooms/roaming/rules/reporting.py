"""What became of a super user in another cluster, and what would; pure (RO-11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ADDED, CHANGED, SAME, REMOVED, FAILED, WAITING = "added", "changed", "same", "removed", "failed", "waiting"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a cluster says that it has of a user; an empty digest: nothing."""

    user_id: str
    digest: str
    outcome: str
    lacks: tuple[str, ...]
    failure: str
    stamp: int

    @classmethod
    def read(cls, payload: Mapping[str, Any], stamp: int) -> Answer:
        """From a record that arrived; what is not as it should be counts as empty."""
        lacks = payload.get("lacks")
        return cls(
            user_id=str(payload.get("user_id", ""))[:128],
            digest=str(payload.get("digest", ""))[:64],
            outcome=str(payload.get("outcome", ""))[:16],
            lacks=tuple(str(each)[:200] for each in lacks[:200]) if isinstance(lacks, list) else (),
            failure=str(payload.get("failure", ""))[:300],
            stamp=stamp,
        )


@dataclass(frozen=True, slots=True)
class UserOutcome:
    """One line of the report: a user in a cluster."""

    user_id: str
    outcome: str
    lacks: tuple[str, ...] = ()
    failure: str = ""


def outcome_after(user_id: str, expected: str, answer: Answer | None, since: int) -> UserOutcome:
    """What became of a user whom a run sent with a digest (empty: removed)."""
    if answer is None:
        return UserOutcome(user_id, WAITING if expected else REMOVED)
    if answer.digest != expected:
        return UserOutcome(user_id, WAITING)
    if answer.failure:
        return UserOutcome(user_id, FAILED, answer.lacks, answer.failure)
    if not expected:
        return UserOutcome(user_id, REMOVED)
    return UserOutcome(user_id, answer.outcome if answer.stamp > since else SAME, answer.lacks)


def outcome_before(user_id: str, wanted: str, answer: Answer | None, lacks: tuple[str, ...]) -> UserOutcome:
    """What a run would do to a user."""
    if not wanted:
        return UserOutcome(user_id, REMOVED)
    if answer is None or not answer.digest:
        return UserOutcome(user_id, ADDED, lacks)
    if answer.failure:
        return UserOutcome(user_id, FAILED, lacks, answer.failure)
    return UserOutcome(user_id, SAME if answer.digest == wanted else CHANGED, lacks)
