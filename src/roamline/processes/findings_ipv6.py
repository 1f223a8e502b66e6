"""What ``roamline check`` looks at for IPv6: phones in IPv6 mode, this site's address, its listeners (EM-2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from gettext import gettext as _
from ipaddress import ip_address

from roamline.platform.config import Config
from roamline.processes.commands.command import set_up_django
from roamline.processes.findings import Finding, Level

IPV6_VERSION = 6


def look_at_ipv6(config: Config, _now: datetime) -> Iterator[Finding]:
    """Phones in IPv6 mode are given an address of this site, and its listeners are there for them (EM-2)."""
    for key in ("site.advertised_ipv6", "call_control.bind_ipv6"):
        if config[key] and not _is_ipv6(config[key]):
            yield Finding(Level.ERROR, _("IPv6: %(key)s is no IPv6 address") % {"key": key}, _("Give one, or nothing."))
    if config["call_control.bind_ipv6"].strip("[]") == "::":
        remedy = _("Give an interface's own address: '::' would take IPv4 requests, too.")
        yield Finding(Level.ERROR, _("IPv6: call_control.bind_ipv6 is the address of every interface"), remedy)
    devices = _phones_in_ipv6_mode(config)
    if not devices and not config["site.advertised_ipv6"]:
        return
    if devices and not config["site.advertised_ipv6"] and ":" not in config["site.advertised_host"]:
        yield Finding(
            Level.ERROR,
            _("IPv6: phones are in IPv6 mode, and this site has no IPv6 address: %s") % ", ".join(devices),
            _("Set site.advertised_ipv6; until then they get no configuration."),
        )
    deaf = [key for key in ("phones.bind", "secure.bind", "web.bind") if ":" not in config[key]]
    if config["call_control.enabled"] and not any(
        ":" in config[f"call_control.{key}"] for key in ("bind", "bind_ipv6")
    ):
        deaf.append("call_control.bind_ipv6")
    for key in deaf:
        remedy = _("Bind it to an IPv6 address; '::' serves IPv4, too (but for call_control.bind_ipv6).")
        yield Finding(Level.WARNING, _("IPv6: %s lets nobody in by IPv6") % key, remedy)
    if not deaf:
        yield Finding(Level.OK, _("IPv6: every listener serves it"))


def _phones_in_ipv6_mode(config: Config) -> list[str]:
    """The first few of them; none while the database cannot be asked, which another look says."""
    if not config.key_file.exists() or not config.data.is_dir():
        return []
    set_up_django()
    from django.db import DatabaseError

    from roamline.rooms.phones import addressing

    try:
        return addressing.phones_in_ipv6_mode()
    except DatabaseError:
        return []


def _is_ipv6(text: str) -> bool:
    try:
        return ip_address(text.strip("[]")).version == IPV6_VERSION
    except ValueError:
        return False
