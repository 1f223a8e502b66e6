"""Showing what rules have worded in the language of whoever looks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext, override

from roamline.kernel.wording import Wording


def translated(text: str) -> str:
    """A rule's text in the active language; empty stays empty (gettext would give the catalogue's header)."""
    if isinstance(text, Wording):
        return gettext(text.template) % {name: _shown(value) for name, value in text.values.items()}
    return gettext(text) if text else ""


def in_parts(text: str) -> str:
    """A text that was put together as ``this: that``, with each part that is ours in the active language."""
    return translated(text) if isinstance(text, Wording) else ": ".join(map(translated, text.split(": ")))


def said(problem: Exception) -> str:
    """What a refusal says, in the active language; an exception of Python's own says what it says."""
    text = problem.args[0] if problem.args else ""
    return translated(text) if isinstance(text, str) and not isinstance(problem, OSError) else str(problem)


def objections(refusal: ValidationError) -> tuple[str, ...]:
    """What a ValidationError says, field by field, as texts that can still be put in another language."""
    if not hasattr(refusal, "error_dict"):
        return tuple(_worded(each) for each in refusal.error_list)
    return tuple(
        text
        for name, errors in refusal.error_dict.items()
        for text in (f"{name}:", *(_worded(each) for each in errors))
    )


def stored(texts: Sequence[str]) -> str:
    """Texts as JSON, so that :func:`restored` gives them to a reader of any language."""
    return json.dumps([_kept(text) for text in texts], ensure_ascii=False)


def restored(content: str) -> tuple[str, ...]:
    """What :func:`stored` made; ValueError or KeyError for anything else."""
    return tuple(_given_back(each) for each in json.loads(content or "[]"))


def _shown(value: object) -> object:
    return translated(value) if isinstance(value, Wording) else value


def _worded(error: ValidationError) -> str:
    """One error in English, with what stands in it kept apart: our own validators' texts are lazy."""
    with override("en"):
        template = str(error.message)
        values = {name: Wording(str(each)) if isinstance(each, Promise) else each
                  for name, each in (error.params or {}).items()}  # fmt: skip
        return Wording(template, **values) if values else template


def _kept(value: Any) -> Any:
    if isinstance(value, Wording):
        return {"text": value.template, "values": {name: _kept(each) for name, each in value.values.items()}}
    return value if isinstance(value, str | int | float | None) else str(value)


def _given_back(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return Wording(value["text"], **{name: _given_back(each) for name, each in value["values"].items()})
