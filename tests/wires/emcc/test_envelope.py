"""Sealed questions between clusters: nobody else can read, ask, answer, change or use them again (S-8)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from roamline.kernel.secret import Secret
from roamline.wires.emcc import envelope
from roamline.wires.emcc.envelope import Asked, Malformed
from roamline.wires.emcc.messages import (
    Ended,
    HomeLogIn,
    Standing,
    VisitedPhone,
    question_fields,
    read_content,
    read_question,
)
from roamline.wires.ils.identity import Identity

EAST, HQ, ROGUE = Identity(b"e" * 32), Identity(b"h" * 32), Identity(b"r" * 32)
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
PHONE = VisitedPhone("SEP0011AA230006", "Software phone", 12, 6, registers_once=False, is_software=True)
LOG_IN = HomeLogIn("a" * 32, "bob", "UID", Secret("31415"), PHONE, "10.2.0.6")


def asked(content: dict[str, Any] | None = None, by: Identity = EAST, chance: bytes = bytes(range(48))) -> Asked:
    return envelope.ask(
        content or {"q": "x"}, by=by, to=HQ.origin, key=envelope.public_key_of(KEY), at=7, chance=chance
    )


def opened(text: bytes) -> envelope.Opened:
    return envelope.open_question(text, own_origin=HQ.origin, private=KEY)


def test_the_one_asked_reads_who_asks_and_what_and_its_answer_comes_back() -> None:
    question = asked(question_fields(LOG_IN))
    assert b"31415" not in question.text
    found = opened(question.text)
    assert (found.origin, found.at) == (EAST.origin, 7)
    assert read_question(found.content) == LOG_IN
    assert envelope.open_answer(envelope.answer({"ended": True}, found), question) == {"ended": True}


def test_a_pins_length_does_not_show() -> None:
    short, long = (asked({"pin": "1" * digits}) for digits in (4, 16))
    assert len(short.text) == len(long.text)


def test_nobody_else_can_read_it_or_answer() -> None:
    question = asked()
    with pytest.raises(Malformed, match="cannot be opened"):
        envelope.open_question(question.text, own_origin=HQ.origin, private=OTHER_KEY)
    with pytest.raises(Malformed, match="another cluster"):
        envelope.open_question(question.text, own_origin=ROGUE.origin, private=KEY)
    other = opened(asked(chance=bytes(range(1, 49))).text)
    with pytest.raises(Malformed, match="cannot be opened"):
        envelope.open_answer(envelope.answer({}, other), question)


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "its key is not its origin's": lambda fields: fields.update({"from": ROGUE.origin}),
    "its signature is wrong": lambda fields: fields.update({"at": 8}),
    "of another version": lambda fields: fields.update({"v": 2}),
    "sig is missing": lambda fields: fields.pop("sig"),
    "key is not base64": lambda fields: fields.update({"key": "!"}),
}


@pytest.mark.parametrize("why", CHANGES)
def test_what_was_changed_on_the_way_is_not_taken(why: str) -> None:
    fields = json.loads(asked().text)
    CHANGES[why](fields)
    with pytest.raises(Malformed, match=why):
        opened(json.dumps(fields).encode())


def test_a_cluster_cannot_sign_for_another() -> None:
    fields = json.loads(asked(by=ROGUE).text)
    fields["from"], fields["key"] = EAST.origin, base64.b64encode(EAST.public_key).decode()
    with pytest.raises(Malformed, match="signature"):
        opened(json.dumps(fields).encode())


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"[" * 100_000, b"x" * (envelope.LARGEST + 1)])
def test_what_is_no_question_is_refused(text: bytes) -> None:
    with pytest.raises(Malformed):
        opened(text)


@pytest.mark.parametrize(
    "changed",
    [
        {"q": "unknown"},
        {"session": "A" * 32},
        {"identifier": "x" * 300},
        {"identifier": "a\nb"},
        {"login_type": "PIN"},
        {"pin": 31415},
        {"phone": {"name": "SEP; DROP"}},
        {"phone": {**{name: getattr(PHONE, name) for name in VisitedPhone.__slots__}, "keys": 0}},
    ],
)
def test_every_member_is_checked(changed: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_question(question_fields(LOG_IN) | changed)


def test_members_that_are_not_known_are_passed_over() -> None:
    assert read_question({**question_fields(LOG_IN), "new": 1}) == LOG_IN
    for question in (Ended("b" * 32, "phone"), Standing(("c" * 32,))):
        assert read_question(question_fields(question)) == question


def test_a_place_that_could_carry_more_than_an_address_is_refused() -> None:
    good = {"version": 1, "device": "EMCC1", "user_id": "bob", "realm": "r", "secret": "s", "shown": {}}
    assert read_content({**good, "places": [{"host": "10.0.0.1", "port": 5060, "tls_port": 0}]}).device == "EMCC1"
    for host in ("x;transport=tls", "a b", "", '"'):
        with pytest.raises(Malformed):
            read_content({**good, "places": [{"host": host, "port": 5060, "tls_port": 0}]})
