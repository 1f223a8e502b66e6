"""Asking a running agent, over its control socket. Plain blocking sockets: each command asks one thing."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from roamline_desk_agent.state import socket_path
from roamline_desk_agent.words import _, language

MOST_ANSWER_BYTES = 1024 * 1024
ANSWER_WITHIN_S = 10.0


class NotRunningError(RuntimeError):
    """No agent listens there."""


class RefusedError(RuntimeError):
    """The agent answered that it cannot; the text says why."""


def ask(state: Path, request: dict[str, object], takes_s: float = 0) -> Any:
    """One request and its result. Raises NotRunningError, RefusedError."""
    return next(_answers(state, request, ANSWER_WITHIN_S + takes_s))


def follow(state: Path) -> Iterator[Any]:
    """The agent's log: the latest entries as a list, then each new one. Raises NotRunningError, RefusedError."""
    yield from _answers(state, {"do": "log", "follow": True}, None)


def _answers(state: Path, request: dict[str, object], timeout_s: float | None) -> Iterator[Any]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout_s)
        try:
            connection.connect(str(socket_path(state)))
        except OSError as trouble:
            raise NotRunningError(
                _("no agent runs with the state folder %(state)s (%(why)s)") % {"state": state, "why": trouble.strerror}
            ) from trouble
        connection.sendall(json.dumps({**request, "language": language()}).encode() + b"\n")
        with connection.makefile("rb") as lines:
            yield _result(_line(lines, state))
            while True:
                yield _line(lines, state)


def _line(lines: Any, state: Path) -> Any:
    try:
        line = lines.readline(MOST_ANSWER_BYTES)
    except TimeoutError:
        raise NotRunningError(
            _("the agent with the state folder %(state)s does not answer") % {"state": state}
        ) from None
    if not line.endswith(b"\n"):
        raise NotRunningError(_("the agent with the state folder %(state)s ended the conversation") % {"state": state})
    return json.loads(line)


def _result(answer: Any) -> Any:
    if not answer["ok"]:
        raise RefusedError(answer["error"])
    return answer["result"]
