from __future__ import annotations

import copy
import logging
import pickle

import pytest

from roamline.kernel.secret import Secret


def test_a_secret_shows_stars_wherever_it_is_printed(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret("27182")
    with caplog.at_level(logging.INFO):
        logging.getLogger("tests").info("checking %s and %r", secret, secret)
    printed = f"{secret} {secret!r} {[secret]} {caplog.text}"
    assert "27182" not in printed
    assert "***" in printed


def test_a_secret_is_given_only_when_asked_for() -> None:
    assert Secret("27182").reveal() == "27182"


def test_secrets_are_equal_by_value_and_never_to_a_plain_text() -> None:
    assert Secret("27182") == Secret("27182")
    assert Secret("27182") != Secret("27183")
    assert Secret("27182") != "27182"
    assert Secret("密码") == Secret("密码")


def test_an_empty_secret_is_false() -> None:
    assert not Secret("")
    assert Secret("0")


@pytest.mark.parametrize("leave", [pickle.dumps, copy.deepcopy])
def test_a_secret_does_not_leave_the_process(leave: object) -> None:
    with pytest.raises(TypeError):
        leave(Secret("27182"))  # type: ignore[operator]
