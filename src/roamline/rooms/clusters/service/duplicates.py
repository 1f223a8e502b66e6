"""Before a join: what of this cluster's the network has already (RO-25). The door looks; the administrator decides."""

from __future__ import annotations

from collections.abc import Callable

from roamline.kernel.secret import Secret
from roamline.rooms.clusters.rules import CannotJoin
from roamline.rooms.clusters.service import publishing
from roamline.rooms.clusters.service.conflicts import Claim
from roamline.rooms.clusters.service.membership import own_name


class NotReached(CannotJoin):
    """The registration server does not answer: nothing can be said about duplicates."""


Looks = Callable[[str, Secret], list[tuple[str, str, str]]]
"""Asks a hub (``host:port``, password) for everything that may be there twice: (kind, key, ``HQ (owner)``)."""

_looks: list[Looks] = []

KINDS = ("number", "pattern", "user", "profile", "headset")


def ask_before_joining(looks: Looks) -> None:
    """Register how a network is looked at."""
    _looks[:] = [looks]


def before_joining(server: str, password: Secret) -> list[Claim]:
    """What both this cluster and the network claim, with the owners.

    Errors: NotReached, CannotJoin (the hub does not let this cluster in).
    """
    own = {kind: publishing.all_said(kind) for kind in KINDS}
    found = [row for looks in _looks for row in looks(server, password)]
    return [
        Claim(kind, key, (theirs, _named(own[kind][key])))
        for kind, key, theirs in found
        if kind in own and key in own[kind]
    ]


def _named(owner: str) -> str:
    return f"{own_name()} ({owner})" if owner else own_name()
