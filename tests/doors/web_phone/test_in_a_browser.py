"""The web phone as people use it: a real browser, a real site, clicks and keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.doors.web_phone.pages import DEVICE, WebPhone, open_phone
from tests.support.sites import Site

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(180)]

A_USB_HEADSET = """
const chosen = { serialNumber: "REAL-7", productName: "Headset 532", manufacturerName: "Cisco",
                 deviceVersionMajor: 1, deviceVersionMinor: 5, deviceVersionSubminor: 0 };
const usb = new EventTarget();
usb.requestDevice = async () => chosen;
usb.getDevices = async () => [];
Object.defineProperty(navigator, "usb", { value: usb });
window.pull = () => usb.dispatchEvent(Object.assign(new Event("disconnect"), { device: chosen }));
"""
"""Stands in for a headset at the browser's USB port, of which a machine that runs tests has none."""


@pytest.mark.proves("WP-1")
def test_alice_logs_in_by_clicking_has_her_keys_and_logs_out(phone: WebPhone) -> None:
    assert phone.keys() == ["1907"]
    phone.log_in("alice", "27182")
    phone.shows("Login successful. Welcome, alice.")
    phone.is_of("Alice Archer")
    phone.home()
    phone.shows("Welcome, Alice Archer")
    assert phone.keys() == ["1001", "Chen", "Erin", "Lobby", "Bob"]

    phone.open_service()
    phone.shows("alice is logged in. Log out?")
    phone.soft_key("No")
    phone.is_of("Alice Archer")
    phone.log_out()
    phone.shows("Logout successful. Goodbye, alice.")
    phone.home()
    phone.shows("This phone is free")
    assert phone.keys() == ["1907"]


@pytest.mark.parametrize(
    ("locale", "title", "error", "retry", "free"),
    [
        ("en-GB", "Services", "Please try to login again (201)", "Retry", "This phone is free"),
        ("zh-CN", "服务", "请重新登录 (201)", "重试", "此电话空闲"),
        ("ko-KR", "서비스", "다시 로그인하십시오 (201)", "재시도", "사용 가능한 전화기입니다"),
    ],
)
def test_a_free_phone_speaks_the_browsers_language_and_errors_keep_their_number(
    chromium: Browser, quiet_site: Site, locale: str, title: str, error: str, retry: str, free: str
) -> None:
    phone = open_phone(chromium, quiet_site, locale)
    phone.shows(free)
    expect(phone.page.locator("#services")).to_have_text(title)
    phone.log_in("alice", "11111")
    phone.shows(error)
    phone.soft_key(retry)
    expect(phone.field("seq")).to_have_value("")
    assert phone.troubles == []
    phone.page.context.close()


@pytest.mark.parametrize(
    ("user", "pin", "language", "welcome", "services", "question"),
    [
        ("erin", "66260", "ko", "Erin Eun 님, 환영합니다", "서비스", "erin 사용자가 로그인되어 있습니다"),
        ("alice", "27182", "en", "Welcome, Alice Archer", "Services", "alice is logged in"),
    ],
)
def test_the_whole_page_takes_the_language_of_whoever_logs_in(
    phone: WebPhone, user: str, pin: str, language: str, welcome: str, services: str, question: str
) -> None:
    phone.log_in(user, pin)
    expect(phone.field("seq")).to_have_count(0, timeout=30_000)
    expect(phone.page.locator("html")).to_have_attribute("lang", language)
    phone.home()
    phone.shows(welcome)
    expect(phone.page.locator("#services")).to_have_text(services)
    phone.open_service()
    phone.shows(question)


def test_chen_chooses_a_profile_and_reads_chinese_from_then_on(phone: WebPhone) -> None:
    phone.log_in("chen", "16180")
    phone.shows("Choose a device profile")
    phone.item("EM_chen_desk")
    phone.is_of("Chen Wei")
    expect(phone.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    phone.home()
    phone.shows("欢迎，Chen Wei")
    assert phone.keys() == ["1003", "1013"]


def test_the_pin_is_masked_and_leaves_no_trace_in_the_browser_or_the_logs(phone: WebPhone, quiet_site: Site) -> None:
    addresses: list[str] = []
    phone.page.on("request", lambda request: addresses.append(request.url))
    phone.open_service()
    expect(phone.field("seq")).to_have_attribute("type", "password")
    phone.field("userid").fill("bob")
    phone.field("seq").fill("31415")
    phone.page.keyboard.press("Enter")
    phone.is_of("Bob Baker")
    assert not [address for address in addresses if "31415" in address]
    logged = quiet_site.log("web") + quiet_site.log("phones")
    assert not re.search(
        r"(?<![0-9a-f])31415(?![0-9a-f])", logged
    )  # in a request's id these digits may stand by chance


def test_the_keypad_types_letters_and_digits_and_everything_works_without_a_mouse(phone: WebPhone) -> None:
    def press(*keys: str) -> None:
        for key in keys:
            phone.page.locator(f"#keypad [data-key='{key}']").click()

    phone.page.locator("#services").focus()
    phone.page.keyboard.press("Enter")
    phone.page.keyboard.press("1")
    expect(phone.field("userid")).to_be_focused()
    press("2", "5", "5", "5", "4", "4", "4", "2", "2", "2", "3", "3")
    expect(phone.field("userid")).to_have_value("alice")
    phone.page.keyboard.press("ArrowDown")
    press("2", "7", "1", "8", "1")
    phone.page.locator("#softkeys [data-key=erase]").click()
    press("2")
    phone.page.keyboard.press("Enter")
    phone.is_of("Alice Archer")
    phone.page.keyboard.press("Escape")
    phone.shows("Services")
    phone.page.keyboard.press("Escape")
    phone.shows("Welcome, Alice Archer")


def test_what_happens_elsewhere_shows_at_once_and_a_reload_changes_nothing(
    chromium: Browser, quiet_site: Site, phone: WebPhone
) -> None:
    other = open_phone(chromium, quiet_site)
    other.log_in("alice", "27182")
    phone.is_of("Alice Archer")
    phone.page.reload()
    phone.is_of("Alice Archer")
    phone.shows("Welcome, Alice Archer")
    assert phone.keys() == ["1001", "Chen", "Erin", "Lobby", "Bob"]
    other.page.context.close()


@pytest.mark.proves("WP-1")
def test_after_the_server_was_gone_the_page_comes_back_by_itself_and_is_right(
    phone: WebPhone, quiet_site: Site
) -> None:
    phone.log_in("alice", "27182")
    phone.is_of("Alice Archer")
    phone.home()
    quiet_site.stop()
    expect(phone.page.locator("#link-text")).to_have_text("Connection lost. Trying again…", timeout=20_000)
    phone.open_service()
    phone.shows("That did not work. Try again.")
    quiet_site.start()
    phone.is_connected()
    phone.is_of("Alice Archer")
    phone.log_out()
    phone.is_of("Nobody is logged in")


def test_a_phone_that_is_no_software_phone_is_not_found_and_a_refusing_one_says_why(
    chromium: Browser, quiet_site: Site
) -> None:
    page = chromium.new_page()
    answer = page.goto(f"{quiet_site.web_url}/phone/SEP0011AA220001")
    assert answer is not None
    assert answer.status == 404
    page.close()


@pytest.mark.proves("HS-21", "WP-1")
def test_a_headset_becomes_alices_signs_her_in_and_signs_her_out_when_it_goes(phone: WebPhone) -> None:
    headset = phone.headset("QPK1234X009")
    headset.get_by_role("button", name="Plug in").click()
    phone.shows("Associate headset to user")
    phone.field("userid").fill("alice")
    phone.field("pin").fill("00000")
    phone.page.keyboard.press("Enter")
    phone.shows("(201)")
    phone.field("userid").fill("alice")
    phone.field("pin").fill("27182")
    phone.soft_key("Submit")
    phone.shows("now associated with Alice Archer")
    expect(headset).to_contain_text("alice")

    phone.page.reload()
    phone.shows("now associated with Alice Archer")
    phone.soft_key("Sign in")
    phone.is_of("Alice Archer")

    headset.get_by_role("button", name="Pull out").click()
    phone.shows("The headset was disconnected")
    expect(phone.screen.locator(".seconds")).to_have_text(re.compile(r"[45]:\d\d"))
    phone.page.reload()
    phone.shows("The headset was disconnected")
    phone.soft_key("Sign out")
    phone.is_of("Nobody is logged in")


@pytest.mark.proves("HS-23")
def test_the_menu_for_headsets_is_grey_until_one_is_connected(phone: WebPhone) -> None:
    def open_headset_setup() -> None:
        phone.page.locator("#settings").click()
        phone.item("Headset setup")

    open_headset_setup()
    phone.shows("Connect a headset first")
    expect(phone.screen.get_by_role("button", name="Associate user")).to_be_disabled()
    phone.home()

    phone.page.get_by_label("Another serial number").fill("NOBODYS0001")
    phone.page.get_by_role("button", name="Add").click()
    headset = phone.headset("NOBODYS0001")
    headset.locator("select").select_option("wireless")
    headset.get_by_role("button", name="Pair wirelessly").click()
    phone.shows("Associate headset to user")
    phone.soft_key("Exit")
    phone.soft_key("Yes")
    open_headset_setup()
    phone.item("Associate user")
    phone.shows("Associate headset to user")
    headset.get_by_role("button", name="Walk out of range").click()
    phone.shows("This phone is free")
    open_headset_setup()
    expect(phone.screen.get_by_role("button", name="Associate user")).to_be_disabled()


def test_a_typed_serial_number_stays_in_the_tray_and_what_is_half_typed_survives_a_lost_connection(
    phone: WebPhone,
) -> None:
    phone.page.get_by_label("Another serial number").fill("MY-OWN-1")
    phone.page.get_by_role("button", name="Add", exact=True).click()
    phone.page.reload()
    phone.headset("MY-OWN-1").get_by_role("button", name="Plug in").click()
    phone.shows("Associate headset to user")
    phone.field("userid").fill("ali")
    phone.page.context.set_offline(True)
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.page.locator("body.lost")).to_be_attached(timeout=20_000)
    phone.page.context.set_offline(False)
    phone.is_connected()
    expect(phone.field("userid")).to_have_value("ali")
    phone.headset("MY-OWN-1").get_by_role("button", name="Pull out").click()
    phone.shows("This phone is free")
    phone.headset("MY-OWN-1").get_by_role("button", name="Remove").click()
    expect(phone.headset("MY-OWN-1")).to_have_count(0)


def test_a_real_headset_reports_its_serial_number_through_the_browser(chromium: Browser, quiet_site: Site) -> None:
    phone = open_phone(chromium, quiet_site, device="SEP0011AA220009", script=A_USB_HEADSET)
    phone.page.get_by_role("button", name="Choose a headset").click()
    phone.shows("Associate headset to user")
    expect(phone.page.locator(".real-serial")).to_have_text("REAL-7")
    phone.page.evaluate("window.pull()")
    phone.shows("This phone is free")
    assert phone.troubles == []
    phone.page.context.close()


def test_a_narrow_window_shows_all_of_the_phone_without_scrolling_sideways(phone: WebPhone) -> None:
    phone.page.set_viewport_size({"width": 360, "height": 740})
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360
    phone.log_in("alice", "27182")
    phone.is_of("Alice Archer")
    assert phone.keys() == ["1001", "Chen", "Erin", "Lobby", "Bob"]


def test_every_control_has_a_name_for_a_screen_reader(phone: WebPhone) -> None:
    nameless = """() => [...document.querySelectorAll('button, input, select, ul, section, aside')]
        .filter(e => e.checkVisibility() && !e.closest('[aria-hidden=true]'))
        .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length)))
        .map(e => e.outerHTML.slice(0, 200))"""
    assert phone.page.evaluate(nameless) == []
    phone.open_service()
    expect(phone.page.get_by_label("PIN", exact=True)).to_be_visible()
    assert phone.page.evaluate(nameless) == []
    expect(phone.page.locator("#announcement")).to_contain_text("Enter your ID and PIN")
    assert DEVICE in phone.page.title()
