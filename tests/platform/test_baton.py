"""The baton: one at a time, handed on while its carrier waits, and never a reason to stand still."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from roamline.platform import baton
from tests.support.crowd import Crowd


@pytest.fixture
def patient(monkeypatch):
    monkeypatch.setattr(baton, "PATIENCE", 30)


def test_who_carries_it_works_alone(patient):
    crowd = Crowd()

    def work(_number: int) -> None:
        with baton.carried(), crowd:
            pass

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(40)))
    assert crowd.most == 1


def test_others_have_it_while_its_carrier_waits(patient):
    with ThreadPoolExecutor(1) as others, baton.carried():
        with baton.laid_down():
            assert others.submit(_carries).result(30)
        late = others.submit(_carries)
        assert not late.done()
        with baton.laid_down():
            assert late.result(30)


def test_who_waited_long_enough_goes_on_without_it_and_takes_it_from_nobody(monkeypatch):
    monkeypatch.setattr(baton, "PATIENCE", 0.01)
    with ThreadPoolExecutor(1) as others, baton.carried():
        assert not others.submit(_carries).result(30)
        assert not others.submit(_carries).result(30)
    assert _carries()


def test_an_error_passes_it_on():
    with pytest.raises(ValueError, match="of the block"), baton.carried():
        raise ValueError("of the block")
    with pytest.raises(ValueError, match="while it waited"), baton.carried(), baton.laid_down():
        raise ValueError("while it waited")
    assert _carries()


def test_who_has_none_lays_none_down():
    with baton.laid_down():
        assert _carries()


def _carries() -> bool:
    with baton.carried():
        return baton._mine.carried
