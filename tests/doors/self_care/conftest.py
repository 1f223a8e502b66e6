"""A small world for self-care. What it needs of Django is imported late: pytest reads this before Django is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from roamline.rooms.directory.models import Account


@pytest.fixture
def alice(db: None) -> Account:
    """A user with a profile, a PIN and a password, and two phones to log in to."""
    from roamline.rooms.directory.authentication import recently_right
    from tests.support import factories

    recently_right.forget_all()
    factories.phone("SEP0011AA220001")
    factories.phone("SEP0011AA220003")
    factories.profile("EM_alice", numbers=("1001",))
    return factories.user("alice", password=factories.PASSWORD, first_name="Alice")


@pytest.fixture
def browser(alice: Account) -> Client:
    """Alice's browser, signed in."""
    from tests.support import factories

    client = Client()
    assert client.post("/selfcare/sign-in", {"user": "alice", "password": factories.PASSWORD}).status_code == 302
    return client
