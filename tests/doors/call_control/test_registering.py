"""Registrations: who may register which line with which secret."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.needs("kamailio")]


def test_a_phone_registers_its_line(site):
    site.phone("SEP01", "1001")
    assert site.sip("SEP01").register("1001") == 200
    assert site.rpc().all_registrations() == ["sep01~1001"]


def test_a_phone_that_registers_once_is_under_its_own_name(site):
    site.phone("SEP02", "1001", "1002", model=site.desk)
    assert site.sip("SEP02").register("1001") == 200
    assert site.rpc().all_registrations() == ["sep02"]


def test_a_line_of_somebody_else_is_refused(site):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    assert site.sip("SEP02").register("1001") == 403
    assert site.rpc().all_registrations() == []


def test_a_wrong_secret_is_not_accepted(site):
    site.phone("SEP01", "1001")
    assert site.sip("SEP01", "guessed").register("1001") == 401
    assert site.sip("SEP99").register("1001") == 401
    assert site.rpc().all_registrations() == []
