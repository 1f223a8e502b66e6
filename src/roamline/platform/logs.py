"""Logs: one JSON object per line on stderr; whoever started the process decides where the lines go.

The supervisor writes each process's lines to ``<data>/logs/<process>.log`` (:class:`LogFile`); under another
supervisor, or in a container, stderr is what it collects.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

MASKED = frozenset(
    {"pin", "password", "passwd", "secret", "seq", "token", "credential", "newpin", "oldpin", "ha1", "authorization"}
)
"""Field names whose values never reach a log, whoever logs them (S-1)."""

LIMIT = 10 * 1024 * 1024
KEPT = 5

_process = [""]


def mask(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replace the value of every field that is named like a secret by ``***`` (S-1)."""
    return {name: "***" if name.lower() in MASKED else value for name, value in event.items()}


def configure(process: str) -> None:
    """Send structlog's and the standard library's records to stderr as JSON lines that name ``process``.

    Also reports what would otherwise only be printed: an exception that ends the process.
    """
    _process[0] = process
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _logger, _method, event: {**event, "process": process},
        mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.PositionalArgumentsFormatter()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # Answers of 4xx are in the request log already.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    sys.excepthook = _log_the_end


def write_line(logger: str, event: str, **fields: str | float | None) -> None:
    """Write one line at level info, past structlog: for what happens thousands of times a second.

    A tenth of the price, and the same line; but nothing is masked, so ``fields`` may never hold a secret.
    """
    if not logging.getLogger(logger).isEnabledFor(logging.INFO):
        return
    moment = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    line = {**fields, "event": event, "level": "info", "logger": logger, "timestamp": moment, "process": _process[0]}
    sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")


def _log_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("roamline").critical("the process ends by an exception", exc_info=(kind, error, trace))


class LogFile:
    """A file that is renamed to ``name.1``, ``name.2`` … when it has grown to ``limit`` bytes; ``kept`` are kept.

    One writer per file; the files are readable by their owner only.
    """

    def __init__(self, path: Path, limit: int = LIMIT, kept: int = KEPT) -> None:
        self._path, self._limit, self._kept = path, limit, kept
        path.parent.mkdir(parents=True, exist_ok=True)
        self._open()

    def write(self, line: bytes) -> None:
        """Append one line (with its newline), turning the file over first when it would grow past its limit."""
        if self._size and self._size + len(line) > self._limit:
            self._turn_over()
        self._size += os.write(self._descriptor, line)

    def close(self) -> None:
        """Close the file; nothing is buffered."""
        os.close(self._descriptor)

    def _open(self) -> None:
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._size = os.fstat(self._descriptor).st_size

    def _turn_over(self) -> None:
        self.close()
        for number in range(self._kept - 1, 0, -1):
            older = self._path.with_name(f"{self._path.name}.{number}")
            if older.exists():
                older.rename(self._path.with_name(f"{self._path.name}.{number + 1}"))
        self._path.rename(self._path.with_name(f"{self._path.name}.1"))
        self._open()
