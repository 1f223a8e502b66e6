"""Which of the site's addresses a phone is given, by its IP addressing mode (EM-2).

A phone in IPv6 mode gets no IPv4 address: what names this site gets the site's IPv6 address instead, what names another
host by an IPv4 address is left out. Names stay, because what they stand for is the name service's matter.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from django.conf import settings

from roamline.kernel.wording import gettext_noop as _
from roamline.platform import sql

IPV4, IPV6, BOTH = "ipv4", "ipv6", "both"
MODES = [(IPV4, "IPv4 Only"), (IPV6, "IPv6 Only"), (BOTH, "IPv4 and IPv6")]

NO_ADDRESS = _("This site has no IPv6 address: set site.advertised_ipv6 in roamline.toml on every node first.")

_MODE_OF = """
SELECT COALESCE(NULLIF(p.ip_addressing_mode, ''), o.ip_addressing_mode)
FROM phones_phone p JOIN phones_devicepool o ON o.id = p.device_pool_id WHERE p.folded_name = %s
"""

_IN_IPV6_MODE = """
SELECT p.name FROM phones_phone p JOIN phones_devicepool o ON o.id = p.device_pool_id
WHERE COALESCE(NULLIF(p.ip_addressing_mode, ''), o.ip_addressing_mode) = %s ORDER BY p.name LIMIT %s
"""


class NoIPv6Address(ValueError):
    """A phone is in IPv6 mode, and this site has no IPv6 address to give it."""


def site_ipv6() -> str:
    """The IPv6 address that phones reach this node by, without brackets; empty when it has none."""
    given = str(settings.CONFIG["site.advertised_ipv6"]) or str(settings.CONFIG["site.advertised_host"])
    return given.strip("[]") if ":" in given else ""


def own_host(mode: str) -> str:
    """The host that a phone in that mode reaches this node by, without brackets; NoIPv6Address when there is none."""
    if mode != IPV6:
        return str(settings.CONFIG["site.advertised_host"]).strip("[]")
    if not site_ipv6():
        raise NoIPv6Address(NO_ADDRESS)
    return site_ipv6()


def own_base_url(mode: str, *, secure: bool = False) -> str:
    """The address of the phone-facing door for a phone in that mode, never one that a request claims."""
    scheme, port = ("https", "secure.port") if secure else ("http", "phones.port")
    return f"{scheme}://{bracketed(own_host(mode))}:{settings.CONFIG[port]}"


def own_sip_host(contact_host: str) -> str:
    """This node as it names itself in SIP to a phone whose contact has that host, in brackets where it needs them."""
    return bracketed(own_host(IPV6 if contact_host.startswith("[") and site_ipv6() else BOTH))


def mode_of(device: str) -> str:
    """The mode of a phone by its name, ignoring case; of none that is here, both."""
    row = sql.row(_MODE_OF, [device.lower()])
    return str(row[0]) if row else BOTH


def phones_in_ipv6_mode(most: int = 5) -> list[str]:
    """The names of the first phones in IPv6 mode."""
    return [str(name) for (name,) in sql.rows(_IN_IPV6_MODE, [IPV6, most])]


def mode_of_source(address: str) -> str:
    """The mode that a phone of which only the address is known is served in, IPv6 only where the site can."""
    if ":" not in address:
        return BOTH
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return BOTH
    return IPV6 if isinstance(found, IPv6Address) and found.ipv4_mapped is None and site_ipv6() else BOTH


def url_for(url: str, mode: str) -> str:
    """A service's URL for a phone in that mode; empty when it leads to an IPv4 address that the phone cannot reach."""
    if mode != IPV6 or not url:
        return url
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return url
    if _is_this_site(host):
        return _with_host(url, site_ipv6()) if site_ipv6() else ""
    return "" if _is_ipv4(host) else url


def servers_for(servers: tuple[str, ...], mode: str) -> tuple[str, ...]:
    """Those of a device pool's SIP servers (``host:port``) that a phone in that mode reaches, as it reaches them."""
    if mode != IPV6:
        return servers
    own = site_ipv6()
    here = [f"[{own}]:{server.rpartition(':')[2]}" if _is_this_site(_host_of(server)) else server for server in servers]
    return tuple(
        dict.fromkeys(server for server in here if not _is_ipv4(_host_of(server)) and (own or server in servers))
    )


def bracketed(host: str) -> str:
    """A host as URLs and SIP addresses write it."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _host_of(server: str) -> str:
    return server.rpartition(":")[0].strip("[]").lower()


def _is_this_site(host: str) -> bool:
    return host.lower() == str(settings.CONFIG["site.advertised_host"]).strip("[]").lower()


def _is_ipv4(host: str) -> bool:
    try:
        return ip_address(host).version == 4
    except ValueError:
        return False


def _with_host(url: str, host: str) -> str:
    scheme, _separator, rest = url.partition("://")
    end = min((rest.find(mark) for mark in "/?#" if mark in rest), default=len(rest))
    user, at, place = rest[:end].rpartition("@")
    port = place[place.rfind("]") + 1 :].rpartition(":")[2] if ":" in place[place.rfind("]") + 1 :] else ""
    return f"{scheme}://{user}{at}{bracketed(host)}{':' + port if port else ''}{rest[end:]}"
