"""What a Cisco phone reports by itself (DND key, alarms, tokens) and what it is told by REFER."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from lxml import etree

from tests.simulated_phone.sip_text import Message

if TYPE_CHECKING:
    from tests.simulated_phone.phone import SimulatedPhone

REQUEST = "application/x-cisco-remotecc-request+xml"
ALARM = ("application/x-cisco-alarm+xml", '<x-cisco-alarm><Alarm Name="LastOutOfServiceInformation"/></x-cisco-alarm>')
ANSWER = (
    "application/x-cisco-remotecc-response+xml",
    "<x-cisco-remotecc-response><response><code>200</code></response></x-cisco-remotecc-response>",
)
_STATE = re.compile(r"<dndupdate><state>(enable|disable)</state><option>(ringeroff|callreject)</option></dndupdate>")


async def press_dnd(phone: SimulatedPhone, on: bool) -> int:
    """The DND key: PUBLISH with the state in its body; the status of the answer."""
    activity = "<ce:dnd/>" if on else "<ce:available/>"
    body = (
        '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" '
        'xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:e="urn:ietf:params:xml:ns:pidf:status:rpid" '
        f'xmlns:ce="urn:cisco:params:xml:ns:pidf:rpid"><dm:person><e:activities>{activity}</e:activities></dm:person>'
        "</presence>"
    )
    return await _send(phone, "PUBLISH", [("Event", "presence"), ("Expires", "3600")], "application/pidf+xml", body)


async def report(phone: SimulatedPhone, content_type: str, body: str) -> int:
    """A REFER that reports something; the status of the answer."""
    return await _send(phone, "REFER", [("Refer-To", "<cid:report>")], content_type, body)


async def ask_for_token(phone: SimulatedPhone) -> int:
    """The REFER by which a phone asks whether it may come back to its first server."""
    return await _send(phone, "REFER", [("Refer-To", "<urn:x-cisco-remotecc:token-registration>")], "", "")


def dnd_told(request: Message) -> str:
    """What a REFER tells about do-not-disturb, as the phone shows it; empty when it tells nothing of it."""
    found = _STATE.search(request.body) if request.first("Content-Type").startswith(REQUEST) else None
    return "" if found is None else f"dnd:{found.group(1)}:{found.group(2)}"


def forwards_told(request: Message) -> dict[int, str]:
    """Where each line's calls go as a REFER tells it, by the line's index; a phone takes no other shape."""
    if not request.first("Content-Type").startswith(REQUEST):
        return {}
    found = etree.fromstring(request.body.encode()).findall("bulkupdate/contact[@line]/cfwdallupdate/fwdaddress")
    lines = [address.getparent().getparent() for address in found]  # type: ignore[union-attr]
    return {int(line.get("line") or 0): each.text or "" for line, each in zip(lines, found, strict=True)}  # type: ignore[union-attr]


async def _send(phone: SimulatedPhone, method: str, more: list[tuple[str, str]], content_type: str, body: str) -> int:
    assert phone.connection is not None
    host, mac = phone.running.servers[0][0], phone.device.removeprefix("SEP").lower()
    headers = [
        ("Max-Forwards", "70"), ("From", f"<sip:{mac}@{phone.connection.host}>;tag={secrets.token_hex(6)}"),
        ("To", f"<sip:{mac}@{host}>"), ("Call-ID", f"{secrets.token_hex(8)}@{phone.connection.host}"),
        ("CSeq", f"1000 {method}"), ("Contact", f"<{phone.contact_uri}>"), *more,
        *([("Content-Type", content_type)] if content_type else []),
    ]  # fmt: skip
    return (await phone.connection.ask(Message(f"{method} sip:{mac}@{host} SIP/2.0", headers, body))).status
