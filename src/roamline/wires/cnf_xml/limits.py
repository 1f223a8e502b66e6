"""The limits that a phone puts on single values, and what is done about them.

A label that is too long is cut. A value that would mean something else when cut (a host, a credential, a number) is
refused when the fact is made. A URL that is too long would only break its own entry, so that entry is left out of the
file instead of the whole phone going without one. Source: public documentation of the usecallmanager project.
"""

from __future__ import annotations

import re

LONGEST_HOST = 50
LONGEST_URL = 255
LONGEST_LABEL = 30
LONGEST_PHONE_LABEL = 12
LONGEST_CREDENTIAL = 30
LONGEST_NUMBER = 30
MOST_CALL_MANAGERS = 5
MOST_KEYS = 150
MOST_SERVICES = 100

_HOST = re.compile(r"[A-Za-z0-9.:_-]+")
_PLAIN = re.compile(r"[\x21-\x7e]+")


def check_host(host: str) -> None:
    """A name or address of a server, IPv6 without brackets."""
    if len(host) > LONGEST_HOST or not _HOST.fullmatch(host):
        raise ValueError(f"a server's name has 1 to {LONGEST_HOST} plain characters")


def check_credential(text: str) -> None:
    """A name or password for SIP; the error never quotes it."""
    if len(text) > LONGEST_CREDENTIAL or not _PLAIN.fullmatch(text):
        raise ValueError(f"a SIP credential has 1 to {LONGEST_CREDENTIAL} plain characters")


def check_number(number: str) -> None:
    """A number to dial or register; commas are pauses."""
    if len(number) > LONGEST_NUMBER or not _PLAIN.fullmatch(number):
        raise ValueError(f"a number has 1 to {LONGEST_NUMBER} plain characters")


def check_port(port: int) -> None:
    """A port."""
    if not 1 <= port <= 65535:
        raise ValueError("a port is 1 to 65535")


def fits_url(url: str) -> bool:
    """Whether a phone can take the URL."""
    return 0 < len(url) <= LONGEST_URL and url.isprintable() and " " not in url
