"""The machine's state as it is stored: plain JSON, and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from roamline.rooms.headsets.rules.terms import At, Notice, Screen, Session, State, Waiting


def to_json(state: State) -> dict[str, Any]:
    """The state as JSON takes it."""
    return {key: _plain(value) for key, value in asdict(state).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return list(value) if isinstance(value, tuple) else value


def from_json(stored: dict[str, Any], session: Session | None) -> State:
    """The state as it was stored; of a phone that has none yet, one that knows who is signed in."""
    if not stored:
        return State(session=session)
    screen, waiting = dict(stored["screen"]), stored["waiting"]
    screen |= {"at": At(screen["at"]), "notice": Notice(screen["notice"]), "until": _time(screen["until"])}
    return State(
        connected=tuple(stored["connected"]),
        silenced=tuple(stored["silenced"]),
        held=tuple(stored["held"]),
        session=Session(**stored["session"]) if stored["session"] else None,
        resets_until=_time(stored["resets_until"]),
        waiting=Waiting(**{**waiting, "due": datetime.fromisoformat(waiting["due"])}) if waiting else None,
        screen=Screen(**screen),
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
