"""Reading what the page sends: small JSON objects with limits."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.http import HttpRequest

from roamline.kernel.secret import Secret

LARGEST_BODY = 16 * 1024
LONGEST_LINK = 2000
LONGEST_NAME = 32
LONGEST_VALUE = 256
MOST_FIELDS = 5


class Misunderstood(ValueError):
    """What the page sent is not what it may send; the message says what."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A link to open, with what was typed in; the values may be PINs."""

    link: str
    fields: dict[str, Secret]


def read_opening(request: HttpRequest) -> Opening:
    """``{"link": "…", "fields": {"userid": "alice", …}}``; Misunderstood for anything else."""
    body = read_object(request)
    return Opening(_text(body.get("link"), LONGEST_LINK, "link"), read_fields(body.get("fields", {})))


def read_object(request: HttpRequest) -> dict[str, object]:
    """The JSON object in the body; Misunderstood when it is none, or too large."""
    if request.content_type != "application/json" or len(request.body) > LARGEST_BODY:
        raise Misunderstood("send a small JSON object")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Misunderstood("send a small JSON object") from None
    if not isinstance(body, dict):
        raise Misunderstood("send a small JSON object")
    return body


def read_fields(given: object) -> dict[str, Secret]:
    """The fields of a form, each value wrapped; Misunderstood when they are too many or too long."""
    if not isinstance(given, dict) or len(given) > MOST_FIELDS:
        raise Misunderstood(f"fields: give at most {MOST_FIELDS}")
    return {
        _text(name, LONGEST_NAME, "a field's name"): Secret(_text(value, LONGEST_VALUE, "a field"))
        for name, value in given.items()
    }


def _text(given: object, longest: int, what: str) -> str:
    if not isinstance(given, str) or len(given) > longest or "\0" in given:
        raise Misunderstood(f"{what}: give a text of at most {longest} characters")
    return given
