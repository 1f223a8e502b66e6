"""A real Kamailio on free ports over a real database file, with a small site in it and the demo's telephone network."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.sip_client import eventually
from tests.support import parts

if TYPE_CHECKING:
    from tests.doors.call_control.small_site import SmallSite

# small_site imports models, and this file is read before Django is ready.


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[SmallSite]:
    """One Kamailio for a module's tests, on the kind of database that this run is about."""
    parts.need("kamailio")
    from tests.doors.call_control.small_site import database_of_its_own, running_site

    with django_db_blocker.unblock():
        url = database_of_its_own(os.environ.get("ROAMLINE_TEST_DATABASE", "sqlite"))
        with running_site(tmp_path_factory.mktemp("site"), url) as site:
            yield site


@pytest.fixture
def site(shared_site: SmallSite) -> Iterator[SmallSite]:
    """The module's site, with nothing in its database and nobody registered."""
    shared_site.clear()
    yield shared_site
    shared_site.hang_up()


@pytest.fixture
def heard(site: SmallSite, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Every event, as an engine would hear it."""
    from roamline.doors.call_control import events

    settings.CONFIG = site.config
    found: list[Any] = []
    monkeypatch.setattr(events, "_listeners", [lambda event, now: found.append(event)])
    loop = asyncio.new_event_loop()
    task = loop.create_task(events.follow())
    thread = threading.Thread(target=_run, args=(loop, task))
    thread.start()
    eventually(site.is_heard, "the connection")
    yield found
    loop.call_soon_threadsafe(task.cancel)
    thread.join()


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
