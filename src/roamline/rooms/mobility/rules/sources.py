"""Where a request comes from, and whether that may log anybody in or out (EM-28); pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _

MOST_HOPS = 20
UNTRUSTED = _("%(address)s is no trusted address and no registered phone's")


@dataclass(frozen=True, slots=True)
class Origin:
    """The address that a request is judged by, and whether a proxy stood between."""

    address: str
    is_proxied: bool = False


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What decides about a source while addresses are validated; ``found_in`` says where it was found, or nothing."""

    is_proxied: bool
    allows_proxy: bool
    found_in: str


@lru_cache(maxsize=4096)
def plain_address(text: str) -> str:
    """An address in its one spelling: IPv4 ones out of their IPv6 form, brackets and ports off; "" for none."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def origin_of(connection: str, forwarded_for: str, via: str, balancers: Sequence[str]) -> Origin:
    """Whom a request comes from, by its connection and its ``X-Forwarded-For`` and ``Via`` headers.

    Only an address in ``balancers`` is believed about the hop before it. A proxy is whatever else wrote one of the
    two headers; behind it nobody's word is taken, so the address stays that of the proxy.
    """
    trusted = {plain_address(balancer) for balancer in balancers}
    address = plain_address(connection) or connection
    hops = [hop for hop in forwarded_for.split(",")[-MOST_HOPS:] if hop.strip()]
    is_behind_balancer = address in trusted
    while address in trusted and hops:
        address = plain_address(hops.pop())
    is_proxied = bool(hops) or (bool(via.strip()) and not is_behind_balancer)
    return Origin(address, is_proxied)


def refuse_proxy(facts: SourceFacts) -> str:
    """Why a request through a proxy is refused (30); empty when it is not."""
    return _("the request came through a proxy") if facts.is_proxied and not facts.allows_proxy else ""


def refuse_address(facts: SourceFacts, address: str) -> str:
    """Why an address is refused (28); empty when it is not."""
    if facts.found_in:
        return ""
    return Wording(UNTRUSTED, address=address or "?")
