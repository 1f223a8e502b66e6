"""Where procedures begin: the page of a phone or a user, found as an administrator finds it; a new phone service."""

from __future__ import annotations

from tests.doors.admin_web.procedures.walk import Walk


def open_phone(walk: Walk, name: str) -> None:
    """The page of a phone."""
    _open(walk, "Device", "Phones", "device name", name)


def open_user(walk: Walk, user_id: str) -> None:
    """The page of a user."""
    _open(walk, "User management", "End users", "user id", user_id)


def begin_phone_service(walk: Walk, name: str) -> None:
    """The page of a new phone service, with its name."""
    walk.go("Device", "Phone services")
    walk.add()
    walk.fill("name", name)


def _open(walk: Walk, group: str, title: str, by: str, name: str) -> None:
    walk.go(group, title)
    walk.find(by, name)
    walk.open(name)
