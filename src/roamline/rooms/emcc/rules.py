"""What EMCC's set-up is judged by, and whose turn it is to look at other clusters; pure (RO-31)."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _

MOST_PHONES = 60_000
"""Phones, with EMCC devices counted twice, that a cluster may have."""
MOST_NAMED = 10
_MARK = 12
MOST_MARKS = 1024
"""Marks of names that one record may carry."""


class Level(enum.StrEnum):
    """How much a finding matters: with an error nobody, or nobody of that cluster, can log in."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the validation report; ``cluster`` is the other cluster that it is about, or empty."""

    level: Level
    text: str
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Capacity:
    """The rule phones + 2 × EMCC devices ≤ 60,000; ``phones`` are those that are none."""

    phones: int
    devices: int

    @property
    def weight(self) -> int:
        """What counts."""
        return self.phones + 2 * self.devices

    @property
    def is_kept(self) -> bool:
        """Whether the rule is kept."""
        return self.weight <= MOST_PHONES


@dataclass(frozen=True, slots=True)
class Said:
    """What another cluster says of its own EMCC; ``same`` are the values that must be the same everywhere."""

    emcc_active: bool
    enabled: frozenset[str]
    same: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Remote:
    """Another cluster, as it stands here; ``said`` is None for one that has told nothing of EMCC yet."""

    name: str
    is_reachable: bool
    emcc: bool
    said: Said | None
    shared_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that the report is made from; ``same`` and ``origin`` are this cluster's own."""

    origin: str
    emcc_active: bool
    pstn_active: bool
    trunk: str
    is_trunk_silent: bool
    tftp: tuple[str, ...]
    devices: int
    free: int
    users: int
    has_service: bool
    login_time: str
    is_limited: bool
    unknown_nodes: tuple[str, ...]
    capacity: Capacity
    same: Mapping[str, str]
    is_joined: bool
    remotes: tuple[Remote, ...] = field(default=())


def judge(setup: Setup) -> list[Finding]:
    """The validation report: this cluster first, then every other one (RO-31)."""
    return [*_own(setup), *(finding for remote in setup.remotes for finding in _of(remote, setup))]


def _own(setup: Setup) -> Iterator[Finding]:
    yield _either(setup.emcc_active, _("EMCC is active"), Level.ERROR, _("EMCC is not active: error 211"))
    yield from _pstn(setup)
    if setup.tftp:
        yield _ok(_("TFTP servers for EMCC phones: %(hosts)s"), hosts=", ".join(setup.tftp))
    else:
        yield Finding(Level.ERROR, _("no TFTP server for EMCC phones is set: error 39"))
    yield from _devices(setup)
    no_service = _("no enabled phone service has EMCC=#EMCC# in its URL: hardware phones here ask for no EMCC")
    yield _either(setup.has_service, _("a phone service hands over #EMCC#"), Level.WARNING, no_service)
    if setup.users:
        yield _ok(_("end users with Extension Mobility Cross Cluster: %(count)s"), count=setup.users)
    else:
        yield Finding(Level.WARNING, _("no end user is enabled for Extension Mobility Cross Cluster: error 31"))
    limit = Wording(_("Inter-cluster Maximum Login Time: %(time)s"), time=setup.login_time)
    no_limit = _("Inter-cluster Maximum Login Time is 0:00: log-ins across clusters do not end by themselves")
    yield _either(setup.is_limited, limit, Level.WARNING, no_limit)
    for node in setup.unknown_nodes:
        said = _("%(node)s is set as a server for remote cluster update: no node of that name is known here")
        yield Finding(Level.WARNING, Wording(said, node=node))
    if not setup.is_joined or not setup.remotes:
        yield Finding(Level.ERROR, _("no other cluster is known: join an ILS network first"))


def _pstn(setup: Setup) -> Iterator[Finding]:
    if not setup.pstn_active:
        said = _("PSTN access is not active: calls to the public network leave through the users' home clusters")
        yield Finding(Level.WARNING, said)
    elif setup.is_trunk_silent:
        yield Finding(Level.WARNING, Wording(_("the PSTN access trunk %(trunk)s does not answer"), trunk=setup.trunk))
    else:
        yield _ok(_("PSTN access through trunk %(trunk)s"), trunk=setup.trunk)


def _devices(setup: Setup) -> Iterator[Finding]:
    if not setup.devices:
        yield Finding(Level.ERROR, _("there is no EMCC device: error 33; insert some under Bulk administration"))
    else:
        level = Level.OK if setup.free else Level.WARNING
        yield Finding(
            level, Wording(_("EMCC devices: %(count)s, of them free: %(free)s"), count=setup.devices, free=setup.free)
        )
    held = setup.capacity
    said = _("phones + 2 × EMCC devices: %(phones)s + 2 × %(devices)s = %(weight)s, at most %(most)s")
    yield Finding(
        Level.OK if held.is_kept else Level.ERROR,
        Wording(said, phones=held.phones, devices=held.devices, weight=held.weight, most=MOST_PHONES),
    )


def _of(remote: Remote, setup: Setup) -> Iterator[Finding]:
    yield _about(remote, remote.is_reachable, _("reachable"), _("not reachable now"), Level.WARNING)
    yield _about(remote, remote.emcc, _("EMCC is enabled for it here"), _("EMCC is not enabled for it here"))
    if remote.said is None:
        yield Finding(Level.WARNING, _("it has told nothing of its EMCC yet: update the remote clusters"), remote.name)
        return
    yield _about(remote, remote.said.emcc_active, _("EMCC is active there"), _("EMCC is not active there"))
    yield _about(remote, setup.origin in remote.said.enabled, _("EMCC is enabled there for this cluster"),
                 _("EMCC is not enabled there for this cluster"))  # fmt: skip
    yield from _differences(remote, remote.said, setup.same)
    if remote.shared_names:
        said = _("phones of these names are in both clusters; on those nobody logs in across clusters: %(names)s")
        yield Finding(Level.WARNING, Wording(said, names=listed(remote.shared_names)), remote.name)


def _differences(remote: Remote, theirs: Said, ours: Mapping[str, str]) -> Iterator[Finding]:
    differs = [name for name, value in ours.items() if theirs.same.get(name, value) != value]
    for name in differs:
        said = _("%(parameter)s must be the same in all clusters: here %(here)s, there %(there)s")
        yield Finding(
            Level.WARNING, Wording(said, parameter=name, here=ours[name], there=theirs.same[name]), remote.name
        )
    if not differs:
        yield Finding(Level.OK, _("what must be the same in all clusters is the same"), remote.name)


def _either(holds: bool, good: str, level: Level, bad: str) -> Finding:
    return Finding(Level.OK, good) if holds else Finding(level, bad)


def _about(remote: Remote, holds: bool, good: str, bad: str, level: Level = Level.ERROR) -> Finding:
    return Finding(Level.OK, good, remote.name) if holds else Finding(level, bad, remote.name)


def _ok(text: str, **values: Any) -> Finding:
    return Finding(Level.OK, Wording(text, **values))


def listed(names: Iterable[str]) -> str:
    """Some names, and how many more there are."""
    all_ = list(names)
    more = len(all_) - MOST_NAMED
    return ", ".join(all_[:MOST_NAMED]) + (f" (+{more})" if more > 0 else "")


def read_said(payload: Mapping[str, Any]) -> Said:
    """What another cluster's record says; what is no text, number or list as it should be counts as not said."""
    enabled, same = payload.get("enabled"), payload.get("same")
    return Said(
        payload.get("active") is True,
        frozenset(str(each) for each in enabled[:MOST_MARKS]) if isinstance(enabled, list) else frozenset(),
        {str(name): str(value)[:100] for name, value in same.items()} if isinstance(same, dict) else {},
    )


def mark_of(device: str) -> str:
    """What stands for a device name where clusters compare theirs: 48 bits of a hash of it, in hexadecimal."""
    return hashlib.sha256(device.lower().encode()).hexdigest()[:_MARK]


def marks_in(payload: Mapping[str, Any]) -> Iterator[str]:
    """The marks that a record of another cluster carries."""
    marks = payload.get("marks")
    return (str(each) for each in marks[:MOST_MARKS]) if isinstance(marks, list) else iter(())


def is_turn(me: str, default: str, backup: str, late: timedelta, interval: timedelta) -> bool:
    """Whether a node is the one to update the remote clusters, when that is ``late`` by so much.

    The default server at once; the backup when the default, too, has had half an interval for it; any node when neither
    is named.
    """
    names = {"default": default.lower(), "backup": backup.lower()}
    if not names["default"] and not names["backup"]:
        return late >= timedelta(0)
    if me.lower() == names["default"]:
        return late >= timedelta(0)
    waits = interval / 2 if names["default"] else timedelta(0)
    return me.lower() == names["backup"] and late >= waits


def late_by(last: datetime | None, interval: timedelta, now: datetime) -> timedelta:
    """How long ago an update was due; negative while it is not; one that never was is late by a whole interval."""
    return interval if last is None else now - (last + interval)
