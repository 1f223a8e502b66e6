"""Every story comes true: in a quiet network, and in one that doubles and reorders what passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.telling import Telling

STORIES = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.proves("RO-4", "RO-5", "RO-22")
@pytest.mark.parametrize("is_noisy", [False, True], ids=["quiet", "noisy"])
@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_the_story_comes_true(story: Path, is_noisy: bool) -> None:
    Telling(is_noisy=is_noisy).tell(story)
