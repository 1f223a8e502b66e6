"""What can be typed as an id: by Alphanumeric User ID (EM-25) and by the phone's language (EM-30); pure."""

from __future__ import annotations

import re

from roamline.kernel.wording import gettext_noop as _

# What a phone types in a language, besides ASCII. A user id is a-z 0-9 . _ @ - whatever a phone can type.
_TYPED = {
    "en": "",
    "zh": "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e",
    "ko": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3",
}
CHARACTER_SETS = {locale: re.compile(f"[\\x20-\\x7e{more}]*") for locale, more in _TYPED.items()}
"""For each locale, what its phones' keypads and candidate lists give."""

_DIGITS = re.compile(r"[0-9]*")
_NUMBER = re.compile(r"[0-9*#+]*")


def objection_to_identifier(identifier: str, login_type: str, locale: str, *, alphanumeric: bool) -> str:
    """Why an id is refused before anybody is looked up by it; empty when it is not."""
    if not CHARACTER_SETS.get(locale, CHARACTER_SETS["en"]).fullmatch(identifier):
        return _("the id has characters that the phone's language does not type")
    if login_type == "UID" and not alphanumeric and not _DIGITS.fullmatch(identifier):
        return _("the id is not of digits only, and Alphanumeric User ID is False")
    if login_type != "UID" and not _NUMBER.fullmatch(identifier):
        return _("the id is no number")
    return ""
