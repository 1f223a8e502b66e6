"""What most tests of headsets begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.headset_site import Device


@pytest.fixture
def lobby() -> Device:
    """A phone in the lobby, alice and bob with a headset each."""
    from tests.support import headset_site  # models, which Django has not loaded yet where this file is imported

    headset_site.phone()
    headset_site.owner("alice", headset_site.ALICES)
    headset_site.owner("bob", headset_site.BOBS)
    return headset_site.Device()
