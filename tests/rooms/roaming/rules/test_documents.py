from __future__ import annotations

import contextlib
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline.rooms.roaming.rules import documents
from roamline.rooms.roaming.rules.documents import (
    ButtonDocument,
    LineDocument,
    Malformed,
    Number,
    ProfileDocument,
    UserDocument,
)

KEY = str(uuid4())
PROFILE = ProfileDocument(
    uuid=uuid4(),
    model={"name": "Cisco 8851", "keys": 10},
    is_default=True,
    fields={"name": "EM_erin", "user_locale": "ko"},
    services=("Extension Mobility",),
    lines=(LineDocument(Number("1005", "Internal"), "Internal only", {"index": 1, "button": 1}),),
    buttons=(ButtonDocument("", {"position": 2, "kind": "speed_dial", "label": "Chen", "number": "1003"}),),
)
ERIN = UserDocument(
    uuid=documents.UUID(KEY),
    user_id="erin",
    fields={"first_name": "Erin", "is_active": True},
    extension=Number("1005", "Internal"),
    profiles=(PROFILE,),
)


def test_what_is_written_is_read_the_same() -> None:
    assert documents.read(KEY, documents.written(ERIN)) == ERIN


def test_a_later_version_may_say_more() -> None:
    payload = {**documents.written(ERIN), "voicemail": "yes"}
    assert documents.read(KEY, payload) == ERIN


def test_the_digest_is_of_the_content_and_not_of_its_order() -> None:
    payload = documents.written(ERIN)
    assert documents.digest_of(payload) == documents.digest_of(dict(reversed(payload.items())))
    assert documents.digest_of(payload) != documents.digest_of({**payload, "user_id": "erik"})


@pytest.mark.parametrize(
    "change",
    [
        {"user_id": "Erin'; --"},
        {"user_id": None},
        {"fields": None},
        {"fields": {"first_name": {"a": 1}}},
        {"extension": ["1005"]},
        {"extension": ["10 05", "Internal"]},
        {"profiles": "all"},
        {"profiles": [None]},
        {"profiles": [{}] * 51},
        {"profiles": [{"uuid": "x", "model": {"name": "m"}, "fields": {"name": "n"}}]},
        {"profiles": [{"uuid": KEY, "model": {}, "fields": {"name": "n"}}]},
        {"profiles": [{"uuid": KEY, "model": {"name": "m"}, "fields": {"name": "n"}, "lines": [{}]}]},
        {"profiles": [{"uuid": KEY, "model": {"name": "m"}, "fields": {"name": "n"}, "buttons": [1]}]},
        {"profiles": [{"uuid": KEY, "model": {"name": "m"}, "fields": {"name": "n"}, "services": ["x" * 301]}]},
    ],
)
def test_what_is_no_document_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        documents.read(KEY, {**documents.written(ERIN), **change})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["user_id", "fields", "extension", "profiles"]), JSON)
def test_nothing_else_than_malformed_comes_of_anything(name: str, value: Any) -> None:
    with contextlib.suppress(Malformed):
        documents.read(KEY, {**documents.written(ERIN), name: value})
