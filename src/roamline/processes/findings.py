"""What ``roamline check`` looks at; each look yields findings with their remedy."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from gettext import gettext as _

from roamline.platform import certificate
from roamline.platform.config import Config
from roamline.processes import probes, services
from roamline.processes.commands.command import set_up_django

ANYWHERE = ("0.0.0.0", "::", "[::]")  # noqa: S104


class Level(IntEnum):
    """How bad a finding is."""

    OK = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, and what to do about it when it is not as it should be.

    An error that does not keep the site from starting leaves its users at their phones: other clusters do without it.
    """

    level: Level
    what: str
    remedy: str = ""
    keeps_from_starting: bool = True


def look_at_ports(config: Config, _now: datetime) -> Iterator[Finding]:
    """No two listeners on one address."""
    by_number: dict[tuple[int, bool], list[probes.Port]] = defaultdict(list)
    for port in probes.ports(config):
        by_number[port.number, port.datagram].append(port)
    clashes = [group for group in by_number.values() if len(group) > 1 and _overlap(group)]
    for group in clashes:
        named = {"names": ", ".join(port.setting for port in group), "port": group[0].number}
        yield Finding(Level.ERROR, _("ports: %(names)s are all %(port)s") % named, _("Give each a port of its own."))
    if not clashes:
        yield Finding(Level.OK, _("ports: none is used twice"))


def _overlap(group: list[probes.Port]) -> bool:
    hosts = [port.host for port in group]
    return len(set(hosts)) < len(hosts) or any(host in ANYWHERE for host in hosts)


def look_at_data(config: Config, _now: datetime) -> Iterator[Finding]:
    """The data folder can be written."""
    if not config.data.is_dir():
        remedy = _("Create it: %s") % f"mkdir -p {config.data}"
        yield Finding(Level.ERROR, _("data folder: %s does not exist") % config.data, remedy)
    elif not os.access(config.data, os.W_OK | os.X_OK):
        remedy = _("Give it to the user that runs Roamline.")
        yield Finding(Level.ERROR, _("data folder: %s cannot be written") % config.data, remedy)
    else:
        yield Finding(Level.OK, _("data folder: %s") % config.data)


def look_at_key_file(config: Config, _now: datetime) -> Iterator[Finding]:
    """The key file is there and nobody else can read it."""
    try:
        mode = stat.S_IMODE(config.key_file.stat().st_mode)
    except OSError as error:
        yield Finding(
            Level.ERROR,
            _("key file: %s") % f"{config.key_file}: {error.strerror}",
            _("On a new site `roamline migrate` creates it; else restore it from its backup: no PIN works without it."),
        )
        return
    if mode & 0o077:
        remedy = f"chmod 600 {config.key_file}"
        found = {"file": config.key_file, "mode": f"{mode:04o}"}
        yield Finding(Level.ERROR, _("key file: others can read %(file)s (mode %(mode)s)") % found, remedy)
    else:
        yield Finding(Level.OK, _("key file: %s") % config.key_file)


def look_at_database(config: Config, _now: datetime) -> Iterator[Finding]:
    """The database answers and has every migration."""
    if not config.key_file.exists() or not config.data.is_dir():
        yield Finding(Level.WARNING, _("database: not looked at, because what it needs is missing"))
        return
    set_up_django()
    from django.db import DatabaseError

    from roamline.platform.readiness import is_migrated

    try:
        if is_migrated():
            yield Finding(Level.OK, _("database: answers and has the newest schema"))
        else:
            yield Finding(Level.ERROR, _("database: lacks migrations"), _("Run `roamline migrate`."))
    except DatabaseError as error:
        first = (str(error).splitlines() or [""])[0]
        remedy = _("Check database.url and that it is running.")
        yield Finding(Level.ERROR, _("database: does not answer (%s)") % first, remedy)


def look_at_certificate(config: Config, now: datetime) -> Iterator[Finding]:
    """The configured certificate can be read, has its key and is valid."""
    given = certificate.configured(config)
    if given is None:
        yield Finding(Level.OK, _("certificate: none configured, a self-signed one is made and renewed"))
        return
    remedy = _("Set secure.certificate and secure.private_key to PEM files that belong together.")
    try:
        expires = certificate.expiry(given.chain)
        certificate.require_pair(given)
    except (OSError, ValueError) as error:
        yield Finding(Level.ERROR, _("certificate: %s") % f"{given.chain}: {error}", remedy)
        return
    if expires <= now:
        yield Finding(Level.ERROR, _("certificate: expired on %s") % expires.date(), _("Renew it."))
    elif expires - now < certificate.RENEWED_BEFORE:
        yield Finding(Level.WARNING, _("certificate: expires on %s") % expires.date(), _("Renew it in time."))
    else:
        yield Finding(Level.OK, _("certificate: valid until %s") % expires.date())


def look_at_calls(config: Config, _now: datetime) -> Iterator[Finding]:
    """Kamailio is there when it is wanted."""
    if not config["call_control.enabled"]:
        yield Finding(Level.OK, _("call control: switched off (call_control.enabled)"))
        return
    missing = services.calls_missing()
    if missing:
        yield Finding(Level.WARNING, _("call control: %s") % missing, _("Or set call_control.enabled to false."))
    else:
        yield Finding(Level.OK, _("call control: Kamailio is installed"))


LOOKS: tuple[Callable[[Config, datetime], Iterator[Finding]], ...] = (
    look_at_data,
    look_at_ports,
    look_at_key_file,
    look_at_database,
    look_at_certificate,
    look_at_calls,
)
