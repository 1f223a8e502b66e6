"""Browsers on a small site. What it needs of Django is imported late: pytest reads this before Django is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from tests.doors.admin_web.small_site import SmallSite


@pytest.fixture
def small_site(db: None) -> SmallSite:
    """The demo's phones and dial plan with a few accounts, in the test's transaction."""
    from tests.doors.admin_web.small_site import build

    return build()


def _signed_in(user_id: str) -> Client:
    from tests.doors.admin_web.small_site import signed_in

    return signed_in(user_id)


@pytest.fixture
def admin(small_site: SmallSite) -> Client:
    """The administrator's browser."""
    return _signed_in("admin")


@pytest.fixture
def dana(small_site: SmallSite) -> Client:
    """The help desk's browser."""
    return _signed_in("dana")


@pytest.fixture
def reader(small_site: SmallSite) -> Client:
    """The browser of somebody who may only look."""
    return _signed_in("reader")
