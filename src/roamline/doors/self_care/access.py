"""Who is here: every page is for a signed-in end user, and shows and changes what is theirs only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from roamline.doors.self_care.backend import WAY
from roamline.rooms.directory.models import Account
from roamline.rooms.directory.pin_change import Asking
from roamline.rooms.mobility.service import By, Way

View = Callable[..., HttpResponse]


def user_of(request: HttpRequest) -> Account | None:
    """The end user who is signed in; None for nobody, and for application users."""
    account = request.user
    return account if isinstance(account, Account) and account.kind == Account.END and account.is_active else None


def for_users(view: View) -> View:
    """Call the view with the signed-in end user; others sign in first, and choose a new password where they must."""

    @never_cache
    @wraps(view)
    def seen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = user_of(request)
        if user is None:
            return HttpResponseRedirect(f"{reverse('self_care:sign_in')}?next={quote(request.path)}")
        if user.password_must_change and not request.path.endswith("/password"):
            return HttpResponseRedirect(reverse("self_care:password"))
        return view(request, user, *args, **kwargs)

    return seen


def by(request: HttpRequest, user: Account) -> By:
    """The user, acting in self-care from their address."""
    return By(user.user_id, Way.SELF_CARE, source_of(request))


def by_code(request: HttpRequest, user: Account) -> By:
    """The user, in front of a phone whose code they typed."""
    return By(user.user_id, Way.CODE, source_of(request))


def asking(request: HttpRequest) -> Asking:
    """The same for a change of the PIN."""
    return Asking(WAY, source_of(request))


def source_of(request: HttpRequest) -> str:
    """The address that the request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))
