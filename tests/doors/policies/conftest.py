"""A small site behind its phone-facing doors. What it needs of Django is imported late: pytest reads this before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.doors.policies.scene import Scene


@pytest.fixture
def scene(settings: object) -> Scene:
    """Alice, bob and chen with PINs, three phones, an application with the proxy right; nobody is remembered."""
    from roamline.rooms.directory.authentication import recently_right
    from roamline.rooms.mobility.service.sources import good_addresses
    from tests.doors.policies.scene import DISABLED, FLOOR, LOBBY, Scene
    from tests.support import factories
    from tests.support.processes import as_phones_process

    as_phones_process(settings)
    recently_right.forget_all()
    good_addresses.forget_all()
    for name in (LOBBY, FLOOR):
        factories.phone(name)
    factories.phone(DISABLED, em_enabled=False)
    factories.user("alice", primary_extension=factories.number("1001"), self_service_id="70001")
    factories.user("bob")
    factories.user("70421")
    factories.user("chen", profiles=("EM_chen_desk", "EM_chen_lab"))
    factories.proxy()
    return Scene()
