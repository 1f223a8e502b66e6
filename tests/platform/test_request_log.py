from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from structlog.testing import capture_logs

from roamline.platform.request_log import RequestLog


def answer(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@pytest.fixture
def lines() -> Iterator[list[structlog.typing.EventDict]]:
    with capture_logs() as captured:
        yield captured


def ask(address: str, **headers: str) -> HttpResponse:
    response = RequestLog(answer)(RequestFactory().get(address, headers=headers))
    assert isinstance(response, HttpResponse)
    return response


def test_a_request_is_logged_without_its_query(lines: list[structlog.typing.EventDict]) -> None:
    ask("/emapp/EMAppServlet?device=SEP0011AA220001&userid=alice&seq=27182&pin=27182")
    assert "27182" not in str(lines)
    assert "alice" not in str(lines)
    assert [(line["method"], line["path"], line["device"], line["status"]) for line in lines] == [
        ("GET", "/emapp/EMAppServlet", "SEP0011AA220001", 200)
    ]


def test_what_is_no_device_name_is_not_logged(lines: list[structlog.typing.EventDict]) -> None:
    ask("/emapp/EMAppServlet?device=27182%0A{forged}")
    assert lines[0]["device"] == "?"


def test_the_answer_carries_the_request_id_and_a_well_formed_one_is_kept() -> None:
    assert ask("/", **{"X-Request-Id": "abc-12345"})["X-Request-Id"] == "abc-12345"
    assert ask("/", **{"X-Request-Id": "bad id\n"})["X-Request-Id"] not in {"bad id\n", ""}
    assert len(ask("/")["X-Request-Id"]) == 32


def test_health_questions_are_not_logged(lines: list[structlog.typing.EventDict]) -> None:
    ask("/healthz")
    assert lines == []
