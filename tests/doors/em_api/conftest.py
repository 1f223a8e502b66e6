"""An application with rights. What it needs of Django is imported late: pytest reads this before Django is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.doors.em_api.application import Application


@pytest.fixture
def proxy(settings: object) -> Application:
    """An application with the proxy right, on a site with alice, bob, chen and three phones."""
    from roamline.rooms.directory.authentication import recently_right
    from tests.doors.em_api.application import DISABLED, FLOOR, LOBBY, Application
    from tests.support import factories
    from tests.support.factories import PASSWORD
    from tests.support.processes import as_phones_process

    as_phones_process(settings)
    recently_right.forget_all()
    factories.proxy()
    for name in (LOBBY, FLOOR):
        factories.phone(name)
    factories.phone(DISABLED, em_enabled=False)
    factories.user("alice", pin=None, password=PASSWORD)
    factories.user("bob", pin=None)
    factories.user("chen", pin=None, profiles=("EM_chen_desk", "EM_chen_lab"))
    return Application()
