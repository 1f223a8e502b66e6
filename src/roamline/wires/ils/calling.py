"""Whom a cluster calls: a spoke its registration server, a hub also every other hub, so that hubs form a full mesh."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from roamline.wires.ils.handshake import HUB
from roamline.wires.ils.members import Member


def addresses_to_call(
    own: str,
    registration_server: str,
    members: Mapping[str, Member],
    addresses: Mapping[str, str],
    linked: Collection[str],
) -> set[str]:
    """The addresses (``host:port``) to connect to now; ``addresses`` are the members' by origin.

    Of two hubs the one with the smaller origin calls. The registration server is called whoever it is, until the
    cluster behind it is linked.
    """
    wanted = set()
    if registration_server and not any(addresses.get(origin) == registration_server for origin in linked):
        wanted.add(registration_server)
    if members[own].role == HUB:
        wanted |= {
            addresses[origin]
            for origin, member in members.items()
            if member.role == HUB and own < origin and origin not in linked and addresses.get(origin)
        }
    return wanted
