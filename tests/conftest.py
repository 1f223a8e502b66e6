"""Every test's surroundings: a configuration in a temporary folder, outside parts on demand, whole sites.

``ROAMLINE_TEST_DATABASE`` names the database (default: SQLite); no part in ``ROAMLINE_REQUIRE`` may be missing.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from pytest_django import DjangoDbBlocker

from roamline.platform import config as configuration
from tests.support import parts, postgresql
from tests.support.proves import Proofs
from tests.support.sites import Site, free_offset

# Django's settings are made from the configuration as soon as they are first looked at, so this comes first of all.
_FOLDER = Path(tempfile.mkdtemp(prefix="roamline-tests-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
_FILE = _FOLDER / "roamline.toml"
_FILE.write_text(
    configuration.render(
        {
            "site.data": "data",
            "site.demo": True,
            "database.url": os.environ.get("ROAMLINE_TEST_DATABASE", "sqlite"),
        }
    )
)
os.environ["ROAMLINE_CONFIG"] = str(_FILE)
os.environ["LANGUAGE"] = "en"  # what commands say is compared with texts
os.environ["DJANGO_SETTINGS_MODULE"] = "roamline.platform.settings"

from django.conf import settings  # noqa: E402
from django.core.management.commands import flush  # noqa: E402
from django.utils import translation  # noqa: E402

# A test with real transactions ends with every table emptied. The views and what else follows a migration still stand
# then: making them anew each time took most of such a test's time.
flush.emit_post_migrate_signal = lambda *_args, **_kwargs: None

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
    # A file: with a database in memory, threads and processes would not see what they see in service.
    settings.DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "test.sqlite3")}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our own options."""
    group = parser.getgroup("roamline")
    group.addoption("--only-database", action="store_true", help="run only the tests that touch the database")
    group.addoption("--product-docs", metavar="DIR", help="write what the passing tests prove to DIR")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each of several processes makes a folder of its own: one that inherits our settings would share ours."""
    for name in ("ROAMLINE_CONFIG", "DJANGO_SETTINGS_MODULE"):
        os.environ.pop(name, None)


def pytest_configure(config: pytest.Config) -> None:
    """Check ``ROAMLINE_REQUIRE`` and note what is proved."""
    parts.required()
    config.pluginmanager.register(Proofs(config), "roamline-proofs")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """``--only-database``: leave out what does not touch the database."""
    if not config.getoption("--only-database"):
        return
    chosen = [item for item in items if _touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def _touches_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    databases = {"db", "transactional_db", "shared_site"}
    return item.get_closest_marker("django_db") is not None or bool(fixtures & databases)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The ``needs`` mark."""
    parts.pytest_runtest_setup(item)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database, with an audit trail that can be emptied between tests (see tests.support.audit_guard)."""
    from tests.support import audit_guard

    with django_db_blocker.unblock():
        audit_guard.lower()


@pytest.fixture(autouse=True)
def _in_english() -> None:
    """A request leaves its language behind in the thread that answered it: here, that is every test's."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_attempts_of_other_tests() -> None:
    """What a process keeps over database trouble belongs to the test that made the trouble."""
    trouble = sys.modules.get("roamline.rooms.mobility.service.trouble")
    if trouble is not None:
        trouble._kept.clear()


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for every Argon2id verification that is really done."""
    done: list[str] = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, hashed: str, pin: str) -> bool:
        done.append(hashed)
        return real(self, hashed, pin)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    return done


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a private PostgreSQL server's first database."""
    parts.need("postgres")
    with postgresql.private_postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A whole demo site that many tests share: leave it as you found it."""
    running = Site(tmp_path_factory.mktemp("site") / "data", free_offset())
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def quiet_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo site without calls, for what is seen in browsers: what is changed there is named after the test."""
    running = Site(tmp_path_factory.mktemp("quiet") / "data", free_offset(), ("--no-calls",))
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """A function that makes a site of the test's own (``new_site("--no-calls").start()``); stopped afterwards."""
    made: list[Site] = []

    def make(*arguments: str) -> Site:
        made.append(Site(tmp_path / f"site{len(made)}", free_offset(), arguments))
        return made[-1]

    try:
        yield make
    finally:
        for each in made:
            each.stop()


@pytest.fixture
def fresh_site(new_site: Callable[..., Site]) -> Site:
    """A whole demo site for one test alone."""
    return new_site().start()


@pytest.fixture(autouse=True)
def _standard_groups(request: pytest.FixtureRequest) -> None:
    """A test with real transactions empties every table after itself, also of what migrations put there."""
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marker is not None and marker.kwargs.get("transaction")):
        request.getfixturevalue("transactional_db")
        from roamline.rooms.directory.models import AccessControlGroup
        from roamline.rooms.directory.rules.roles import STANDARD_GROUPS

        for name, roles in STANDARD_GROUPS.items():
            AccessControlGroup.objects.get_or_create(name=name, defaults={"roles": roles, "is_standard": True})
