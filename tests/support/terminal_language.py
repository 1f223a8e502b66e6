"""The language of the terminal in tests: what commands set in the environment and in gettext ends with the test."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator

import pytest

from roamline_desk_agent import words


@pytest.fixture
def own_language() -> Iterator[None]:
    """The test's commands may speak any language: other tests' speak English."""
    before, domain = os.environ["LANGUAGE"], gettext.textdomain()
    yield
    os.environ["LANGUAGE"] = before
    gettext.textdomain(domain)
    words._spoken.set(words.ENGLISH)
