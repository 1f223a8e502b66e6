"""The administration in a real browser on a real site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support import parts
from tests.support.sites import Site

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each has a window of its own."""
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(parts.LOOKS["chromium"]()), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, quiet_site: Site) -> Iterator[Page]:
    """A fresh window; a script that fails in it fails the test."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, base_url=quiet_site.web_url)
    opened = context.new_page()
    failed: list[Any] = []
    opened.on("pageerror", lambda error: failed.append(str(error)))
    yield opened
    context.close()
    assert not failed


@pytest.fixture
def sign_in(page: Page, quiet_site: Site) -> Callable[[str], None]:
    """A function that signs an account in."""

    def do(user_id: str) -> None:
        page.goto("/admin/")
        page.get_by_label("User id").fill(user_id)
        page.locator("#id_password").fill(quiet_site.secret)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_text("Logged in now", exact=True)).to_be_visible()

    return do


def open_from_navigation(page: Page, group: str, title: str) -> None:
    """Open a group of the navigation, then a page of it."""
    page.locator("#nav-sidebar-apps").get_by_role("button", name=group).click()
    page.locator("#nav-sidebar-apps").get_by_text(title, exact=True).click()


@pytest.mark.proves("EM-10")
def test_a_page_is_found_by_typing_and_opened_with_the_keyboard(page: Page, sign_in: Callable[[str], None]) -> None:
    sign_in("admin")
    page.locator("#nav-filter").press_sequentially("controlled prof")
    expect(page.locator("#search-results a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/admin/admin_web/enduser/$"))
    page.locator("#nav-sidebar-apps").get_by_role("button", name="Reports").press("Enter")
    expect(page.locator("#nav-sidebar-apps").get_by_text("Login sessions")).to_be_visible()


def test_an_administrator_enables_extension_mobility_on_a_phone_and_sees_it_saved(
    page: Page, sign_in: Callable[[str], None]
) -> None:
    sign_in("admin")
    open_from_navigation(page, "Device", "Phones")
    page.get_by_role("link", name="SEP0011AA220004").click()
    box = page.locator("#id_em_enabled")
    expect(box).not_to_be_checked()
    box.check()
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    expect(page.get_by_text("No EM service after log-out")).to_be_visible()
    page.reload()
    expect(page.locator("#id_em_enabled")).to_be_checked()


def test_an_administrator_finds_a_user_by_typing_and_logs_them_in_and_out(
    page: Page, sign_in: Callable[[str], None]
) -> None:
    sign_in("admin")
    page.goto("/admin/phones/phone/")
    page.get_by_role("link", name="SEP0011AA220003").click()
    page.get_by_role("link", name="Log in as…").click()
    page.locator(".select2-selection").first.click()
    page.keyboard.type("eri")
    page.locator(".select2-results__option", has_text="erin").click()
    page.get_by_role("button", name="Log in as…").click()
    expect(page.get_by_text("erin is logged in on SEP0011AA220003 with EM_erin")).to_be_visible()
    page.get_by_role("link", name="Log out", exact=True).first.click()
    page.locator("main, #content").get_by_role("button", name="Log out").click()
    expect(page.get_by_text("erin is logged out on SEP0011AA220003")).to_be_visible()


def test_the_later_of_two_saves_is_refused_and_keeps_what_was_typed(page: Page, sign_in: Callable[[str], None]) -> None:
    sign_in("admin")
    page.goto("/admin/phones/devicepool/")
    page.get_by_role("link", name="Lobby").click()
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#id_location").fill("Theirs")
    other.get_by_role("button", name="Save and continue editing").click()
    expect(other.get_by_text("was changed successfully")).to_be_visible()
    page.locator("#id_location").fill("Mine")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("somebody else changed this meanwhile")).to_be_visible()
    expect(page.locator("#id_location")).to_have_value("Mine")


def test_the_help_desk_sees_no_save_button(page: Page, sign_in: Callable[[str], None]) -> None:
    sign_in("dana")
    page.goto("/admin/phones/phone/")
    page.get_by_role("link", name="SEP0011AA220001").click()
    expect(page.get_by_text("Configuration", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)


@pytest.mark.proves("EM-13")
def test_an_uploaded_file_is_served_and_one_over_the_limit_is_refused_before_it_is_sent(
    page: Page, sign_in: Callable[[str], None], quiet_site: Site, tmp_path: Path
) -> None:
    load = tmp_path / "sip88xx.14-1-1.loads"
    load.write_bytes(bytes(1_000_000))
    large = tmp_path / "large.sbn"
    with large.open("wb") as file:
        file.truncate(65 * 2**20)
    sign_in("admin")
    open_from_navigation(page, "Device", "Phone files")
    page.locator("#id_file").set_input_files(large)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("The file is larger than 64 MiB.")).to_be_visible()
    page.locator("#id_file").set_input_files(load)
    expect(page.get_by_text("The file is larger than 64 MiB.")).to_be_hidden()
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("sip88xx.14-1-1.loads is uploaded: Firmware")).to_be_visible()
    served = httpx.get(f"{quiet_site.files_url}/sip88xx.14-1-1.loads")
    assert (served.status_code, len(served.content)) == (200, 1_000_000)


def test_the_web_process_refuses_a_large_body_anywhere_else(quiet_site: Site) -> None:
    def status(path: str, size: int) -> int:
        return httpx.post(f"{quiet_site.web_url}{path}", content=bytes(size)).status_code

    assert status("/admin/login/", 300_000) == 413
    assert status("/admin/phone-files/delete/", 300_000) == 413
    assert status("/admin/phone-files/upload/", 300_000) == 403
    assert status("/admin/tables/import/", 300_000) == 403
    assert status("/admin/tables/export/", 300_000) == 413


@pytest.mark.proves("EM-4")
def test_controlled_profiles_are_moved_between_two_lists(page: Page, sign_in: Callable[[str], None]) -> None:
    sign_in("admin")
    page.goto("/admin/admin_web/enduser/?find=user_id&how=is&text=chen")
    page.get_by_role("link", name="chen", exact=True).click()
    page.locator("#available-find").fill("EM_bob")
    expect(page.locator("#available option")).to_have_text(["EM_bob"])
    page.locator("#available").select_option(label="EM_bob")
    page.get_by_role("button", name="Move to the controlled profiles").click()
    page.get_by_role("button", name="Move up").click()
    page.get_by_role("button", name="Default profile").click()
    expected = ["EM_chen_desk", "EM_bob (default)", "EM_chen_lab"]
    expect(page.locator("#controlled option")).to_have_text(expected)
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    expect(page.locator("#controlled option")).to_have_text(expected)


@pytest.mark.proves("BL-1")
def test_a_large_table_is_uploaded_followed_and_its_result_downloaded(
    page: Page, sign_in: Callable[[str], None], tmp_path: Path
) -> None:
    table = tmp_path / "users.csv"
    rows = "".join(f"bulk{n},{'x' * 40},{'y' * 60}\n" for n in range(300))
    table.write_text(f"user_id,first_name,last_name\n{rows}Bad Id,,\n" + "\n" * 300_000)
    sign_in("admin")
    open_from_navigation(page, "Bulk administration", "Import and export")
    page.locator("#id_file").set_input_files(table)
    page.get_by_text("Do the valid rows").click()
    page.get_by_role("button", name="Start the job").click()
    page.get_by_role("link", name="Download the result").wait_for(timeout=120_000)
    expect(page.locator("[data-done]")).to_have_text("300")
    expect(page.get_by_role("row", name="302 Bad Id save")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the result").click()
    assert "2,bulk0,save,done," in Path(download.value.path()).read_text()


@pytest.mark.proves("EM-13")
def test_an_unknown_phone_that_asked_is_added_with_a_click(
    page: Page, sign_in: Callable[[str], None], quiet_site: Site
) -> None:
    for name in ("SEP00AABBCCDD01", "SEP00AABBCCDD02"):
        assert httpx.get(f"{quiet_site.files_url}/{name}.cnf.xml").status_code == 404
        assert httpx.get(f"{quiet_site.files_url}/XMLDefault.cnf.xml").status_code == 200
    sign_in("admin")
    open_from_navigation(page, "Device", "Phones that asked")
    page.get_by_role("button", name="Forget SEP00AABBCCDD02").click()
    expect(page.get_by_text("SEP00AABBCCDD02 is forgotten")).to_be_visible()
    page.get_by_role("link", name="Add SEP00AABBCCDD01").click()
    page.locator("#id_model").select_option(label="Cisco 8851")
    page.locator("#id_device_pool").select_option(index=1)
    page.get_by_role("button", name="Add phone").click()
    expect(page.get_by_text("SEP00AABBCCDD01 is added")).to_be_visible()
    expect(page.locator("#id_em_enabled")).to_be_checked()
