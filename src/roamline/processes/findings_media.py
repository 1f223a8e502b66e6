"""What ``roamline check`` looks at for web phones: rtpengine, its address and its ports, the page's SIP library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from gettext import gettext as _

from roamline.doors.web_phone import library
from roamline.platform.config import Config
from roamline.processes import probes, services
from roamline.processes.findings import ANYWHERE, Finding, Level


def look_at_media(config: Config, _now: datetime) -> Iterator[Finding]:
    """Web phones can call, and others hear them (WP-1)."""
    if not config["call_control.enabled"]:
        return
    yield from _ports(config)
    if config["media.bind"] in ANYWHERE:
        remedy = _("Give an interface's own address: it is what phones and browsers send to.")
        yield Finding(Level.ERROR, _("media: media.bind is the address of every interface"), remedy)
    if lacks := services.media_missing():
        yield Finding(Level.WARNING, _("media: %s") % lacks, _("Install it, then start the site again."))
    elif not library.has_library():
        remedy = _("Install npm, then run scripts/install.sh (or ./run) again.")
        yield Finding(Level.WARNING, _("media: web phones carry no calls: their SIP library is missing"), remedy)
    else:
        yield Finding(Level.OK, _("media: web phones can call"))


def _ports(config: Config) -> Iterator[Finding]:
    first, last = int(config["media.first_port"]), int(config["media.last_port"])
    if first >= last:
        remedy = _("Give a range: a call takes up to four ports.")
        yield Finding(Level.ERROR, _("media: media.first_port is not below media.last_port"), remedy)
    inside = [str(port) for port in probes.ports(config) if port.datagram and first <= port.number <= last]
    if inside:
        remedy = _("Move the one or the other.")
        yield Finding(Level.ERROR, _("media: among its ports is %s") % ", ".join(inside), remedy)
