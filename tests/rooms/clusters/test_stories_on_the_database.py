"""The stories again, with one of the clusters on the real database: both stores keep one contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from django.db import transaction

from roamline.rooms.clusters import ring, sealing, store
from roamline.rooms.clusters.models import Network
from roamline.rooms.clusters.service import keys
from roamline.wires.ils.identity import Identity
from roamline.wires.ils.records import Record, Stream
from tests.stories.telling import Telling

STORIES = sorted((Path(__file__).parents[2] / "stories").glob("*.txt"))


class StoreInStories(store.DatabaseStore):
    """The product's store, with what people in stories do and see."""

    @transaction.atomic
    def say_many(
        self, identity: Identity, kind: str, said: Sequence[tuple[str, str | None]], now: datetime
    ) -> int:  # fmt: skip
        return store.say(identity, kind, said, now)

    def make_key(self, identity: Identity, not_for: frozenset[str], now: datetime) -> None:
        keys.make_key(not_for, now)

    def get(self, stream: Stream, key: str) -> Record | None:
        return store.record_of(stream, key)


@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("RO-5")
@pytest.mark.parametrize("name", ["HQ", "EAST", "WEST"])
@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_the_story_comes_true_on_the_database(story: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if f"back up {name}" in story.read_text():
        pytest.skip("a database is not set back here")
    # What rooms above this one would say of themselves is no part of a story.
    monkeypatch.setattr(ring, "_listeners", [])
    monkeypatch.setattr(ring, "_users", [])
    Network.objects.create(role=Network.HUB)
    telling = Telling(is_noisy=True)
    telling.world.given[name] = sealing.identity(), StoreInStories(limit=1_000_000)
    telling.tell(story)
