"""What travels of a super user: one JSON object, checked when it arrives (S-8), with names instead of row ids (RO-11).

Profiles, lines and keys carry their plain fields under the fields' own names; a cluster takes those that it knows and
leaves the others, so that versions may differ.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

MOST_PROFILES, MOST_LINES, MOST_BUTTONS, MOST_SERVICES = 50, 100, 200, 100
LONGEST_TEXT = 300
_USER_ID = re.compile(r"[a-z0-9._@-]{1,128}")
_NUMBER = re.compile(r"\+?[0-9*#]{1,24}")

Plain = dict[str, Any]
"""Fields that are texts, numbers or flags, by name."""


class Malformed(ValueError):
    """What arrived is not a super user's document; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Number:
    """A directory number, with its partition's name."""

    digits: str
    partition: str


@dataclass(frozen=True, slots=True)
class LineDocument:
    """A line of a profile; ``css`` is a name, empty for none."""

    number: Number
    css: str
    fields: Plain


@dataclass(frozen=True, slots=True)
class ButtonDocument:
    """A key of a profile; ``service`` is a name, empty for none."""

    service: str
    fields: Plain


@dataclass(frozen=True, slots=True)
class ProfileDocument:
    """A device profile with its model, lines, keys and subscriptions."""

    uuid: UUID
    model: Plain
    is_default: bool
    fields: Plain
    services: tuple[str, ...]
    lines: tuple[LineDocument, ...]
    buttons: tuple[ButtonDocument, ...]


@dataclass(frozen=True, slots=True)
class UserDocument:
    """A super user as home says that they are."""

    uuid: UUID
    user_id: str
    fields: Plain
    extension: Number | None
    profiles: tuple[ProfileDocument, ...]


def digest_of(payload: Mapping[str, Any]) -> str:
    """What two clusters compare to see whether they have the same."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:32]


def written(user: UserDocument) -> dict[str, Any]:
    """The document as it travels."""
    return {
        "user_id": user.user_id,
        "fields": user.fields,
        "extension": _number_written(user.extension) if user.extension else None,
        "profiles": [_profile_written(profile) for profile in user.profiles],
    }


def _number_written(number: Number) -> list[str]:
    return [number.digits, number.partition]


def _profile_written(profile: ProfileDocument) -> dict[str, Any]:
    return {
        "uuid": str(profile.uuid),
        "model": profile.model,
        "default": profile.is_default,
        "fields": profile.fields,
        "services": list(profile.services),
        "lines": [
            {"number": _number_written(line.number), "css": line.css, "fields": line.fields} for line in profile.lines
        ],
        "buttons": [{"service": button.service, "fields": button.fields} for button in profile.buttons],
    }


def read(key: str, payload: Mapping[str, Any]) -> UserDocument:
    """The document that arrived under a user's uuid; Malformed when it is not one."""
    user_id = payload.get("user_id")
    if not isinstance(user_id, str) or not _USER_ID.fullmatch(user_id):
        raise Malformed("the user id is none")
    extension = payload.get("extension")
    profiles = _listed(payload, "profiles", MOST_PROFILES)
    return UserDocument(
        uuid=_uuid(key),
        user_id=user_id,
        fields=_plain(payload.get("fields")),
        extension=None if extension is None else _number(extension),
        profiles=tuple(_profile(each) for each in profiles),
    )


def _profile(content: Any) -> ProfileDocument:
    if not isinstance(content, dict):
        raise Malformed("a profile is no object")
    fields = _plain(content.get("fields"))
    model = _plain(content.get("model"))
    if not _is_text(fields.get("name")) or not _is_text(model.get("name")):
        raise Malformed("a profile, or its model, has no name")
    return ProfileDocument(
        uuid=_uuid(content.get("uuid")),
        model=model,
        is_default=content.get("default") is True,
        fields=fields,
        services=tuple(_name(each) for each in _listed(content, "services", MOST_SERVICES)),
        lines=tuple(_line(each) for each in _listed(content, "lines", MOST_LINES)),
        buttons=tuple(_button(each) for each in _listed(content, "buttons", MOST_BUTTONS)),
    )


def _line(content: Any) -> LineDocument:
    if not isinstance(content, dict):
        raise Malformed("a line is no object")
    return LineDocument(_number(content.get("number")), _name(content.get("css", "")), _plain(content.get("fields")))


def _button(content: Any) -> ButtonDocument:
    if not isinstance(content, dict):
        raise Malformed("a key is no object")
    return ButtonDocument(_name(content.get("service", "")), _plain(content.get("fields")))


def _number(content: Any) -> Number:
    if not isinstance(content, list) or len(content) != 2 or not isinstance(content[0], str):
        raise Malformed("a number is no pair of digits and partition")
    if not _NUMBER.fullmatch(content[0]):
        raise Malformed("a number is none")
    return Number(content[0], _name(content[1]))


def _listed(content: Mapping[str, Any], name: str, most: int) -> list[Any]:
    found = content.get(name, [])
    if not isinstance(found, list) or len(found) > most:
        raise Malformed(f"{name}: not a list of at most {most}")
    return found


def _plain(content: Any) -> Plain:
    if not isinstance(content, dict) or len(content) > 100:
        raise Malformed("fields are no object")
    for name, value in content.items():
        plain = value is None or isinstance(value, bool | int) or _is_text(value)
        if not isinstance(name, str) or not (plain or (isinstance(value, list) and all(map(_is_text, value)))):
            raise Malformed("a field is neither text, number nor flag")
    return content


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _name(content: Any) -> str:
    if not _is_text(content):
        raise Malformed("a name is no text")
    return str(content)


def _uuid(content: Any) -> UUID:
    try:
        return UUID(str(content))
    except ValueError:
        raise Malformed("a uuid is none") from None
