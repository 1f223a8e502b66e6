"""Who may fetch files: the networks that the administrator trusts with phones' secrets (S-7)."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings

from roamline.platform.config import ConfigError

Network = IPv4Network | IPv6Network


@lru_cache(maxsize=8)
def read(setting: str) -> tuple[Network, ...]:
    """The networks of ``phones.file_networks``; ConfigError when one cannot be read."""
    try:
        return tuple(ip_network(text.strip()) for text in setting.split(";") if text.strip())
    except ValueError as error:
        raise ConfigError(f"phones.file_networks: {error}") from None


@lru_cache(maxsize=4096)
def _is_within(source: str, setting: str) -> bool:
    try:
        address = ip_address(plain(source))
    except ValueError:
        return False
    return any(address in network for network in read(setting) if network.version == address.version)


def plain(source: str) -> str:
    """An address as people write it: an IPv4 address that came to an IPv6 socket without the wrapping, no zone."""
    text = source.partition("%")[0]
    return text[7:] if text.lower().startswith("::ffff:") and "." in text else text


def may_fetch(source: str) -> bool:
    """Whether files go to that address, which is the connection's own and never one that a request claims."""
    return _is_within(source, str(settings.CONFIG["phones.file_networks"]))
