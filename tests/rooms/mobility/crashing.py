"""Kills a log-in or log-out with -9 before every statement and around each commit, and asks the auditor after each.

Run as ``python -m tests.rooms.mobility.crashing FOLDER DATABASE_URL``: prints one JSON line per operation with how
often it was killed, how often the phone was in or out afterwards, and every disagreement the auditor found. Each
attempt is a process of its own, forked before any database connection exists, as in service.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

DEVICE, SECOND = "SEP0011AA220006", "SEP0011AA220003"


def set_up(folder: Path, database: str) -> None:
    """Django on a fresh database with the demo site."""
    from roamline.platform import config

    file = folder / "roamline.toml"
    file.write_text(config.render({"site.data": "data", "site.demo": True, "database.url": database}))
    os.environ["ROAMLINE_CONFIG"] = str(file)
    os.environ["DJANGO_SETTINGS_MODULE"] = "roamline.platform.settings"
    import django

    django.setup()
    from roamline.demo import site  # noqa: F401 - so that no child has to import what it uses
    from roamline.doors.call_control import auditor as call_control  # noqa: F401
    from roamline.rooms.mobility import auditor, service  # noqa: F401

    in_child(prepare)


def prepare() -> None:
    """Migrate and load the demo."""
    from django.core.management import call_command
    from django.db import transaction

    from roamline.demo import site

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        site.load("a-secret-for-tests-only")


def in_child(action: Callable[[], Any]) -> tuple[int, Any]:
    """Do something in a forked process; its wait status (0 when it lived) and what it returned, as JSON has it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        result = action()
        os.write(writer, json.dumps(result).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return status, json.loads(said) if said else None


def die() -> None:
    """Kill this very process, now."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(step: int, operation: Callable[[], Any]) -> Callable[[], Any]:
    """The operation, killed at its step-th instant: before a statement, before or after a commit.

    What a kill leaves after a statement is what one before the next statement leaves.
    """

    def run() -> Any:
        from django.db import connection

        connection.ensure_connection()
        instants = count()

        def instant() -> None:
            if next(instants) == step:
                die()

        def at_statement(execute: Callable[..., Any], *arguments: Any) -> Any:
            instant()
            return execute(*arguments)

        commit = connection._commit  # type: ignore[attr-defined]

        def at_commit() -> None:
            instant()
            commit()
            instant()

        connection._commit = at_commit  # type: ignore[attr-defined]
        with connection.execute_wrapper(at_statement):
            return operation()

    return run


def log_in(device: str = DEVICE) -> str:
    """alice logs in with her PIN."""
    from roamline.kernel.secret import Secret
    from roamline.rooms.mobility import service

    by = service.By("alice", service.Way.PHONE, "127.0.0.1")
    request = service.LogIn(device=device, identifier="alice", pin=Secret("27182"))
    return type(service.log_in(request, by, datetime.now(UTC))).__name__


def let_in() -> None:
    """alice is logged in by an administrator, without her PIN: that takes a while each time."""
    from roamline.rooms.mobility import service

    by = service.By("admin", service.Way.ADMINISTRATOR)
    service.log_in(service.LogIn(device=DEVICE, identifier="alice", pin=None), by, datetime.now(UTC))


def log_in_elsewhere() -> str:
    """alice logs in on a second phone."""
    return log_in(SECOND)


def log_out() -> str:
    """Whoever is on the phone logs out."""
    from roamline.rooms.mobility import service

    by = service.By("", service.Way.PHONE, "127.0.0.1")
    return type(service.log_out(DEVICE, by, datetime.now(UTC))).__name__


def log_out_everywhere() -> None:
    """alice is nowhere."""
    from roamline.rooms.mobility import service

    service.log_out_user("alice", service.By("", service.Way.ADMINISTRATOR), datetime.now(UTC))


def allow_one_phone_by_auto_logout() -> None:
    """A second log-in ends the first."""
    from roamline.rooms.parameters import service
    from roamline.rooms.parameters.rules import AUTO_LOGOUT, MULTIPLE_LOGIN_BEHAVIOR

    parameter = MULTIPLE_LOGIN_BEHAVIOR
    service.change(
        service=parameter.service, name=parameter.name, value=AUTO_LOGOUT, actor="test", way="command line",
        source="", now=datetime.now(UTC),
    )  # fmt: skip


def look() -> dict[str, Any]:
    """What the auditor finds, on which phones alice is, and whether every session is in the audit trail."""
    from roamline.doors.call_control import auditor as call_control
    from roamline.rooms.ledger.models import AuditEntry
    from roamline.rooms.mobility import auditor, service
    from roamline.rooms.mobility.models import LoginSession

    findings = [*auditor.findings(), *call_control.findings()]
    told = set(AuditEntry.objects.filter(action="em.login", succeeded=True).values_list("details__session", flat=True))
    findings += [f"no audit of {s}" for s in LoginSession.objects.all() if str(s.uuid) not in told]
    return {"findings": findings, "on": list(service.devices_of(["alice"])["alice"])}


def try_every_step(name: str, before: Callable[[], Any], operation: Callable[[], Any]) -> dict[str, Any]:
    """Kill the operation at every step until it lives."""
    outcome: dict[str, Any] = {"operation": name, "killed": 0, "findings": [], "on": []}

    def arrange() -> None:
        log_out_everywhere()
        before()

    def look_and_arrange() -> dict[str, Any]:
        seen = look()
        arrange()
        return seen

    in_child(arrange)
    while True:
        status, result = in_child(killed_at(outcome["killed"], operation))
        _, seen = in_child(look_and_arrange)
        outcome["findings"] += seen["findings"]
        outcome["on"].append(seen["on"])
        if status == 0:
            return {**outcome, "result": result}
        outcome["killed"] += 1


def main() -> None:
    """Try every operation."""
    set_up(Path(sys.argv[1]), sys.argv[2])
    print(json.dumps(try_every_step("log in", lambda: None, log_in)))
    print(json.dumps(try_every_step("log out", let_in, log_out)))
    in_child(allow_one_phone_by_auto_logout)
    print(json.dumps(try_every_step("log in elsewhere", let_in, log_in_elsewhere)))


if __name__ == "__main__":
    main()
