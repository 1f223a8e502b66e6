"""Phones speak English, Simplified Chinese and Korean."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import RequestFactory
from django.utils import timezone

from roamline.doors.phone_screens.views import em_app
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import DevicePool, DeviceProfile, PhoneModel
from scripts import check_translations, compile_translations

# Before any test of the run speaks another language: Django reads its .mo files once.
compile_translations.main()

DEVICE = "SEP0011AA990001"


@pytest.fixture
def phone(db: None) -> None:
    """A phone that is free."""
    model = PhoneModel.objects.create(name="Cisco 8851", keys=10, max_lines=10)
    pool = DevicePool.objects.create(name="Lobby")
    phones.add_phone(name=DEVICE, model=model, device_pool=pool, em_enabled=True, actor="test", now=timezone.now())


def ask(accept_language: str = "", **query: str) -> str:
    headers = {"HTTP_ACCEPT_LANGUAGE": accept_language}
    answer = em_app(RequestFactory().get("/emapp/EMAppServlet", {"device": DEVICE, **query}, **headers))
    return answer.content.decode()


@pytest.mark.parametrize(
    ("accept_language", "words"),
    [
        ("en", ["Extension Mobility", "User ID", "Submit", "Exit"]),
        ("zh-CN,en;q=0.5", ["分机移动", "用户 ID", "个人识别码", "提交", "退出"]),
        ("ko", ["사용자 ID", "ID와 PIN을 입력하십시오", "제출", "종료"]),
        ("fr", ["User ID", "Submit"]),
    ],
)
def test_the_form_is_in_the_language_that_the_phone_asks_for(
    phone: None, accept_language: str, words: list[str]
) -> None:
    form = ask(accept_language)
    assert [word for word in words if word not in form] == []


@pytest.mark.parametrize(("locale", "word"), [("zh", "分机移动"), ("ko", "사용자 ID"), ("en", "User ID")])
def test_the_phones_own_language_goes_before_what_it_asks_for(phone: None, locale: str, word: str) -> None:
    DeviceProfile.objects.update(user_locale=locale)
    assert word in ask("zh" if locale != "zh" else "ko")


@pytest.mark.proves("EM-21")
@pytest.mark.parametrize(
    ("accept_language", "text"),
    [("en", "LoginType invalid(215)"), ("zh", "登录类型无效(215)"), ("ko", "로그인 유형이 잘못됨(215)")],
)
def test_a_refusal_is_translated_and_keeps_its_number(phone: None, accept_language: str, text: str) -> None:
    assert text in ask(accept_language, loginType="XX")


def test_nothing_that_phones_show_lacks_a_translation() -> None:
    wanted = check_translations.collected()
    files = sorted(check_translations.PACKAGE.glob("locale/*/LC_MESSAGES/django.po"))
    assert [file.parent.parent.name for file in files] == ["ko", "zh_Hans"]
    assert [problem for file in files for problem in check_translations.problems(file, wanted)] == []


def test_a_lost_placeholder_a_fuzzy_entry_and_a_hole_are_found(tmp_path: Path) -> None:
    file = tmp_path / "ko" / "LC_MESSAGES" / "django.po"
    file.parent.mkdir(parents=True)
    file.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Logout successful. Goodbye, %(user)s."\nmsgstr "…"\n\n'
        '#, fuzzy\nmsgid "Retry"\nmsgstr "…"\n'
    )
    found = list(check_translations.problems(file, check_translations.collected()))
    assert "ko: 'Logout successful. Goodbye, %(user)s.' is translated with other placeholders" in found
    assert "ko: 'Retry' is marked fuzzy" in found
    assert "ko: django.po has no translation of 'Submit'" in found
