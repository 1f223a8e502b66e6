from __future__ import annotations

from django.utils import translation

from roamline.kernel.wording import Wording
from roamline.platform.wording import translated


def test_a_text_with_values_reads_as_english_and_is_translated_with_them() -> None:
    text = Wording("%(user)s is logged in on the phone", user="bob")
    assert text == "bob is logged in on the phone"
    with translation.override("ko"):
        assert translated(text) == "bob 사용자가 전화기에 로그인되어 있습니다"


def test_a_plain_text_is_translated_and_nothing_stays_nothing() -> None:
    with translation.override("zh-hans"):
        assert translated("the user has no PIN") == "用户没有 PIN"
        assert translated("") == ""
        assert translated("OperationalError") == "OperationalError"
