from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from roamline.platform.request_log import RequestLog


def answer(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    """What was logged since the last question."""
    caplog.set_level(logging.INFO)
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def ask(address: str, **headers: str) -> HttpResponse:
    response = RequestLog(answer)(RequestFactory().get(address, headers=headers))
    assert isinstance(response, HttpResponse)
    return response


def test_a_request_is_logged_without_its_query(lines: Callable[[], list[dict[str, Any]]]) -> None:
    ask("/emapp/EMAppServlet?device=SEP0011AA220001&userid=alice&seq=27182&pin=27182")
    logged = lines()
    assert "27182" not in str(logged)
    assert "alice" not in str(logged)
    assert [(line["method"], line["path"], line["device"], line["status"]) for line in logged] == [
        ("GET", "/emapp/EMAppServlet", "SEP0011AA220001", 200)
    ]


def test_what_is_no_device_name_is_not_logged(lines: Callable[[], list[dict[str, Any]]]) -> None:
    ask("/emapp/EMAppServlet?device=27182%0A{forged}")
    assert lines()[0]["device"] == "?"


def test_the_answer_carries_the_request_id_and_a_well_formed_one_is_kept() -> None:
    assert ask("/", **{"X-Request-Id": "abc-12345"})["X-Request-Id"] == "abc-12345"
    assert ask("/", **{"X-Request-Id": "bad id\n"})["X-Request-Id"] not in {"bad id\n", ""}
    assert len(ask("/")["X-Request-Id"]) == 32


def test_health_questions_are_not_logged(lines: Callable[[], list[dict[str, Any]]]) -> None:
    ask("/healthz")
    assert lines() == []
