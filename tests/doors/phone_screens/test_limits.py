"""What the phone-facing WSGI application refuses before Django reads it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application

from roamline.processes.limits import BODY_LIMIT, limited_wsgi
from roamline.rooms.mobility.models import LoginSession
from tests.doors.phone_screens.desk import LOBBY, PATH, DeskPhone
from tests.support.factories import PIN

# As in service, each request ends with a look at its database connection: a transaction around it would be lost.
pytestmark = pytest.mark.django_db(transaction=True)


class Unread(BytesIO):
    """A body that must not be read."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("the body was read")


def post(body: BytesIO, length: str) -> tuple[str, bytes]:
    """The status and the body of the answer to a POST with a log-in in its query."""
    answered: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": PATH, "QUERY_STRING": f"device={LOBBY}", "CONTENT_LENGTH": length,
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8080",
        "wsgi.input": body, "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip
    application = limited_wsgi(get_wsgi_application())
    answer = b"".join(application(environ, lambda status, headers: answered.append(status)))
    return answered[0], answer


@pytest.mark.parametrize("length", [str(BODY_LIMIT + 1), "9" * 13, "-1", "many", "²"])
def test_a_body_that_is_too_large_is_refused_unread(desk: DeskPhone, length: str) -> None:
    status, _ = post(Unread(), length)
    assert status.startswith("413")
    assert not LoginSession.objects.exists()


def test_a_body_within_the_limit_logs_in(desk: DeskPhone) -> None:
    form = f"userid=alice&seq={PIN}&padding={'x' * (BODY_LIMIT - 200)}".encode()
    status, answer = post(BytesIO(form), str(len(form)))
    assert (status, b"Login successful" in answer) == ("200 OK", True)


def test_a_form_of_thousands_of_fields_is_refused(desk: DeskPhone) -> None:
    form = "&".join(f"f{number}=1" for number in range(3000)).encode()
    status, _ = post(BytesIO(form), str(len(form)))
    assert status.startswith("400")
