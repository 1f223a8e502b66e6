"""Every page can be used with a screen reader: axe-core finds nothing serious on it, in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from tests.doors.admin_web.test_browser import FLAGS
from tests.support import parts
from tests.support.sites import Site

pytestmark = pytest.mark.needs("chromium")

ADMINISTRATION = [
    "/admin/", "/admin/phones/phone/", "/admin/phones/phone/1/change/", "/admin/phones/phone/add/",
    "/admin/phones/deviceprofile/", "/admin/admin_web/enduser/", "/admin/admin_web/enduser/add/",
    "/admin/headsets/headset/", "/admin/dialplan/routepattern/", "/admin/ledger/auditentry/", "/admin/about/",
    "/admin/explain/?user=alice&device=SEP0011AA220004&error=207", "/admin/analyse/", "/admin/tables/",
    "/admin/parameters/parametervalue/service/", "/admin/parameters/parametervalue/enterprise/",
]  # fmt: skip
SELF_CARE = ["", "calls", "headsets", "password", "pin", "profiles", "settings"]


@pytest.fixture(scope="module")
def page(quiet_site: Site) -> Iterator[Page]:
    """A browser in which each test signs in as it needs to."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(parts.LOOKS["chromium"]()), args=FLAGS)
        yield browser.new_context(viewport={"width": 1400, "height": 900}, base_url=quiet_site.web_url).new_page()
        browser.close()


def serious(page: Page, address: str) -> list[str]:
    """What hinders people on a page, one line each; slight flaws of the skin's own frame are left out."""
    page.goto(address)
    page.wait_for_load_state()
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{address}: {each['id']}: {node['html'][:120]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"][:3]
    ]


def test_the_administration_and_the_pages_that_nobody_is_signed_in_for(page: Page, quiet_site: Site) -> None:
    hindrances = [line for each in ("/", "/selfcare/", "/admin/login/") for line in serious(page, each)]
    page.goto("/admin/login/")
    page.locator("input[name=username]").fill("admin")
    page.locator("#id_password").fill(quiet_site.secret)
    page.locator("button[type=submit]").first.click()
    page.wait_for_url("**/admin/")
    hindrances += [line for each in ADMINISTRATION for line in serious(page, each)]
    assert hindrances == []


def test_self_care_and_the_web_phone(page: Page, quiet_site: Site) -> None:
    page.goto("/selfcare/")
    page.locator("input[name=user]").fill("alice")
    page.locator("input[name=password]").fill(quiet_site.secret)
    page.locator("button.main").click()
    page.wait_for_url("**/selfcare/")
    hindrances = [line for each in SELF_CARE for line in serious(page, f"/selfcare/{each}")]
    hindrances += serious(page, "/phone/SEP0011AA220007")
    assert hindrances == []
