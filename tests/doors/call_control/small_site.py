"""A real Kamailio on free ports over a real database file, with a small site in it and the demo's telephone network."""

from __future__ import annotations

import atexit
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.core.management import call_command
from django.db import connections
from django.db.utils import load_backend

import roamline
from roamline.doors.call_control import launch, rpc
from roamline.platform import config as configuration
from roamline.platform.config import Config
from roamline.rooms.dialplan import service as dialplan
from roamline.rooms.dialplan.models import (
    CallingSearchSpace,
    CallingSearchSpaceMember,
    DirectoryNumber,
    Partition,
    RoutePattern,
    TranslationPattern,
    Trunk,
)
from roamline.rooms.phones.models import DevicePool, DeviceProfile, Line, Phone, PhoneModel
from tests.browser_phone import BrowserPhone
from tests.sip_client import DEADLINE, SipPhone, eventually
from tests.sip_message import ha1


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now, neither UDP nor TCP; below those that the kernel gives to whoever asks for any."""
    return list(islice(filter(_is_free, random.sample(range(23_000, 32_000), 2000)), count))


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(type=kind) as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


_TEMPLATE = Path(tempfile.gettempdir(), f"roamline-call-control-{os.getpid()}.sqlite3")
"""A migrated database file, made by the first site and copied by all others: migrating takes longer than most tests."""


@contextmanager
def database(settings: dict[str, Any]) -> Iterator[None]:
    """Django's default connection on another database, migrated, for a while."""
    is_file = "sqlite" in settings["ENGINE"]
    if is_file and _TEMPLATE.exists():
        shutil.copy(_TEMPLATE, settings["NAME"])
        with connected(settings):
            yield
        return
    with connected(settings):
        call_command("migrate", verbosity=0)
        if is_file:
            connections["default"].cursor().execute(f"VACUUM INTO '{_TEMPLATE}'")
            atexit.register(_TEMPLATE.unlink, missing_ok=True)
        yield


def database_of_its_own(url: str) -> str:
    """A new, migrated database on the PostgreSQL server at ``url``; what is not PostgreSQL stays as it is."""
    return _new_database(url, _migrated(url)) if url.startswith("postgresql:") else url


def _new_database(url: str, template: str) -> str:
    name = f"calls_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@cache
def _migrated(url: str) -> str:
    made = _new_database(url, "template0")
    with connected(configuration.parse({"database": {"url": made}}).database):
        call_command("migrate", verbosity=0)
    return urlsplit(made).path.removeprefix("/")


@contextmanager
def connected(settings: dict[str, Any]) -> Iterator[None]:
    """This thread's default connection on another database, for a while."""
    usual = connections["default"]
    full = {**connections.settings["default"], "OPTIONS": {}, **settings}
    connections["default"] = load_backend(full["ENGINE"]).DatabaseWrapper(full, "default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = usual


@dataclass
class SmallSite:
    """The site under test: its configuration, its processes, and short ways to make rows and phones."""

    config: Config
    journal: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    phones: list[SipPhone] = field(default_factory=list)

    def start_network(self) -> None:
        listen = str(self.config["call_control.emergency_gateway"])
        arguments = ["-m", "roamline.demo.pstn", "--listen", listen, "--log", str(self.journal)]
        source = str(Path(roamline.__file__).parents[1])
        environment = {**os.environ, "PYTHONPATH": source}
        self.processes.append(subprocess.Popen([sys.executable, *arguments], env=environment))

    def start_kamailio(self) -> subprocess.Popen[bytes]:
        log = (self.config.data / "kamailio.log").open("ab")
        process = subprocess.Popen(launch.command(self.config), stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        control = rpc.Rpc.of(self.config)
        eventually(lambda: control.is_alive() or process.poll() is not None, "Kamailio's RPC")
        assert process.poll() is None, self.kamailio_log()
        return process

    def kamailio_log(self) -> str:
        return (self.config.data / "kamailio.log").read_text(errors="replace")

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        self.processes.remove(process)
        process.terminate()
        try:
            process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(DEADLINE)

    def close(self) -> None:
        for process in list(self.processes):
            self.stop(process)

    def clear(self) -> None:
        """Nothing in the database, nobody registered, nothing written down or remembered."""
        for model in (Line, Phone, DeviceProfile, DevicePool, PhoneModel, RoutePattern, TranslationPattern, Trunk):
            model.objects.all().delete()
        for model in (CallingSearchSpaceMember, CallingSearchSpace, DirectoryNumber, Partition):
            model.objects.all().delete()
        self.journal.unlink(missing_ok=True)
        self.rpc().call("htable.flush", "lines")
        for aor in self.aors():
            self.rpc().remove_registration(aor)
        eventually(self.is_database_asked, "the pause after a database that was down")

    def is_database_asked(self) -> bool:
        """Whether Kamailio asks it: a PostgreSQL server that was down is left alone for two seconds."""
        return self.rpc().value("breaker", "open") is None

    def hang_up(self) -> None:
        for phone in self.phones:
            phone.close()
        self.phones.clear()

    # -- rows -------------------------------------------------------------------------------------------------------

    def number(self, digits: str, partition: str = "Internal") -> DirectoryNumber:
        made, _ = DirectoryNumber.objects.get_or_create(
            pattern=digits, partition=Partition.objects.get_or_create(name=partition)[0]
        )
        return made

    def space(self, name: str, *partitions: str) -> CallingSearchSpace:
        space, new = CallingSearchSpace.objects.get_or_create(name=name)
        if new:
            for position, partition in enumerate(partitions):
                member, _ = Partition.objects.get_or_create(name=partition)
                CallingSearchSpaceMember.objects.create(css=space, partition=member, position=position)
        return space

    def profile(self, name: str, *lines: str, css: CallingSearchSpace | None = None, **fields: Any) -> DeviceProfile:
        profile = DeviceProfile.objects.create(name=name, model=fields.pop("model", self.soft), **fields)
        for index, digits in enumerate(lines, 1):
            Line.objects.create(
                profile=profile, index=index, button=index, directory_number=self.number(digits), css=css
            )
        return profile

    def phone(
        self, name: str, *lines: str, model: PhoneModel | None = None, pool: DevicePool | None = None, **fields: Any
    ) -> Phone:
        own = self.profile(f"{name}-own", *lines, model=model or self.soft, kind=DeviceProfile.AUTO)
        return Phone.objects.create(
            name=name,
            model=model or self.soft,
            device_pool=pool or self.lobby,
            own_profile=own,
            current_profile=fields.pop("current_profile", own),
            ha1=ha1(name, f"secret-of-{name}"),
            **fields,
        )

    def rotate(self, phone: Phone, secret: str, seconds: int = 900) -> None:
        phone.previous_ha1, phone.previous_until = phone.ha1, int(time.time()) + seconds
        phone.ha1, phone.configuration_version = ha1(phone.name, secret), phone.configuration_version + 1
        phone.save()

    def trunk(self, name: str = "Network") -> Trunk:
        host, _, port = str(self.config["call_control.emergency_gateway"]).rpartition(":")
        return Trunk.objects.get_or_create(name=name, defaults={"host": host, "port": int(port)})[0]

    def route(self, pattern: str, partition: str, trunk: Trunk | None, **fields: Any) -> RoutePattern:
        place, _ = Partition.objects.get_or_create(name=partition)
        saved = dialplan.save_route_pattern(RoutePattern(pattern=pattern, partition=place, trunk=trunk, **fields))
        assert isinstance(saved, RoutePattern)
        return saved

    @property
    def soft(self) -> PhoneModel:
        return PhoneModel.objects.get_or_create(name="Soft", defaults={"is_software": True, "max_lines": 4})[0]

    @property
    def desk(self) -> PhoneModel:
        return PhoneModel.objects.get_or_create(name="8851", defaults={"max_lines": 2, "registers_once": True})[0]

    @property
    def lobby(self) -> DevicePool:
        return self.pool("Lobby", "5550001", "Lobby, Main Street 1")

    @property
    def floor(self) -> DevicePool:
        return self.pool("Floor 2", "5550002", "Floor 2, Main Street 1")

    def pool(self, name: str, callback: str, location: str) -> DevicePool:
        fields = {"emergency_callback": callback, "location": location}
        fields["default_css"] = self.space("Inside", "Internal")
        return DevicePool.objects.get_or_create(name=name, defaults=fields)[0]

    # -- the outside ------------------------------------------------------------------------------------------------

    def sip(self, device: str, secret: str | None = None, address: str = "127.0.0.1") -> SipPhone:
        server = (address, int(self.config["call_control.port"]))
        made = SipPhone(server, device, secret if secret is not None else f"secret-of-{device}", address=address)
        self.phones.append(made)
        return made

    def rpc(self) -> rpc.Rpc:
        return rpc.Rpc.of(self.config)

    def aors(self) -> list[str]:
        """Everything that is registered."""
        return sorted({found.aor for found in self.rpc().all_registrations()})

    def is_heard(self) -> bool:
        """Whether somebody listens to the events; asked of the kernel, because the first event may not be one."""
        port = f"{self.config['call_control.events_port']:04X}"
        connections = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return any(local.endswith(f":{port}") and state == "01" for _, local, _, state, *_ in connections)

    def left_the_site(self) -> list[dict[str, str]]:
        """What the telephone network wrote down."""
        if not self.journal.exists():
            return []
        return [json.loads(line) for line in self.journal.read_text().splitlines()]

    def browser(self, device: str) -> BrowserPhone:
        """A web phone."""
        made = BrowserPhone(
            ("127.0.0.1", int(self.config["call_control.websocket_port"])), device, f"secret-of-{device}"
        )
        self.phones.append(made)
        return made

    def refresh_copy(self) -> None:
        """Have Kamailio read the devices' call-back numbers again, and wait for it."""
        self.rpc().refresh_copy()
        eventually(lambda: self.rpc().value("state", "refresh") is None, "the copy of the devices")


def make_config(folder: Path, database_url: str = "sqlite") -> Config:
    sip, tls, websocket, control, events, network, relay = free_ports(7)
    return configuration.parse(
        {
            "site": {"data": str(folder)},
            "database": {"url": database_url},
            "call_control": {
                "port": sip,
                "tls_port": tls,
                "websocket_port": websocket,
                "rpc_port": control,
                "events_port": events,
                "emergency_gateway": f"127.0.0.1:{network}",
                "trunk_check_seconds": 1,
            },
            "media": {"control_port": relay},
        }
    )


@contextmanager
def running_site(folder: Path, database_url: str = "sqlite", more: dict[str, Any] | None = None) -> Iterator[SmallSite]:
    """A migrated database, Kamailio and the telephone network; ``more`` are settings of its own."""
    config = make_config(folder, database_url)
    config.values.update(more or {})
    config.data.mkdir(parents=True, exist_ok=True)
    with database(config.database):
        site = SmallSite(config, folder / "network.jsonl")
        try:
            site.start_network()
            site.start_kamailio()
            yield site
        finally:
            site.close()
