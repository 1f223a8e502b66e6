"""The demo site's content in the test database, and nothing remembered from other tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def demo(db: None) -> Iterator[None]:
    """The demo site."""
    from django.utils import translation

    from roamline.demo import site
    from roamline.doors.provisioning import answering, rendered

    site.load("not-a-secret")
    with translation.override("en"):
        yield
    rendered.kept.forget_all()
    answering.unknown.forget_all()
