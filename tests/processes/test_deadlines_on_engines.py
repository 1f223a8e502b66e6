"""Deadlines over real engines: stopped and started again, and two of them on one PostgreSQL (EM-23, EM-45).

``ROAMLINE_DEADLINES=10000`` runs the second with ten times as many.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from roamline.platform import config
from roamline.processes import demo_site
from tests.support.sites import free_offset, until

pytestmark = pytest.mark.needs("postgres")

MANY = int(os.environ.get("ROAMLINE_DEADLINES", "1000"))

# A site with as many users logged in as asked for, whose maximum login time has just passed.
SITE = """
import sys, django
django.setup()
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.models import Deadline
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import EXPIRY
from roamline.rooms.phones.models import DevicePool, DeviceProfile, Phone, PhoneModel
count, now = int(sys.argv[1]), datetime.now(UTC)
model = PhoneModel.objects.create(name="Phone", registers_once=True)
pool = DevicePool.objects.create(name="Pool")
def profiles(kind):
    return DeviceProfile.objects.bulk_create(
        DeviceProfile(name=f"{kind}{n}", kind=kind, model=model) for n in range(count))
own, users = profiles("auto"), profiles("user")
phones = Phone.objects.bulk_create(
    Phone(name=f"SEP{n:012X}", folded_name=f"sep{n:012x}", model=model, device_pool=pool, em_enabled=True,
          own_profile=own[n], current_profile=users[n]) for n in range(count))
accounts = Account.objects.bulk_create(Account(user_id=f"user{n}") for n in range(count))
sessions = LoginSession.objects.bulk_create(
    LoginSession(phone=phones[n], account=accounts[n], profile=users[n], started_at=now - timedelta(minutes=1),
                 way="phone", expires_at=now) for n in range(count))
Deadline.objects.bulk_create(
    Deadline(kind=EXPIRY, subject=str(session.uuid), due_at=now) for session in sessions)
"""

COUNT = "SELECT count(*) FROM mobility_loginsession WHERE ended_at IS NULL"
LOGGED_OUT = """
SELECT device, count(*) FROM ledger_auditentry WHERE action = 'em.logout' AND way = 'maximum login time'
GROUP BY device
"""


def environment(file: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "ROAMLINE_CONFIG"}
    return {**kept, "ROAMLINE_CONFIG": str(file), "DJANGO_SETTINGS_MODULE": "roamline.platform.settings"}


def run(file: Path, *arguments: str) -> str:
    """Run Python for a site."""
    return subprocess.run(
        [sys.executable, *arguments], env=environment(file), check=True, capture_output=True, text=True
    ).stdout


def engine(file: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "roamline.processes.engine"], env=environment(file), text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def configured(folder: Path, url: str, node: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = demo_site.write_config(folder, free_offset(), calls=False).source
    assert file is not None
    text = file.read_text().replace('url = "sqlite"', f'url = "{url}"').replace('"node1"', f'"{node}"')
    file.write_text(text)
    return file


@pytest.fixture
def nodes(postgres_url: str, tmp_path: Path) -> tuple[str, list[Path]]:
    """A fresh database, and two nodes that share it and the keys."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS engines WITH (FORCE)")
        connection.execute("CREATE DATABASE engines")
    url = postgres_url.replace("/postgres", "/engines")
    files = [configured(tmp_path / name, url, name) for name in ("node1", "node2")]
    run(files[0], "-m", "roamline.processes.cli", "migrate")
    keys = [config.load(file).key_file for file in files]
    keys[1].parent.mkdir(parents=True, exist_ok=True)
    keys[1].write_bytes(keys[0].read_bytes())
    keys[1].chmod(0o600)
    return url, files


@pytest.mark.proves("EM-45")
def test_many_deadlines_due_at_once_fire_exactly_once_on_two_engines(nodes: tuple[str, list[Path]]) -> None:
    url, files = nodes
    run(files[0], "-c", SITE, str(MANY))
    engines = [engine(file) for file in files]
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            until(lambda: connection.execute(COUNT).fetchone() == (0,), within=30 + MANY / 20)
    finally:
        for each in engines:
            each.terminate()
            each.wait(30)
    with psycopg.connect(url) as connection:
        times = dict(connection.execute(LOGGED_OUT).fetchall())
        assert len(times) == MANY
        assert set(times.values()) == {1}
        left = connection.execute("SELECT count(*) FROM ledger_deadline WHERE kind LIKE 'mobility.%'").fetchone()
        assert left == (0,)
        working = connection.execute("SELECT count(*) FROM phones_phone WHERE current_profile_id <> own_profile_id")
        assert working.fetchone() == (0,)


ONE_LOG_IN = """
import django
django.setup()
import json
from datetime import UTC, datetime, timedelta
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, LogIn, Way
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import DevicePool, DeviceProfile, PhoneModel
from roamline.rooms.directory import service as directory
now = datetime.now(UTC) - timedelta(minutes=3)
model, pool = PhoneModel.objects.create(name="Phone"), DevicePool.objects.create(name="Pool")
phones.add_phone(name="SEP000000000001", model=model, device_pool=pool, em_enabled=True, actor="test", now=now)
user = directory.add_account(user_id="alice", actor="test", now=now)
profile = DeviceProfile.objects.create(name="EM_alice", model=model)
directory.add_controlled_profile(user, profile, is_default=True, actor="test", now=now)
from roamline.rooms.parameters import service as parameters
parameters.change(service="Cisco Extension Mobility", name="Intra-cluster Maximum Login Time", value="0:01",
                  actor="test", way="", source="", now=now)
done = mobility.log_in(LogIn("SEP000000000001", "alice", None), By("test", Way.ADMINISTRATOR), now)
print(json.dumps({"ends": done.expires_at.isoformat()}))
"""


@pytest.mark.proves("EM-23", "EM-45")
def test_a_time_that_ran_out_while_every_node_was_down_logs_out_once_at_the_next_start(
    nodes: tuple[str, list[Path]],
) -> None:
    """A minute's log-in, three minutes ago, and no engine since: as if everything had stood still meanwhile."""
    url, files = nodes
    ends = datetime.fromisoformat(json.loads(run(files[0], "-c", ONE_LOG_IN))["ends"])
    assert ends < datetime.now(UTC)
    for file in files:  # the second finds nothing left to do
        started = engine(file)
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                until(lambda: connection.execute(COUNT).fetchone() == (0,), within=30)
        finally:
            started.terminate()
            started.wait(30)
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT user_id, device, way, succeeded FROM ledger_auditentry WHERE action = 'em.logout'"
        ).fetchall()
        ended = connection.execute("SELECT ended_way FROM mobility_loginsession").fetchall()
    assert rows == [("alice", "SEP000000000001", "maximum login time", True)]
    assert ended == [("maximum login time",)]
