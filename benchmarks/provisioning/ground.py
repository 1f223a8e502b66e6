"""What is measured: a site of its own with many phones, and nginx and tftpd-hpa with the same bytes on disk."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgresql import free_port
from tests.support.sites import Site, free_offset

NEEDED = {"nginx": "nginx-light", "in.tftpd": "tftpd-hpa", "wrk": "wrk"}
TICKS = os.sysconf("SC_CLK_TCK")

NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  access_log {folder}/access.log; default_type text/xml; keepalive_requests 1000000;
  server {{ listen 127.0.0.1:{port} backlog=2048; root {www}; }}
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
}}
"""

ADD_PHONES = """
import django; django.setup()
import sys
from datetime import UTC, datetime
from roamline.rooms.dialplan.models import DirectoryNumber, Partition
from roamline.rooms.phones import service
from roamline.rooms.phones.models import Button, DevicePool, PhoneModel
from django.db import transaction
now = datetime.now(UTC)
model, pool = PhoneModel.objects.get(name="Cisco 8851"), DevicePool.objects.get(name="Lobby")
internal = Partition.objects.get(name="Internal")
with transaction.atomic():
    for n in range(int(sys.argv[1])):
        phone = service.add_phone(name=f"SEP00BB000{n:05X}", model=model, device_pool=pool, actor="benchmark", now=now)
        for line in range(2):
            number = DirectoryNumber.objects.create(pattern=f"5{line}{n:05}", partition=internal)
            service.add_line(profile=phone.own_profile, number=number, actor="benchmark", now=now)
        for key in range(3, 6):
            Button.objects.create(profile=phone.own_profile, position=key, kind="speed_dial", label=f"Key {key}",
                                  number="1901")
"""


def programs() -> dict[str, str]:
    """The outside programs by name; SystemExit that names the Debian packages which are missing."""
    found = {name: shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") for name in NEEDED}
    missing = [NEEDED[name] for name, path in found.items() if path is None]
    if missing:
        raise SystemExit(f"needed: apt-get install --no-install-recommends {' '.join(missing)}")
    return {name: path for name, path in found.items() if path is not None}


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that runs: ports, the names of the files, and the processes whose time is counted."""

    site: Site
    names: list[str]
    ours_http: int
    ours_tftp: int
    nginx: int
    tftpd: int
    pids: dict[str, int]

    def change_all(self) -> None:
        """Change every phone's version, as a log-in on each would: every file must be rendered anew."""
        with sqlite3.connect(self.site.data / "roamline.sqlite3", timeout=30) as database:
            database.execute(
                "UPDATE phones_phone SET configuration_version = configuration_version + 1 WHERE name LIKE 'SEP00BB%'"
            )
        database.close()

    def cpu_seconds(self, server: str) -> float:
        """Processor time of a server so far, with all its children, also those that have ended."""
        return sum(_times(pid) for pid in _family(self.pids[server]))


@contextmanager
def ground(phones: int) -> Iterator[Ground]:
    """Start it all on free loopback ports, and stop all of it."""
    found = programs()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="roamline-benchmark-")))
        folder.chmod(0o755)
        site = Site(folder / "site", free_offset(), ("--no-calls",))
        stack.callback(site.stop)
        site.start()
        environment = {**os.environ, "ROAMLINE_CONFIG": str(site.data / "roamline.toml")}
        environment["DJANGO_SETTINGS_MODULE"] = "roamline.platform.settings"
        subprocess.run([sys.executable, "-c", ADD_PHONES, str(phones)], env=environment, check=True)
        names = [f"SEP00BB000{number:05X}.cnf.xml" for number in range(phones)]
        www = _copy(site, names, folder / "www")
        nginx_port, tftpd_port = free_port(), free_port()
        nginx = _nginx(stack, found["nginx"], folder, www, nginx_port)
        tftpd = _tftpd(stack, found["in.tftpd"], www, tftpd_port)
        pids = {"nginx": nginx, "tftpd-hpa": tftpd}
        pids |= {"http": _pid(site, "files"), "tftp": _pid(site, "engine")}
        yield Ground(site, names, site.port(6970), site.port(6969), nginx_port, tftpd_port, pids)


def _copy(site: Site, names: list[str], www: Path) -> Path:
    www.mkdir(mode=0o755)
    for name in names:
        with urllib.request.urlopen(f"{site.files_url}/{name}", timeout=30) as answer:
            (www / name).write_bytes(answer.read())
    return www


def _nginx(stack: ExitStack, program: str, folder: Path, www: Path, port: int) -> int:
    own = folder / "nginx"
    own.mkdir()
    (own / "nginx.conf").write_text(NGINX.format(folder=own, www=www, port=port))
    process = subprocess.Popen([program, "-c", str(own / "nginx.conf"), "-e", str(own / "error.log")])
    stack.callback(_end, process)
    _wait_for(port)
    return process.pid


def _tftpd(stack: ExitStack, program: str, www: Path, port: int) -> int:
    user = "nobody" if os.geteuid() == 0 else os.environ["USER"]
    command = [program, "-L", "-4", "-a", f"127.0.0.1:{port}", "-u", user, "-s", str(www)]
    process = subprocess.Popen(command)
    stack.callback(_end, process)
    return process.pid


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _pid(site: Site, service: str) -> int:
    pid = site.pid(service)
    assert pid is not None, f"{service} does not run"
    return pid


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in _family(int(child)))]


def _times(pid: int) -> float:
    """User, system, and those of children that have been waited for, in seconds."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / TICKS
