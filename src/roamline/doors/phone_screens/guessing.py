"""A guess where no PIN is looked at costs as much as where one is (S-2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from roamline.doors.phone_screens import asking, logging_in
from roamline.doors.phone_screens.asking import Asked
from roamline.kernel.outcome import Refused
from roamline.rooms.mobility import service as mobility
from roamline.rooms.parameters.moment import one_moment

View = Callable[[HttpRequest], HttpResponse]


def in_vain(asked: Asked, now: datetime) -> None:
    """Verify the PIN that came, if one did, against nobody's, and count it for where it came from."""
    who = logging_in.by(asked, asked.identifier or "")
    if asked.pin and not isinstance(who, Refused):
        mobility.count_in_vain(asked.pin, who, now)


def costs_a_check(view: View) -> View:
    """Have a ``HEAD`` that carries a PIN cost what ``GET`` and ``POST`` do; refusing it is left to the view."""

    @wraps(view)
    def costly(request: HttpRequest) -> HttpResponse:
        if request.method == "HEAD":
            with one_moment():
                in_vain(asking.read(request), timezone.now())
        return view(request)

    return costly
