"""One administrator in a browser, who knows nothing but the words of their language.

Every step is given in English and looked for as it is translated: a label that is missing, or not translated, ends the
walk. What was done is written down, so that the handbook's pages say what was walked.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import translation
from django.utils.text import capfirst
from playwright.sync_api import Locator, Page, expect

from tests.support.sites import until

SAME_IN_ALL = {"ILS", "Extension Mobility", "PIN", "True", "False"}
"""Words that some language leaves as they are."""
MARK = "element => { element.style.outline = '3px solid #f59e0b'; element.style.outlineOffset = '2px'; }"
PATIENCE = 20_000


@dataclass(slots=True)
class Walk:
    """A browser in one language; ``steps`` are sentences with the words in ``{}``, ``words`` what was read there."""

    page: Page
    language: str
    secret: str
    pictures: Path | None = None
    name: str = ""
    steps: list[str] = field(default_factory=list)
    words: list[tuple[str, ...]] = field(default_factory=list)
    has_picture: bool = False

    # What an administrator does

    def sign_in(self, user_id: str) -> None:
        """Sign in by the form."""
        self.page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.page.goto("/admin/login/")
        self.control("User id").fill(user_id)
        self.control("Password").fill(self.secret)
        self.page.get_by_role("button", name=self.read("Log in")).click()
        expect(self.page.get_by_text(self.read("Logged in now"), exact=True)).to_be_visible()

    def go(self, group: str, title: str) -> None:
        """Open a page from the navigation."""
        self.note("Choose {} › {}.", group, title)
        menu = self.page.locator("#nav-sidebar-apps")
        entry = menu.get_by_text(self.read(title), exact=True)
        heading = menu.get_by_role("button").filter(has_text=re.compile(rf"^\s*{re.escape(self.read(group))}(?:\s|$)"))
        expect(heading).to_be_visible()
        if not entry.is_visible():
            heading.click()
        entry.click()
        self.page.wait_for_load_state()

    def find(self, by: str, text: str) -> None:
        """Find in a list by a field."""
        self.note(f"Find where {{}} is `{text}`, and press {{}}.", by, "Find")
        self.page.locator("select[name=find]").first.select_option(label=self.shown(by))
        self.page.locator("select[name=how]").first.select_option(label=self.read("is exactly"))
        self.page.locator("input[name=text]").first.fill(text)
        self.page.get_by_role("button", name=self.read("Find"), exact=True).click()

    def open(self, name: str) -> None:
        """Open a row of a list."""
        self.note(f"Open `{name}`.")
        self.main.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def add(self) -> None:
        """Press the plus of a list."""
        self.note("Press **+** to add one.")
        self.page.locator("a.addlink").click()

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.note(f"Type `{text}` into {{}}.", label)
        self.marked(self.control(label)).fill(text)

    def choose(self, label: str, option: str, *, is_name: bool = False) -> None:
        """Choose in a field: a word of the page, or the name of a thing."""
        self.note(
            f"In {{}}, choose `{option}`." if is_name else "In {}, choose {}.", label, *([] if is_name else [option])
        )
        control, wanted = self.control(label), option if is_name else self.read(option)
        if "autocomplete" in (control.get_attribute("class") or ""):
            self.choose_by_typing(control, wanted)
        else:
            self.marked(control).select_option(label=wanted)

    def tick(self, label: str, *, on: bool = True) -> None:
        """Switch something on or off."""
        self.note("Switch {} on." if on else "Switch {} off.", label)
        self.marked(self.control(label)).set_checked(on)

    def tick_name(self, name: str) -> None:
        """Tick the box beside a name."""
        self.note(f"Tick `{name}`.")
        self.marked(self.main.get_by_label(name, exact=True)).check()

    def press(self, label: str, *, within: Locator | None = None) -> None:
        """Press a button, or follow a link that looks like one."""
        self.note("Press {}.", label)
        text = self.shown(label)
        scope = within or self.main
        button = scope.get_by_role("button", name=text, exact=True).or_(
            scope.get_by_role("link", name=text, exact=True)
        )
        expect(button.first).to_be_visible()
        self.marked(button.first).click()
        self.page.wait_for_load_state()
        expect(self.main.locator(".errorlist, .errornote, p.rl-error:visible")).to_have_count(0)

    def row(self, section: str, noun: str, **cells: str) -> None:
        """Add a row to a section of the page and fill in some of its columns, named with ``_`` for spaces."""
        columns = {name.replace("_", " "): value for name, value in cells.items()}
        adding = self.read("Add another %(verbose_name)s") % {"verbose_name": self.shown(noun)}
        self.note_shown("Under {}, press {}.", self.shown(section), adding)
        group = self.section(section)
        link = group.locator(".add-row")
        expect(link).to_contain_text(adding)
        link.click()
        for column, value in columns.items():
            self.note(f"{{}}: `{value}`.", column)
            self.fill_cell(self.cell(group, column), value)

    def fill_cell(self, cell: Locator, value: str) -> None:
        """Type into a cell, or find what is typed."""
        box = cell.locator("select").first
        if box.count():
            self.choose_by_typing(box, value)
        else:
            self.marked(cell.locator("input:visible").first).fill(value)

    def remove_row(self, section: str, value: str) -> None:
        """Take a row away."""
        self.note(f"Under {{}}, press the bin beside `{value}`.", section)
        self.line(value).locator("td.delete label").first.click()

    def select_listed(self, label: str, name: str) -> None:
        """Select a line of one of two lists."""
        box = self.control(label)
        found = box if box.evaluate("box => box.tagName") == "SELECT" else self.page.locator("#available")
        line = found.locator("option").filter(has_text=name).first
        found.select_option(value=line.get_attribute("value"))

    def leave_group(self, user_id: str) -> None:
        """Take a member out of the group whose page is open."""
        row = self.main.locator("tr.form-row", has=self.page.locator("option[selected]", has_text=user_id))
        row.locator("td.delete label").first.click()
        self.press("Save")

    def sees_name(self, name: str) -> None:
        """Wait until a thing is on the page."""
        expect(self.main.get_by_text(name, exact=False).first).to_be_visible()

    def comes_to(self, text: str, more: str = "") -> None:
        """Look again until the page says something, and what follows it."""

        def is_there() -> bool:
            self.page.reload()
            return self.main.get_by_text(self.read(text) + more).first.is_visible()

        until(is_there, within=60)

    def sees(self, text: str, **values: object) -> None:
        """Wait until the page says something."""
        wanted = self.read(text) % values if values else self.shown(text)
        self.note_shown("The page says {}.", wanted.rstrip(".。"))
        expect(self.main.get_by_text(wanted).first).to_be_visible()

    def picture(self) -> None:
        """Leave a picture, where pictures are asked for."""
        self.has_picture = True
        if self.pictures is not None:
            self.page.evaluate("document.activeElement?.blur()")
            self.page.screenshot(path=self.pictures / f"{self.name}-{self.language}.png")

    def mark(self, label: str) -> None:
        """Have a label in the picture's middle."""
        text = self.shown(label)
        self.main.get_by_text(text, exact=True).first.evaluate("element => element.scrollIntoView({block: 'center'})")

    # How it is found

    @property
    def main(self) -> Locator:
        """The page without its navigation."""
        return self.page.locator("#main")

    def read(self, text: str) -> str:
        """A word in the walk's language."""
        with translation.override(self.language):
            found = translation.gettext(text)
        assert self.language == "en" or found != text or text in SAME_IN_ALL, f"not translated: {text}"
        return found

    def shown(self, text: str) -> str:
        """A word as it stands on the page: labels begin with a capital."""
        return capfirst(self.read(text))

    def note(self, sentence: str, *words: str) -> None:
        """Write a step down; ``{}`` in the sentence stands for words of the page."""
        self.note_shown(sentence, *(self.shown(word) for word in words))

    def note_shown(self, sentence: str, *words: str) -> None:
        """Write a step down whose words are in the walk's language already."""
        self.steps.append(sentence)
        self.words.append(words)

    def begin(self, name: str) -> None:
        """Begin a procedure, wherever the one before ended: the navigation is on every page."""
        self.name, self.steps, self.words, self.has_picture = name, [], [], False

    def control(self, label: str) -> Locator:
        """The field that a label belongs to."""
        text = re.compile(rf"^\s*{re.escape(self.read(label))}\s*\*?\s*$", re.IGNORECASE)
        found = self.page.locator("label[for]").filter(has_text=text).first
        expect(found).to_be_visible()
        return self.page.locator(f'[id="{found.get_attribute("for")}"]')

    def section(self, heading: str) -> Locator:
        """The part of a page under a heading."""
        text = re.compile(rf"^\s*{re.escape(self.read(heading))}\s*$", re.IGNORECASE)
        return self.main.locator("[id$=-group]").filter(has=self.page.locator("h2").filter(has_text=text)).first

    def line(self, value: str) -> Locator:
        """The row of a section in which something was typed."""
        return self.main.locator("tr.form-row", has=self.page.locator(f"input[value='{value}']"))

    def cell(self, group: Locator, column: str) -> Locator:
        """The cell of the last row in a column."""
        text = re.compile(rf"^\s*{re.escape(self.read(column))}\s*\*?", re.IGNORECASE)
        heads = group.locator("thead th")
        place = next(n for n in range(heads.count()) if text.match(heads.nth(n).inner_text()))
        return group.locator("tr.form-row:visible").last.locator("td:visible").nth(place)

    def choose_by_typing(self, box: Locator, value: str) -> None:
        """A field that finds what begins with what is typed."""
        box.locator("xpath=following-sibling::*[contains(@class,'select2')]").first.click()
        self.page.locator(".select2-search__field").last.fill(value)
        self.page.locator(".select2-results__option", has_text=value).first.click()

    def marked(self, control: Locator) -> Locator:
        """Outlined in pictures."""
        if self.pictures is not None:
            control.evaluate(MARK)
        return control

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """What is done only so that a procedure can be walked, or to leave the site as it was: not written down."""
        steps, words = list(self.steps), list(self.words)
        yield
        self.steps, self.words = steps, words
