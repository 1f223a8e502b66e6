"""Everything that a headset does on the web phone, clicked through in each of the three languages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils import translation
from playwright.sync_api import Browser, expect

from roamline.rooms.parameters import rules as parameters
from scripts import compile_translations
from tests.doors.web_phone.pages import WebPhone, open_phone
from tests.support.desks import ask, set_parameter
from tests.support.sites import Site

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(240)]

compile_translations.main()
DEVICE, BOBS = "SEP0011AA220007", "QPK1234B002"
IN_THE_PAST = """
UPDATE headsets_phonemachine SET state = json_set(state, '$.waiting.due', '2026-01-01T00:00:00+00:00')
WHERE json_extract(state, '$.waiting.due') IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose language the page speaks from the beginning to the end."""

    locale: str
    language: str
    user: str
    name: str
    pin: str

    @property
    def serial(self) -> str:
        """A headset that nobody knew."""
        return f"NEW-{self.user}"

    def tr(self, english: str, **values: str) -> str:
        """A text as this person reads it."""
        with translation.override(self.language):
            return translation.gettext(english) % values if values else translation.gettext(english)


PEOPLE = [
    Person("en-GB", "en", "alice", "Alice Archer", "27182"),
    Person("zh-CN", "zh-hans", "chen", "Chen Wei", "16180"),
    Person("ko-KR", "ko", "erin", "Erin Eun", "66260"),
]


class Flow:
    """One person at the phone; each method is one flow of the chapter, and leaves the phone free."""

    def __init__(self, site: Site, phone: WebPhone, person: Person) -> None:
        self.site, self.phone, self.person = site, phone, person
        self.tr = person.tr

    def picture(self, name: str) -> None:
        """A picture for the documentation, where a folder for them is given."""
        if folder := os.environ.get("ROAMLINE_PICTURES"):
            self.phone.page.screenshot(path=Path(folder) / f"webphone-{name}-{self.person.language}.png")

    def shows(self, english: str, **values: str) -> None:
        self.phone.shows(self.tr(english, **values))

    def key(self, english: str) -> None:
        self.phone.soft_key(self.tr(english))

    def move(self, serial: str, english: str) -> None:
        self.phone.headset(serial).get_by_role("button", name=self.tr(english), exact=True).click()

    def plug_in(self, serial: str = "") -> None:
        self.move(serial or self.person.serial, "Plug in")

    def pull_out(self, serial: str = "") -> None:
        self.move(serial or self.person.serial, "Pull out")

    def is_free(self) -> None:
        self.shows("This phone is free")
        expect(self.phone.page.locator("#lamp:not(.taken)")).to_be_attached(timeout=30_000)

    def is_ones_own(self) -> None:
        self.phone.is_of(self.person.name)

    def open_headset_setup(self) -> None:
        self.phone.page.locator("#settings").click()
        self.phone.item(self.tr("Headset setup"))

    def the_menu_is_grey_without_a_headset(self) -> None:
        self.open_headset_setup()
        expect(self.phone.screen.get_by_role("button", name=self.tr("Associate user"))).to_be_disabled()
        self.phone.home()

    def the_prompt_is_skipped_and_the_menu_asks(self) -> None:
        self.phone.page.get_by_label(self.tr("Another serial number")).fill(self.person.serial)
        self.phone.page.get_by_role("button", name=self.tr("Add"), exact=True).click()
        self.plug_in()
        self.shows("Enter your user ID and PIN to make this headset yours.")
        self.picture("associate")
        self.key("Exit")
        self.shows("Stop asking on this phone whose headset this is?")
        self.key("Yes")
        self.is_free()
        self.pull_out()
        self.plug_in()
        self.is_free()
        self.open_headset_setup()
        self.phone.item(self.tr("Associate user"))
        self.shows("Enter your user ID and PIN to make this headset yours.")

    def a_wrong_pin_then_the_right_one_associate(self) -> None:
        for pin, text in (("00000", "(201)"), (self.person.pin, self.person.name)):
            self.phone.field("userid").fill(self.person.user)
            self.phone.field("pin").fill(pin)
            self.key("Submit")
            self.phone.shows(text)
        self.shows("The headset is now associated with %(user)s.", user=self.person.name)
        self.picture("associated")
        self.key("Exit")
        self.pull_out()
        self.is_free()

    def the_pin_signs_in(self) -> None:
        self.plug_in()
        self.shows("%(user)s, enter your PIN to sign in.", user=self.person.name)
        self.phone.field("pin").fill(self.person.pin)
        self.key("Submit")
        self.is_ones_own()

    def reconnecting_in_time_keeps_the_session(self) -> None:
        self.pull_out()
        self.shows("The headset was disconnected. %(user)s will be signed out unless it comes back in time.",
                   user=self.person.name)  # fmt: skip
        expect(self.phone.screen.locator(".seconds")).to_have_text(re.compile(r"[45]:\d\d"))
        self.picture("countdown")
        self.key("Cancel")
        self.is_ones_own()
        self.plug_in()
        expect(self.phone.headset(self.person.serial)).to_contain_text(self.tr("Connected"))
        self.is_ones_own()

    def signing_out_at_once(self) -> None:
        self.pull_out()
        self.key("Sign out")
        self.is_free()

    def pinless_is_cancelled_or_counts_down(self) -> None:
        set_parameter(self.site, parameters.HEADSET_PIN, parameters.PIN_NOT_REQUIRED)
        set_parameter(self.site, parameters.HEADSET_LOGIN_TIMER, "20")
        self.plug_in()
        self.shows("%(user)s is about to be signed in.", user=self.person.name)
        self.picture("pinless")
        self.key("Cancel")
        self.is_free()
        self.pull_out()
        set_parameter(self.site, parameters.HEADSET_LOGIN_TIMER, "3")
        self.plug_in()
        self.is_ones_own()

    def somebody_elses_headset_asks_to_take_over(self) -> None:
        self.plug_in(BOBS)
        question = "%(user)s is signed in on this phone. Sign them out?"
        self.shows(question, user=self.person.name)
        self.picture("take-over")
        self.key("No")
        self.is_ones_own()
        self.pull_out(BOBS)
        set_parameter(self.site, parameters.HEADSET_LOGIN_TIMER, "60")
        self.plug_in(BOBS)
        self.shows(question, user=self.person.name)
        self.key("Yes")
        self.shows("%(user)s is about to be signed in.", user="Bob Baker")
        self.key("Cancel")
        self.is_free()
        self.pull_out(BOBS)
        self.pull_out()
        set_parameter(self.site, parameters.HEADSET_LOGIN_TIMER, "3")

    def the_time_runs_out(self) -> None:
        self.plug_in()
        self.is_ones_own()
        self.pull_out()
        self.phone.page.locator("#softkeys [data-key=sign_out]").wait_for()
        ask(self.site, IN_THE_PAST)
        ask(self.site, "UPDATE ledger_deadline SET due_at = '2026-01-01 00:00:00' WHERE kind = 'headsets.sign_out'")
        self.is_free()

    def once_dissociated_it_asks_again(self, folder: Path) -> None:
        set_parameter(self.site, parameters.HEADSET_PIN, parameters.PIN_REQUIRED)
        file = folder / "remove.csv"
        file.write_text(f"user_id,serial_number,action\n{self.person.user},{self.person.serial},remove\n")
        command = [sys.executable, "-m", "roamline.processes.cli", "import", "headsets", str(file)]
        environment = {**os.environ, "ROAMLINE_CONFIG": str(self.site.data / "roamline.toml")}
        subprocess.run(command, env=environment, check=True, capture_output=True)
        self.plug_in()
        self.shows("Enter your user ID and PIN to make this headset yours.")
        self.pull_out()
        self.is_free()


@pytest.mark.proves("HS-40")
@pytest.mark.proves("HS-23")
@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.language)
def test_every_flow_of_a_headset_in_the_persons_language(
    chromium: Browser, quiet_site: Site, tmp_path: Path, person: Person
) -> None:
    phone = open_phone(chromium, quiet_site, person.locale, DEVICE)
    flow = Flow(quiet_site, phone, person)
    assert person.language == "en" or person.tr("Plug in") != "Plug in"
    flow.the_menu_is_grey_without_a_headset()
    flow.the_prompt_is_skipped_and_the_menu_asks()
    flow.a_wrong_pin_then_the_right_one_associate()
    flow.the_pin_signs_in()
    flow.reconnecting_in_time_keeps_the_session()
    flow.signing_out_at_once()
    flow.pinless_is_cancelled_or_counts_down()
    flow.somebody_elses_headset_asks_to_take_over()
    flow.the_time_runs_out()
    flow.once_dissociated_it_asks_again(tmp_path)
    assert phone.troubles == []
    phone.page.context.close()
