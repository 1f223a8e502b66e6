"""Addresses that a web phone may open, as sealed links.

The browser gets no address that it could change: every key and menu item carries a link that this node signed for
this phone. Only addresses of the phone's own services on this site's phone-facing ports are sealed, and only such
as speak of this phone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.core import signing

from roamline.rooms.phones import addressing

DEVICE_NAME, CROSS_CLUSTER = "#DEVICENAME#", "#EMCC#"
"""What Cisco phones fill in by themselves: their name, and whether they log in across clusters (true or false)."""
LONGEST_LINK = 2000


@dataclass(frozen=True, slots=True)
class Target:
    """What a link opens: path and query on the phone-facing port, and how."""

    path: str
    query: str
    posts: bool

    def with_fields(self, fields: dict[str, str]) -> str:
        """The query of a GET, with what was typed in."""
        return "&".join(part for part in (self.query, urlencode(fields)) if part)


class Links:
    """Seals and opens the links of one phone."""

    def __init__(self, device: str, service_urls: Iterable[str], *, across: bool = False) -> None:
        self._device, self._across = device, "true" if across else "false"
        self._signer = signing.Signer(salt=f"roamline.web_phone.links:{device}")
        self._paths = {urlsplit(url).path for url in service_urls if _is_ours(url)}

    def seal(self, url: str, *, posts: bool = False) -> str | None:
        """A link to ``url``; None when it is none of this phone's services (then there is nothing to open)."""
        url = url.replace(DEVICE_NAME, self._device).replace(CROSS_CLUSTER, self._across)
        parts = urlsplit(url)
        if not _is_ours(url) or parts.path not in self._paths or not self._speaks_of_this_phone(parts.query):
            return None
        return self._signer.sign_object([parts.path, parts.query, posts])

    def open(self, link: str) -> Target | None:
        """What a link opens; None unless it was sealed for this phone."""
        try:
            path, query, posts = self._signer.unsign_object(link[:LONGEST_LINK])
        except (signing.BadSignature, ValueError):
            return None
        return Target(path, query, posts) if path in self._paths else None

    def _speaks_of_this_phone(self, query: str) -> bool:
        named = parse_qs(query).get("device", [])
        return all(device.lower() == self._device.lower() for device in named)


def _is_ours(url: str) -> bool:
    """Whether an address is on this site's phone-facing ports, plain or secure."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    ours = {"http": settings.CONFIG["phones.port"], "https": settings.CONFIG["secure.port"]}
    hosts = {addressing.own_host(addressing.BOTH).lower(), addressing.site_ipv6().lower()} - {""}
    return ours.get(parts.scheme) == port and (parts.hostname or "") in hosts
