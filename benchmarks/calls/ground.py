"""A site with many numbers and patterns, and two Kamailios on it: the product's, and one that looks nothing up."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.login.report import busy_seconds
from roamline.doors.call_control import launch
from roamline.doors.call_control.rpc import Rpc
from roamline.platform.config import Config
from roamline.rooms.dialplan.models import (
    CallingSearchSpace,
    CallingSearchSpaceMember,
    CompiledPattern,
    DirectoryNumber,
    Partition,
    RoutePattern,
    Trunk,
)
from roamline.rooms.dialplan.rules import CompiledRow, PatternRefused, compile_pattern
from roamline.rooms.phones.models import DevicePool, DeviceProfile, Line, Phone, PhoneModel

AT_ONCE = 2000
SECRET = "a-secret-for-benchmarks"
FIRST_NUMBER = 200_000
CALLERS = 200
"""So many phones call, and as many others are called; the rest is there to be searched."""


def fill(numbers: int, patterns: int) -> None:
    """``numbers`` phones with a line each, and ``patterns`` route patterns that all of them reach."""
    inside, outside = (Partition.objects.create(name=name) for name in ("Internal", "Outside"))
    space = CallingSearchSpace.objects.create(name="Everything")
    for position, partition in enumerate((inside, outside)):
        CallingSearchSpaceMember.objects.create(css=space, partition=partition, position=position)
    pool = DevicePool.objects.create(name="Everywhere", default_css=space)
    model = PhoneModel.objects.create(name="Soft", is_software=True, max_lines=4)
    trunk = Trunk.objects.create(name="Network", host="127.0.0.1", port=9)
    _patterns(patterns, outside, trunk)
    digits = _create(DirectoryNumber(pattern=str(FIRST_NUMBER + n), partition=inside) for n in range(numbers))
    own = _create(DeviceProfile(name=f"ADP_{_name(n)}", kind="auto", model=model) for n in range(numbers))
    _create(Line(profile=own[n], index=1, button=1, directory_number=digits[n], css=space) for n in range(numbers))
    _create(
        Phone(name=_name(n), folded_name=_name(n).lower(), model=model, device_pool=pool, own_profile=own[n],
              current_profile=own[n], ha1=ha1_of(n))
        for n in range(numbers)
    )  # fmt: skip


def _patterns(count: int, partition: Partition, trunk: Trunk) -> None:
    """As a site has them: an outside line's digit, an area, and wildcards."""
    made = _create(RoutePattern(pattern=f"9{n:05d}XXXX", partition=partition, trunk=trunk) for n in range(count))
    rows = [(each, row) for each in made for row in _compiled(each.pattern)]
    _create(
        CompiledPattern(partition=partition, route_pattern=each, **{name: getattr(row, name) for name in _FIELDS})
        for each, row in rows
    )


def _compiled(pattern: str) -> list[CompiledRow]:
    found = compile_pattern(pattern)
    assert not isinstance(found, PatternRefused), found.reason
    return found


_FIELDS = ("like_pattern", "lead", "specificity", "strip", "symbols")


def _create(rows: Iterable[Any]) -> list[Any]:
    made: list[Any] = []
    left = iter(rows)
    while portion := list(islice(left, AT_ONCE)):
        made += type(portion[0])._default_manager.bulk_create(portion)
    return made


def _name(number: int) -> str:
    return f"SEP{number:012d}"


def ha1_of(number: int) -> str:
    """What the digest of a phone is made of."""
    return hashlib.md5(f"{_name(number)}:roamline:{SECRET}".encode()).hexdigest()


def callers(path: Path) -> Path:
    """SIPp's file of who calls whom: device, secret, its line, the number called."""
    lines = [
        f"{_name(n)};{SECRET};{FIRST_NUMBER + n};{FIRST_NUMBER + CALLERS + n};[authentication username={_name(n)} "
        f"password={SECRET}]"
        for n in range(CALLERS)
    ]
    path.write_text("SEQUENTIAL\n" + "\n".join(lines) + "\n")
    return path


@dataclass
class Server:
    """One running Kamailio."""

    name: str
    config: Config
    process: subprocess.Popen[bytes]

    @property
    def port(self) -> int:
        """Its SIP port."""
        return int(self.config["call_control.port"])

    def cpu_seconds(self) -> float:
        """Processor time of all its processes, so far."""
        return busy_seconds(self.process.pid)

    def close(self) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait(20)


def start(name: str, config: Config, *, is_bare: bool = False) -> Server:
    """Start it; ``is_bare`` leaves out rights, calling search spaces and location look-ups."""
    command = launch.command(config)
    if is_bare:
        _leave_out_look_ups(Path(command[command.index("-f") + 1]))
    log = (config.data / f"{name}.log").open("wb")
    server = Server(name, config, subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True))
    deadline = time.monotonic() + 60
    rpc = Rpc.of(config)
    # Not before it has made its copy of all phones' places, which it does once.
    while not (rpc.is_alive() and rpc.value("state", "copied")):
        assert time.monotonic() < deadline, f"{name} does not answer"
        assert server.process.poll() is None, f"{name} does not start"
        time.sleep(0.05)
    return server


def register(server: Server, host: str) -> None:
    """Have every called phone registered at ``host:port``."""
    rpc = Rpc.of(server.config)
    for n in range(CALLERS, 2 * CALLERS):
        aor = f"{_name(n)}~{FIRST_NUMBER + n}".lower()
        rpc.call("ul.add", "location", aor, f"sip:{FIRST_NUMBER + n}@{host}", 36000, 1.0, ".", 0, 0, 65535)


def know(server: Server) -> None:
    """Give the bare one the callers' HA1s; without them there is no digest at all."""
    rpc = Rpc.of(server.config)
    for n in range(CALLERS):
        rpc.call("htable.sets", "bare", _name(n).lower(), ha1_of(n))


BARE = {
    "ASK_RIGHT": """
    $var(db) = 1;
    $var(has_line) = 1;
    $xavp(right=>ha1) = $sht(bare=>$var(device));
    $xavp(right[0]=>name) = $var(device);
    $xavp(right[0]=>version) = 1;
    return(1);
""",
    "ASK_REGISTRANT": """
    route(ASK_RIGHT);
    $var(registers_once) = 0;
    return(1);
""",
    "MEANING": """
    $var(action) = "number";
""",
    "RING_NUMBER": """
    $var(called_watched) = 0;
    $ru = "sip:" + $var(number) + "@" + $sht(bare=>callees);
    $var(found) = 1;
    $var(last) = "callee";
    $var(devices) = "";
    route(SEND_TO_PHONES);
""",
}


def _bare(name: str) -> str:
    return f"route[{name}] {{{BARE[name]}}}".replace("\\", "\\\\")


def _leave_out_look_ups(site_file: Path) -> None:
    """Point the site's file at a copy of the configuration in which :data:`BARE` stands for the look-ups."""
    text = site_file.read_text()
    folder = Path(re.search(r'include_file "(.+)/main.cfg"', text).group(1))  # type: ignore[union-attr]
    copy = site_file.parent / "bare"
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    left = dict(BARE)
    for file in copy.glob("*.cfg"):
        content = file.read_text()
        for name in list(left):
            content, count = re.subn(rf"^route\[{name}\] \{{\n.*?^\}}$", _bare(name), content, flags=re.M | re.DOTALL)
            if count:
                del left[name]
        file.write_text(content)
    assert not left, f"the configuration has no route {sorted(left)}"
    modules = copy / "modules.cfg"
    modules.write_text(modules.read_text() + 'modparam("htable", "htable", "bare=>size=10;")\n')
    site_file.write_text(text.replace(str(folder), str(copy)))
