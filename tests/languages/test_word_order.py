"""What the skin puts together from pieces is a sentence in every language, and nothing is told in codes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.test import Client
from django.utils import translation

from roamline.doors.admin_web.base import NounPage, Record
from roamline.doors.admin_web.words.audit import in_words
from roamline.doors.admin_web.words.deeds import DEADLINES, EFFECTS
from roamline.rooms.ledger import firing
from roamline.rooms.phones.models import Phone
from scripts import compile_translations
from tests.doors.admin_web import pages, small_site

compile_translations.main()

SOURCES = Path(__file__).resolve().parents[2] / "src" / "roamline"
LANGUAGES = ("zh-hans", "ko")
ACTIONS = re.compile(r'action="([a-z_]+\.[a-z_]+)"')
SAID = {
    "zh-hans": ("删除电话", "添加线路", "电话：9", "搜索全部"),
    "ko": ("전화기 삭제", "회선 추가", "전화기: 9", "전체 검색"),
    "en": ("Delete phone", "Add another Line", "Phones: 9", "Search everything"),
}
NOT_SAID = ("Search apps", "삭제 전화기", "删除 电话", "더 추가하기", "添加另一个", "9 전화기", "9 电话")


@pytest.mark.django_db
@pytest.mark.parametrize("language", SAID)
def test_buttons_counts_and_the_search_read_as_people_say_it(settings: Any, language: str) -> None:
    site = small_site.build()
    browser: Client = small_site.signed_in("admin")
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    answers = [browser.get(address) for address in (pages.address_of(site.phone(1)), pages.list_of(Phone))]
    text = " ".join(pages.text_of(each) + each.content.decode() for each in answers)
    assert [said for said in SAID[language] if said not in text] == []
    assert [said for said in NOT_SAID if said in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_audit_trail_says_in_words_what_was_done(language: str) -> None:
    sources = [file.read_text(encoding="utf-8") for file in SOURCES.glob("*/*/**/*.py")]
    actions = {action for text in sources for action in ACTIONS.findall(text)}
    nouns = [page for page in django_admin.site._registry.values() if isinstance(page, NounPage)]
    kinds = {page.kind for page in nouns if not isinstance(page, Record)}
    actions |= {f"{kind}.{what}" for kind in kinds for what in ("added", "changed", "deleted")}
    assert len(actions) > 80
    with translation.override(language):
        assert [action for action in sorted(actions) if re.search("[a-z]{4}", in_words(action))] == []


def test_timers_and_what_waits_to_be_told_are_said_in_words() -> None:
    assert set(firing._deadline_handlers) <= set(DEADLINES)
    assert set(firing._effect_handlers) <= set(EFFECTS)
