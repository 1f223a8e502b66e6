"""Which versions of its files a phone would fetch now."""

from __future__ import annotations

from roamline.doors.provisioning import device_files, site_files
from roamline.wires import cnf_xml


def stamps_of(device: str) -> tuple[str, str] | None:
    """The version stamps of a device's configuration file and dial template; None for one that fetches none."""
    rendered = device_files.render(device)
    if rendered is None:
        return None
    stamp, dial_plan = (cnf_xml.version_stamp_of(file) for file in (rendered, site_files.dial_template()))
    return (stamp, dial_plan) if stamp and dial_plan else None
