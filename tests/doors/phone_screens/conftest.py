"""The phone in the lobby. What it needs of Django is imported late: pytest reads this before Django is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.doors.phone_screens.desk import DeskPhone


@pytest.fixture
def desk(settings: object) -> DeskPhone:
    """The phone in the lobby; alice and chen can log in, one phone is not enabled."""
    from roamline.rooms.directory.authentication import recently_right
    from tests.doors.phone_screens.desk import DISABLED, FLOOR, LOBBY, DeskPhone
    from tests.support import factories
    from tests.support.processes import as_phones_process

    as_phones_process(settings)
    recently_right.forget_all()
    for name in (LOBBY, FLOOR):
        factories.phone(name)
    factories.phone(DISABLED, em_enabled=False)
    factories.user("alice", primary_extension=factories.number("1001"), self_service_id="70001")
    factories.user("chen", profiles=("EM_chen_desk", "EM_chen_lab"))
    return DeskPhone()
