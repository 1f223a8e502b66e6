"""The alarm in a Cisco phone's REGISTER: who it is, what firmware it runs and why it started last.

``Reason: SIP;cause=200;text="cisco-alarm:25 Name=SEP… ActiveLoad=… InactiveLoad=… Last=reset-restart"``. After a
restart that we asked for, ``Last`` says so, which confirms it. The shape is in Cisco's public troubleshooting notes
and in the source of free call-control projects. It is the phone's own claim, not a proof.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_REASON = 1024

_ALARM = re.compile(r"cisco-alarm:([0-9]{1,5})((?:\s+[A-Za-z]+=[^\s\";]*)*)", re.IGNORECASE)
_FIELD = re.compile(r"([A-Za-z]+)=([^\s\";]*)")


@dataclass(frozen=True, slots=True)
class PhoneAlarm:
    """What a phone said of itself; None where it said nothing."""

    number: int
    device_name: str | None = None
    active_load: str | None = None
    inactive_load: str | None = None
    last: str | None = None

    @property
    def says_restarted(self) -> bool:
        """Whether the phone registers after a restart that it was told to make."""
        return self.last == "reset-restart"

    @property
    def says_reset(self) -> bool:
        """Whether the phone registers after a reset that it was told to make."""
        return self.last == "reset-reset"


def parse_reason(reason: str) -> PhoneAlarm | None:
    """The alarm in the value of a Reason header; None when it carries none or is longer than 1024 characters."""
    if len(reason) > LONGEST_REASON:
        return None
    match = _ALARM.search(reason)
    if match is None:
        return None
    fields = {key.lower(): value for key, value in _FIELD.findall(match.group(2))}
    return PhoneAlarm(
        int(match.group(1)),
        fields.get("name") or None,
        fields.get("activeload") or None,
        fields.get("inactiveload") or None,
        fields.get("last") or None,
    )
