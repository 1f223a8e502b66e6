"""REFER with ``x-cisco-remotecc-request+xml``: what a Cisco phone is told without a restart.

The shapes are those of public free projects for these phones (the usecallmanager patch, asterisk-pjsip-cisco); none
was tried on a real phone by us.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from roamline.wires.service_control import notify_headers
from roamline.wires.xml_text import add, to_bytes

CONTENT_TYPE = "application/x-cisco-remotecc-request+xml"
RING_OFF, REJECT = "ringeroff", "callreject"


def dnd_update(on: bool, *, rejects: bool) -> str:
    """Do-not-disturb on or off, and whether calls are refused then or come without a sound."""
    state, option = "enable" if on else "disable", REJECT if rejects else RING_OFF
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\r\n<x-cisco-remotecc-request><dndupdate>'
        f"<state>{state}</state><option>{option}</option></dndupdate></x-cisco-remotecc-request>\r\n"
    )


def forward_update(destinations: Sequence[str]) -> str:
    """Where all calls of each line go, line by line from the first; empty for a line whose calls are not forwarded.

    Waiting messages, which may stand beside it, are left out: they are told by NOTIFY.
    """
    root = etree.Element("x-cisco-remotecc-request")
    bulk = add(root, "bulkupdate")
    for index, destination in enumerate(destinations, 1):
        forward = add(add(bulk, "contact", line=str(index)), "cfwdallupdate")
        add(forward, "fwdaddress", destination)
        add(forward, "tovoicemail", "off")
    return to_bytes(root).decode()


def refer_headers(sender_host: str, line_name: str, contact_host: str, content_id: str) -> tuple[tuple[str, str], ...]:
    """The headers of the REFER; ``content_id`` is a token of its own.

    Errors: ValueError for an address that does not fit into a header.
    """
    addresses = [pair for pair in notify_headers(sender_host, line_name, contact_host) if pair[0] in ("From", "To")]
    return (
        *addresses,
        ("Refer-To", f"<cid:{content_id}@{sender_host}>"),
        ("Content-Id", f"<{content_id}@{sender_host}>"),
        ("Referred-By", f"<sip:{sender_host}>"),
        ("Require", "norefersub"),
        ("Expires", "30"),
        ("Content-Type", CONTENT_TYPE),
    )
