"""``/authenticate``: a phone that was pushed something asks whether whoever pushed it may.

Older phones POST ``UserID``, ``Password`` and ``devicename``, newer ones GET the first two; the answer is exactly
``AUTHORIZED`` or ``UN-AUTHORIZED`` without a newline (public documentation of Cisco's phone services and of free push
programs). An empty authentication URL would have phones accept everybody, so every file names this one. That the user
of a push is the device itself is our own design: the password is the device's alone and opens no other phone.
"""

from __future__ import annotations

import hmac

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from roamline.rooms.phones import secrets

LONGEST_VALUE = 128


@csrf_exempt  # phones keep no cookies: there is no session to ride on
@require_http_methods(["GET", "POST"])
def authenticate(request: HttpRequest) -> HttpResponse:
    """Say whether user and password are those with which this site pushes to the device."""
    given = {**request.GET.dict(), **(request.POST.dict() if request.method == "POST" else {})}
    right = _is_ours(given.get("UserID", ""), given.get("Password", ""), given.get("devicename", ""))
    response = HttpResponse("AUTHORIZED" if right else "UN-AUTHORIZED", content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


def _is_ours(user: str, password: str, device: str) -> bool:
    if not user or len(user) > LONGEST_VALUE or (device and device != user):
        return False
    return hmac.compare_digest(password.encode(), secrets.push_password_of(user).reveal().encode())
