from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from roamline.rooms.ledger import firing, service
from roamline.rooms.ledger.models import Effect
from roamline.rooms.ledger.service import LEASE, TryAgain
from tests.support.factories import NOW

KIND = "tests.effect"
SOON = NOW + timedelta(seconds=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Iterator[list[tuple[str, int]]]:
    """What the outside world was told, as (subject, version); payloads may bring trouble once."""
    seen: list[tuple[str, int]] = []

    def handler(subject: str, version: int, payload: dict[str, Any], now: object) -> None:
        seen.append((subject, version))
        if seen.count((subject, version)) == 1:
            if payload.get("trouble") == "later":
                raise TryAgain(5, "the phone does not answer")
            if payload.get("trouble") == "bug":
                raise ZeroDivisionError
            if payload.get("newer"):
                service.ask_for_effect(KIND, subject, payload["newer"], SOON)

    service.on_effect(KIND)(handler)
    yield seen
    firing._effect_handlers.pop(KIND)


def test_a_phone_is_told_once_of_the_newest_version(told: list[tuple[str, int]]) -> None:
    for version in (1, 2, 3):
        service.ask_for_effect(KIND, "phone", version, NOW)
    service.perform_due_effects(NOW)
    assert told == [("phone", 3)]
    assert not Effect.objects.exists()


def test_a_stale_version_never_undoes_a_newer_one(told: list[tuple[str, int]]) -> None:
    service.ask_for_effect(KIND, "phone", 5, NOW, {"action": "reset"})
    service.ask_for_effect(KIND, "phone", 4, NOW, {"action": "restart"})
    assert (Effect.objects.get().version, Effect.objects.get().payload) == (5, {"action": "reset"})
    service.perform_due_effects(NOW)
    assert told == [("phone", 5)]


def test_a_version_asked_for_while_the_older_one_is_told_is_told_too(told: list[tuple[str, int]]) -> None:
    service.ask_for_effect(KIND, "phone", 1, NOW, {"newer": 2})
    service.perform_due_effects(NOW)
    assert Effect.objects.get().version == 2
    service.perform_due_effects(SOON)
    assert told == [("phone", 1), ("phone", 2)]
    assert not Effect.objects.exists()


def test_an_effect_that_cannot_be_had_yet_comes_back(told: list[tuple[str, int]]) -> None:
    service.ask_for_effect(KIND, "phone", 1, NOW, {"trouble": "later"})
    service.perform_due_effects(NOW)
    assert Effect.objects.get().last_error == "the phone does not answer"
    assert service.perform_due_effects(NOW + timedelta(seconds=4)) == 0
    service.perform_due_effects(NOW + timedelta(seconds=5))
    assert told == [("phone", 1)] * 2


def test_an_effect_that_fails_is_tried_again_after_a_growing_pause(told: list[tuple[str, int]]) -> None:
    service.ask_for_effect(KIND, "phone", 1, NOW, {"trouble": "bug"})
    service.perform_due_effects(NOW)
    assert Effect.objects.get().due_at == NOW + timedelta(seconds=2)
    service.perform_due_effects(NOW + timedelta(seconds=2))
    assert not Effect.objects.exists()


def test_an_effect_nobody_performs_is_dropped() -> None:
    service.ask_for_effect("tests.unknown", "phone", 1, NOW)
    service.perform_due_effects(NOW + LEASE)
    assert not Effect.objects.exists()
