"""A real Kamailio on free ports over a real database file, with a small site in it and the demo's telephone network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import parts

if TYPE_CHECKING:
    from tests.doors.call_control.small_site import SmallSite

# small_site imports models, and this file is read before Django is ready.


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[SmallSite]:
    """One Kamailio for a module's tests."""
    parts.need("kamailio")
    from tests.doors.call_control.small_site import running_site

    with django_db_blocker.unblock(), running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def site(shared_site: SmallSite) -> Iterator[SmallSite]:
    """The module's site, with nothing in its database and nobody registered."""
    shared_site.clear()
    yield shared_site
    shared_site.hang_up()
