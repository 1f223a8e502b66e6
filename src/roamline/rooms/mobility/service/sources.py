"""Are the addresses that log-ins and log-outs come from good? (EM-28)

An address is good when it is in the cache, in the trusted list, or a registered phone's, looked for in that order.
The cache is this process's memory of what was found good; it is emptied when the trusted list changes.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import OrderedDict
from functools import lru_cache

from django.db import Error as DatabaseFailure
from prometheus_client import Counter, Gauge

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.platform import metrics
from roamline.rooms.mobility.rules import sources as rules
from roamline.rooms.mobility.rules.sources import Origin, SourceFacts
from roamline.rooms.mobility.service.terms import JUDGED_WAYS, By
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.service import Parameters
from roamline.rooms.phones import addresses

HOST_NAMES_GOOD_FOR = 60.0

cache_size = Gauge(
    "roamline_em_address_cache_entries", "Addresses that were found good and are remembered.", registry=metrics.registry
)
cache_hits = Counter(
    "roamline_em_address_cache_hits_total", "Requests whose address was in the cache.", registry=metrics.registry
)


class GoodAddresses:
    """The addresses that were found good under one trusted list, the least recently used first; safe in threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()
        self._list = ""
        self._lock = threading.Lock()

    def knows(self, address: str, trusted_list: str) -> bool:
        """Whether an address was found good under this very list; it is then the most recently used."""
        with self._lock:
            if trusted_list != self._list:
                self._known.clear()
                self._list = trusted_list
            if address not in self._known:
                return False
            self._known.move_to_end(address)
            return True

    def remember(self, address: str, size: int) -> None:
        """Remember an address, and drop the least recently used ones beyond ``size``."""
        with self._lock:
            self._known[address] = None
            self._known.move_to_end(address)
            while len(self._known) > size:
                self._known.popitem(last=False)

    def __len__(self) -> int:
        return len(self._known)

    def forget_all(self) -> None:
        """Empty the cache."""
        with self._lock:
            self._known.clear()
            self._list = ""


good_addresses = GoodAddresses()
cache_size.set_function(lambda: len(good_addresses))


def origin_of(connection: str, forwarded_for: str, via: str) -> Origin | Refused:
    """Whom a request comes from, by its connection and headers and the *Trusted Balancers*; 6 for database trouble."""
    try:
        balancers = parameters.now_in_force().list(parameter_rules.TRUSTED_BALANCERS)
    except DatabaseFailure as failure:
        return Refused(Error.DATABASE_ERROR, type(failure).__name__)
    return rules.origin_of(connection, forwarded_for, via, balancers)


def objection_to_source(by: By, in_force: Parameters) -> Refused | None:
    """30 or 28 when a log-in or log-out may not come from where it does; 29 when that cannot be told."""
    if by.way not in JUDGED_WAYS or not in_force.is_true(parameter_rules.VALIDATE_IP):
        return None
    address = rules.plain_address(by.source)
    allows_proxy = in_force.is_true(parameter_rules.ALLOW_PROXY)
    reason = rules.refuse_proxy(SourceFacts(by.is_proxied, allows_proxy, ""))
    if reason:
        return Refused(Error.PROXY_NOT_ALLOWED, reason)
    try:
        found_in = where_it_is_good(address, in_force)
    except DatabaseFailure as failure:
        return Refused(Error.REGISTRATION_UNAVAILABLE, type(failure).__name__)
    reason = rules.refuse_address(SourceFacts(by.is_proxied, allows_proxy, found_in), address)
    return Refused(Error.UNTRUSTED_IP, reason) if reason else None


def where_it_is_good(address: str, in_force: Parameters) -> str:
    """What makes an address good: ``cache``, ``trusted list``, ``registered phone``, or nothing."""
    trusted_list = in_force.text(parameter_rules.TRUSTED_IPS)
    if not address:
        return ""
    if good_addresses.knows(address, trusted_list):
        cache_hits.inc()
        return "cache"
    found_in = ""
    if _is_listed(address, in_force.list(parameter_rules.TRUSTED_IPS)):
        found_in = "trusted list"
    elif addresses.is_a_registered_phones(address):
        found_in = "registered phone"
    if found_in:
        good_addresses.remember(address, in_force.number(parameter_rules.CACHE_SIZE))
    return found_in


def _is_listed(address: str, entries: tuple[str, ...]) -> bool:
    return any(address in _addresses_of(entry, int(time.monotonic() // HOST_NAMES_GOOD_FOR)) for entry in entries)


@lru_cache(maxsize=1024)
def _addresses_of(entry: str, _period: int) -> frozenset[str]:
    """The addresses that an entry stands for; a host name's are looked up again every minute."""
    plain = rules.plain_address(entry)
    if plain:
        return frozenset({plain})
    try:
        found = socket.getaddrinfo(entry, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset(rules.plain_address(str(address[0])) for _, _, _, _, address in found)
