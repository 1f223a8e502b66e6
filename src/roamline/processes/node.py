"""A node in the foreground: what ``roamline serve`` and ``./run`` have in common."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from gettext import gettext as _
from pathlib import Path

from roamline.platform import certificate
from roamline.platform.config import Config
from roamline.processes import probes
from roamline.processes.supervisor import Service, Supervisor


class CannotStartError(Exception):
    """The node cannot start; the message is one line that says why and what to do."""


@contextmanager
def only_one(run: Path) -> Iterator[None]:
    """Hold the data folder for this process; CannotStartError when another one runs the site in it."""
    run.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(run / "supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            place = {"folder": run.parent, "lock": run / "supervisor.lock"}
            said = _("the site in %(folder)s is running already (its lock is %(lock)s)") % place
            raise CannotStartError(said) from None
        yield
    finally:
        os.close(descriptor)


def require_free(ports: Sequence[probes.Port], remedy: str) -> None:
    """CannotStartError, naming every port that cannot be listened on, unless all can."""
    taken = [(port, obstacle) for port in ports if (obstacle := probes.obstacle(port)) is not None]
    if taken:
        listed = ", ".join(f"{port}: {obstacle.strerror}" for port, obstacle in taken)
        raise CannotStartError(_("cannot listen on %s.") % listed + f" {remedy}")


def run(config: Config, services: Sequence[Service], on_ready: Callable[[], None]) -> None:
    """Keep the services running until a signal comes, then stop them all; the data folder is held already."""
    os.umask(0o077)
    supervisor = Supervisor(services, config.data / "logs", config.run_dir)
    asyncio.run(supervisor.run(on_ready, [CertificateWatch(config, partial(supervisor.restart, "secure"))]))


class CertificateWatch:
    """A chore: renews the self-signed certificate in time, and has a changed one served, whoever changed it."""

    def __init__(self, config: Config, on_change: Callable[[], None]) -> None:
        self._config, self._on_change = config, on_change
        self._seen = self._time()

    def __call__(self) -> None:
        now = self._time()
        if now != self._seen:
            self._seen = now
            self._on_change()

    def _time(self) -> float:
        try:
            return certificate.ensure(self._config, datetime.now(UTC)).chain.stat().st_mtime
        except OSError:
            return getattr(self, "_seen", 0.0)  # an administrator's file is being replaced
