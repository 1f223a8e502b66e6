"""How headsets become badges. Docstrings are the handbook's words."""

from __future__ import annotations

from tests.doors.admin_web.procedures.places import open_user
from tests.doors.admin_web.procedures.walk import Walk

HANDBOOK = """
Headsets

What a headset does once it is associated is told in [headsets](../headsets.md).
"""
TITLES = {
    "associate_headset": "Associate a headset with a user",
    "end_users_associate": "Let end users associate their headsets",
    "enable_headsets": "Enable headset-based Extension Mobility",
    "pinless": "Enable sign-in without a PIN",
    "headset_timer": "Configure the headset logout timer",
    "headsets_in_bulk": "Import and export headset associations",
}


def associate_headset(walk: Walk) -> None:
    """Say whose headset it is, by its serial number. A user has at most 15, and a headset has one user at a time."""
    serial = f"QPK{walk.language.upper()}01"
    open_user(walk, "chen")
    walk.row("Associated headsets", "headset", Serial_number=serial)
    walk.picture()
    walk.press("Save and continue editing")
    walk.press("View details", within=walk.line(serial))
    walk.page.go_back()
    walk.remove_row("Associated headsets", serial)
    walk.press("Save and continue editing")


def end_users_associate(walk: Walk) -> None:
    """Say on which phones users are asked to whom a new headset belongs. It takes effect with *Apply config*."""
    walk.go("System", "Enterprise parameters")
    walk.choose(
        "Headset Association",
        "Prompt user to initiate Headset Association only from Extension Mobility-enabled devices",
    )
    walk.picture()
    walk.press("Save")
    walk.press("Apply config")
    with walk.aside():
        walk.choose("Headset Association", "Prompt user to initiate Headset Association from all devices")
        walk.press("Save")
        walk.press("Apply config")


def enable_headsets(walk: Walk) -> None:
    """Let headsets sign their users in and out."""
    walk.go("System", "Service parameters")
    with walk.aside():
        walk.choose(
            "Headset-based Extension Mobility", "Do not Allow headset for Extension Mobility sign in and sign out"
        )
        walk.press("Save")
    walk.choose("Headset-based Extension Mobility", "Allow headset for Extension Mobility sign in and sign out")
    walk.press("Save")


def pinless(walk: Walk) -> None:
    """Sign users in by the headset alone, after a moment in which they can still refuse.

    Unless another parameter says otherwise, only phones do so that are marked for it on their own page.
    """
    walk.go("System", "Service parameters")
    walk.choose("PIN entry for headset-based sign in", "Not Required")
    walk.fill("Auto login timer after headset connect (seconds)", "20")
    walk.mark("Auto login timer after headset connect (seconds)")
    walk.picture()
    walk.press("Save")
    with walk.aside():
        walk.choose("PIN entry for headset-based sign in", "Required")
        walk.fill("Auto login timer after headset connect (seconds)", "15")
        walk.press("Save")


def headset_timer(walk: Walk) -> None:
    """Say how long a session waits for its headset to come back: 5 minutes, at most 15."""
    walk.go("System", "Service parameters")
    walk.fill("Auto logout timer after headset disconnect (minutes)", "10")
    walk.press("Save")
    with walk.aside():
        walk.fill("Auto logout timer after headset disconnect (minutes)", "5")
        walk.press("Save")


def headsets_in_bulk(walk: Walk) -> None:
    """Take the headsets of many users from a table, and get them as one."""
    walk.go("Bulk administration", "Import and export")
    walk.choose("what the file lists", "Headset associations")
    walk.note("In {}, choose the table; {} shows its columns.", "file", "Empty table")
    walk.picture()
    walk.note("Press {}.", "Start the job")


PROCEDURES = (associate_headset, end_users_associate, enable_headsets, pinless, headset_timer, headsets_in_bulk)
