"""Texts that are written where something is decided and translated where it is shown.

Rules know no languages. They mark their texts with :func:`gettext_noop`, so that translators get them; a text with
values in it is a :class:`Wording`, which reads as English everywhere and can still be put in another language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_VALUE = re.compile(r"%\((\w+)\)s")


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown."""
    return text


class Wording(str):
    """A text made of a marked ``template`` and ``values``: ``%(name)s`` in the template, by name in the values."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Wording:
        """The English text."""
        made = super().__new__(cls, template % values)
        made.template = template
        made.values = values
        return made


def recognised(text: str, templates: Iterable[str]) -> str:
    """A text that was kept in English, as the :class:`Wording` of the first of these templates that it was made by."""
    for template in templates:
        fixed = _VALUE.split(template)  # alternately what is fixed and the name of a value
        pattern = "".join(f"(?P<{each}>.+)" if at % 2 else re.escape(each) for at, each in enumerate(fixed))
        if found := re.fullmatch(pattern, text):
            return Wording(template, **found.groupdict())
    return text
