"""A private PostgreSQL in a temporary folder: for a fixture, or around a command.

``python -m tests.support.postgresql COMMAND...`` runs the command with ``ROAMLINE_TEST_DATABASE`` set.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import parts

OPTIONS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"


@contextmanager
def private_postgresql() -> Iterator[str]:
    """Start a server on a free loopback port; its database URL. It and all its data are gone afterwards."""
    programs = parts.postgresql_bin()
    assert programs is not None, "ask parts.need('postgres') first"
    with tempfile.TemporaryDirectory(prefix="roamline-pg-") as name:
        folder = Path(name)
        as_server = _server_user(folder)
        data, port = folder / "data", free_port()
        options = f"{OPTIONS} -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        initdb = [
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "roamline",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C.UTF-8",
        ]
        pg_ctl = [*as_server, str(programs / "pg_ctl"), "-D", str(data), "-w", "-s"]
        subprocess.run([*as_server, *initdb], check=True, stdout=subprocess.DEVNULL, cwd=folder)
        subprocess.run([*pg_ctl, "start", "-l", str(folder / "log"), "-o", options], check=True, cwd=folder)
        try:
            yield f"postgresql://roamline@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*pg_ctl, "stop", "-m", "immediate"], check=False, cwd=folder)


def free_port() -> int:
    """A TCP port on loopback that nobody uses at the moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _server_user(folder: Path) -> list[str]:
    """The command prefix that runs PostgreSQL: it refuses to be root, so for root it is another user."""
    if os.geteuid() != 0:
        return []
    for user in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(user)
        except KeyError:
            continue
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        return [shutil.which("runuser") or "/usr/sbin/runuser", "-u", user, "--"]
    raise RuntimeError("PostgreSQL needs a user other than root")


def main(command: list[str]) -> int:
    """Run ``command`` against a private PostgreSQL; without PostgreSQL say so (and fail when it is required)."""
    if parts.postgresql_bin() is None:
        print("PostgreSQL is not installed (Debian: apt-get install postgresql): not run")
        return 1 if "postgres" in parts.required() else 0
    with private_postgresql() as url:
        return subprocess.run(command, env={**os.environ, "ROAMLINE_TEST_DATABASE": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
