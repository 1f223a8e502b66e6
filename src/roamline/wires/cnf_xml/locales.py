"""The languages of phones: what a configuration file calls them and where the phone looks for their files.

The phone asks for ``<name>/<file of its model>``; when it is missing the phone stays English. The names are those
that Cisco's locale packages use for their directories, as free phone managers list them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhoneLocale:
    """One user locale. ``uid`` is a number inside the original's database, left empty where none is published."""

    code: str
    name: str
    lang_code: str
    uid: str = ""


ENGLISH = PhoneLocale("en", "English_United_States", "en_US", "1")
CHINESE = PhoneLocale("zh", "Chinese_China", "zh_CN")
KOREAN = PhoneLocale("ko", "Korean_Korea_Republic", "ko_KR")

LOCALES = {locale.code: locale for locale in (ENGLISH, CHINESE, KOREAN)}
