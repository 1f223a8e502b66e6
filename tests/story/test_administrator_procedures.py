"""An administrator walks every procedure of the handbook, in each language, knowing nothing but the words on screen.

``ROAMLINE_PICTURES=docs`` leaves a picture of each, and writes the handbook's pages anew from what was walked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.doors.admin_web.procedures import extension_mobility, handbook, headsets, roaming
from tests.doors.admin_web.procedures.walk import Walk
from tests.doors.admin_web.test_browser import FLAGS
from tests.support import parts
from tests.support.sites import Site

BROWSERS = {"en": "en-US", "zh-hans": "zh-CN", "ko": "ko-KR"}
PAGES = {"extension-mobility": extension_mobility, "headsets": headsets, "roaming": roaming}
PROCEDURES = [procedure for page in PAGES.values() for procedure in page.PROCEDURES]
WANTED = os.environ.get("ROAMLINE_PICTURES", "")
DOCS = Path(__file__).parents[2] / "docs" / "procedures"

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all walks."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(parts.LOOKS["chromium"]()), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module", params=BROWSERS)
def walk(request: pytest.FixtureRequest, browser: Browser, quiet_site: Site) -> Iterator[Walk]:
    """An administrator who is signed in, in one language."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, base_url=quiet_site.web_url, locale=BROWSERS[request.param]
    )
    pictures = Path(WANTED) / "procedures" / "images" if WANTED else None
    walking = Walk(context.new_page(), request.param, quiet_site.secret, pictures)
    walking.sign_in("admin")
    yield walking
    context.close()


@pytest.fixture(scope="module")
def walked() -> dict[tuple[str, str], handbook.Walked]:
    """What was done in which procedure and language."""
    return {}


@pytest.mark.proves("EM-10")
@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda each: each.__name__)
def test_the_procedure_can_be_done_by_the_words_on_the_screen(
    walk: Walk, procedure: Callable[[Walk], None], walked: dict[tuple[str, str], handbook.Walked]
) -> None:
    walk.begin(procedure.__name__)
    procedure(walk)
    walked[procedure.__name__, walk.language] = handbook.Walked.of(walk)


@pytest.mark.parametrize("name", PAGES)
def test_the_handbook_says_what_was_walked(name: str, walked: dict[tuple[str, str], handbook.Walked]) -> None:
    page = PAGES[name]
    if any((each.__name__, language) not in walked for each in page.PROCEDURES for language in BROWSERS):
        pytest.skip("not every procedure of the page was walked")
    text = handbook.page(page, walked)
    if WANTED:
        (Path(WANTED) / "procedures" / f"{name}.md").write_text(text, encoding="utf-8")
    written = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert handbook.in_english(written) == handbook.in_english(text), "run it again with ROAMLINE_PICTURES=docs"
    for picture in handbook.pictures_of(written):
        assert 0 < (DOCS / picture).stat().st_size <= 200 * 1024
