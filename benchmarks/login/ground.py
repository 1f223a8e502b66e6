"""A private database with many users and phones, and the configuration of a node that uses it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_DNS, UUID, uuid5

from roamline.platform import config as configuration
from tests.support import postgresql

PIN = "27182"
POSTGRESQL_OPTIONS = "-c max_connections=100 -c shared_buffers=128MB"
"""Unlike in tests, commits are durable here."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where it is and on which ports."""

    folder: Path
    port: int
    url: str


@contextmanager
def prepared(database: str) -> Iterator[Ground]:
    """An empty, migrated database ('sqlite' or 'postgresql'), with Django set up for it in this process."""
    with tempfile.TemporaryDirectory(prefix="roamline-benchmark-") as name, _url(database) as url:
        folder, port = Path(name), postgresql.free_port()
        file = folder / "roamline.toml"
        changed = {
            "site.data": ".", "database.url": url, "phones.port": port, "call_control.enabled": False,
            "call_control.rpc_port": postgresql.free_port(),
        }  # fmt: skip
        file.write_text(configuration.render(changed), encoding="utf-8")
        os.environ |= {"ROAMLINE_CONFIG": str(file), "DJANGO_SETTINGS_MODULE": "roamline.processes.settings_phones"}
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        try:
            yield Ground(folder, port, url)
        finally:
            connections.close_all()


@contextmanager
def _url(database: str) -> Iterator[str]:
    if database == "sqlite":
        yield "sqlite"
        return
    postgresql.OPTIONS = POSTGRESQL_OPTIONS
    with postgresql.private_postgresql() as url:
        yield url


def user_id(number: int) -> str:
    """The user id of the n-th user."""
    return f"user{number:06d}"


def device(number: int) -> str:
    """The name of the n-th phone."""
    return f"SEP{number:012X}"


def uuid_of(number: int) -> UUID:
    """The uuid of the n-th user."""
    return uuid5(NAMESPACE_DNS, f"{user_id(number)}.benchmark.invalid")


def populate(count: int, *, with_pins: bool) -> list[str]:
    """Add ``count`` users, each with a profile of their own, and as many phones; the users' PIN verifiers."""
    from django.db import connection, transaction

    from roamline.rooms.directory.models import Account, ControlledProfile
    from roamline.rooms.phones.models import DevicePool, DeviceProfile, Phone, PhoneModel
    from roamline.rooms.phones.secrets import ha1_of

    sealed = _verifiers(count) if with_pins else [""] * count
    with transaction.atomic():
        model = PhoneModel.objects.create(name="Cisco 8851", keys=10, max_lines=10, registers_once=True)
        pool = DevicePool.objects.create(name="Default")
        own = _bulk(
            DeviceProfile, [DeviceProfile(name=f"ADP_{device(n)}", kind="auto", model=model) for n in range(count)]
        )
        theirs = _bulk(DeviceProfile, [DeviceProfile(name=f"EM_{user_id(n)}", model=model) for n in range(count)])
        _bulk(Phone, [
            Phone(name=device(n), folded_name=device(n).lower(), model=model, device_pool=pool, em_enabled=True,
                  own_profile=own[n], current_profile=own[n], ha1=ha1_of(device(n), 1))
            for n in range(count)
        ])  # fmt: skip
        users = _bulk(Account, [
            Account(user_id=user_id(n), uuid=uuid_of(n), password="!", pin_verifier=sealed[n]) for n in range(count)
        ])  # fmt: skip
        _bulk(ControlledProfile, [
            ControlledProfile(account=users[n], profile=theirs[n], is_default=True) for n in range(count)
        ])  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return sealed


def _bulk(model: type, rows: list) -> list:  # type: ignore[type-arg]
    return list(model.objects.bulk_create(rows, batch_size=1000))  # type: ignore[attr-defined]


def _verifiers(count: int) -> list[str]:
    from roamline.kernel.secret import Secret
    from roamline.rooms.directory import verifiers

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(lambda n: verifiers.make(Secret(PIN), uuid_of(n)), range(count)))


def allow_requests(limit: int) -> None:
    """Raise Maximum Concurrent Requests, so that nobody is refused with 26."""
    from datetime import UTC, datetime

    from roamline.rooms.parameters import service
    from roamline.rooms.parameters.rules import MAXIMUM_CONCURRENT_REQUESTS as BUSY

    service.change(
        service=BUSY.service, name=BUSY.name, value=str(limit), actor="benchmark", way="", source="",
        now=datetime.now(UTC),
    )  # fmt: skip
