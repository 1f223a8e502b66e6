"""The parts every operation of the EM API is made of: elements, names, flags, addresses.

Each function raises ``Unparsable`` with a reason that never quotes the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import unquote

from lxml import etree

from roamline.kernel.secret import Secret
from roamline.wires.em_api.requests import (
    INDEFINITE,
    LONGEST_DURATION_MINUTES,
    AppInfo,
    ExclusiveDuration,
    LoginType,
)

LONGEST_NAME = 128
LONGEST_CERTIFICATE = 256
MOST_NAMES = 1000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_FLAGS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}


class Unparsable(Exception):
    """The request breaks the grammar."""


class Parts:
    """The children of one element, by tag: only those that the grammar allows, in any order.

    The guide fixes an order; clients exist that do not keep it, and nothing is ambiguous without it.
    """

    def __init__(self, parent: etree._Element, *, one: Iterable[str] = (), many: Iterable[str] = ()) -> None:
        self._where = str(parent.tag)
        self._found: dict[str, list[etree._Element]] = {tag: [] for tag in (*one, *many)}
        for child in parent:
            tag = str(child.tag)
            if tag not in self._found:
                raise Unparsable(f"an element that {self._where} does not have")
            self._found[tag].append(child)
        for tag in one:
            if len(self._found[tag]) > 1:
                raise Unparsable(f"more than one {tag} in {self._where}")

    def element(self, tag: str) -> etree._Element | None:
        """The child with that tag, if there is one."""
        return self._found[tag][0] if self._found[tag] else None

    def text(self, tag: str) -> str | None:
        """The text of the child with that tag as it stands; None when there is no such child."""
        element = self.element(tag)
        return None if element is None else leaf_text(element)

    def required(self, tag: str) -> str:
        """The name in a child that must be there; it may be blank."""
        element = self.element(tag)
        if element is None:
            raise Unparsable(f"no {tag} in {self._where}")
        return name_in(element)

    def optional(self, tag: str) -> str | None:
        """The name in a child that may be missing; blank counts as missing."""
        element = self.element(tag)
        return None if element is None else name_in(element) or None

    def all(self, tag: str) -> list[etree._Element]:
        """The children with that tag; at least one, and not too many."""
        found = self._found[tag]
        if not found:
            raise Unparsable(f"no {tag} in {self._where}")
        if len(found) > MOST_NAMES:
            raise Unparsable(f"more than {MOST_NAMES} {tag} in {self._where}")
        return found


def leaf_text(element: etree._Element) -> str:
    """The text of an element that has no children."""
    if len(element):
        raise Unparsable(f"elements inside {element.tag!s}")
    return element.text or ""


def name_in(element: etree._Element) -> str:
    """A name: trimmed, at most 128 characters, no control characters."""
    return _checked_name(leaf_text(element).strip(), element)


def user_id_in(element: etree._Element) -> str:
    """A user id, which is percent-encoded UTF-8 on this wire."""
    try:
        decoded = unquote(leaf_text(element).strip(), errors="strict")
    except UnicodeDecodeError:
        raise Unparsable(f"{element.tag!s} is not percent-encoded UTF-8") from None
    return _checked_name(decoded, element)


def _checked_name(name: str, element: etree._Element) -> str:
    if len(name) > LONGEST_NAME:
        raise Unparsable(f"{element.tag!s} is longer than {LONGEST_NAME} characters")
    if _CONTROL.search(name):
        raise Unparsable(f"control characters in {element.tag!s}")
    return name


def app_info_in(element: etree._Element | None) -> AppInfo:
    """Who calls; a missing password is for the authentication to refuse, with its own error."""
    if element is None:
        raise Unparsable("no appInfo")
    parts = Parts(element, one=("appID", "appCertificate", "appEncryptedCertificate"))
    clear, encrypted = parts.text("appCertificate"), parts.text("appEncryptedCertificate")
    if clear is not None and encrypted is not None:
        raise Unparsable("both kinds of certificate")
    certificate = clear if clear is not None else encrypted
    return AppInfo(parts.required("appID"), _certificate(certificate), encrypted is not None)


def _certificate(text: str | None) -> Secret | None:
    """A password is taken to the letter, but for the line breaks of a client that indents."""
    if text is None:
        return None
    if len(text) > LONGEST_CERTIFICATE:
        raise Unparsable(f"a certificate longer than {LONGEST_CERTIFICATE} characters")
    return Secret(text.strip() if "\n" in text else text)


def duration_in(element: etree._Element | None) -> ExclusiveDuration | None:
    """How long: ``time`` in minutes, or ``indefinite``."""
    if element is None:
        return None
    parts = Parts(element, one=("time", "indefinite"))
    minutes, indefinite = parts.text("time"), parts.text("indefinite")
    if (minutes is None) == (indefinite is None):
        raise Unparsable("exclusiveDuration needs either time or indefinite")
    if minutes is not None:
        return ExclusiveDuration(_minutes(minutes.strip()))
    if indefinite and indefinite.strip():
        raise Unparsable("text inside indefinite")
    return INDEFINITE


def _minutes(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise Unparsable("time is not a number of minutes")
    minutes = int(text)
    if not 1 <= minutes <= LONGEST_DURATION_MINUTES:
        raise Unparsable(f"time is not between 1 and {LONGEST_DURATION_MINUTES} minutes")
    return minutes


def flag_in(text: str | None) -> bool | None:
    """A flag: true or false in any case, as one letter or as a digit; blank counts as missing."""
    if not text:
        return None
    try:
        return _FLAGS[text.lower()]
    except KeyError:
        raise Unparsable("a flag is neither true nor false") from None


def address_in(text: str | None) -> str | None:
    """An IP address in its usual spelling; blank counts as missing."""
    if not text:
        return None
    try:
        return str(ip_address(text.strip("[]")))
    except ValueError:
        raise Unparsable("remoteIPAddr is not an IP address") from None


def login_type_in(text: str | None) -> LoginType | None:
    """The kind of id; blank counts as missing."""
    if not text:
        return None
    try:
        return LoginType(text)
    except ValueError:
        raise Unparsable("loginType is none of UID, SP and DN") from None
