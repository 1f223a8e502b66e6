"""What can be done with a noun besides changing it: log out, unlock, reset a PIN, … each a page that asks, then does.

Asking first keeps every change behind a POST with its CSRF token. A deed names the roles that may do it, and they
are asked again when it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from roamline.doors.admin_web.who import ADMINISTRATORS, may


class DeedForm(forms.Form):
    """The questions of a deed; ``noun`` is what it is done to."""

    def __init__(self, *args: Any, noun: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.noun = noun
        self.prepare()

    def prepare(self) -> None:
        """Fit the questions to the noun."""


def _always(_noun: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed. ``do(request, noun, form)`` returns an answer, or None for the noun's page; messages say how it went.

    ``warn(noun)`` gives a warning for the page that asks. A form may gain errors while it is done: then it is shown
    again. ``offered`` says whether there is a button.
    """

    name: str
    title: Any
    icon: str
    do: Callable[[HttpRequest, Any, Any], HttpResponse | None]
    question: Any = ""
    form: type[DeedForm] = DeedForm
    roles: frozenset[str] = ADMINISTRATORS
    offered: Callable[[Any], bool] = _always
    is_grave: bool = False
    warn: Callable[[Any], str] | None = None


def url_name(options: Any, deed: Deed) -> str:
    """The name of a deed's address."""
    return f"{options.app_label}_{options.model_name}_{deed.name}"


def addresses(page: Any, deeds: tuple[Deed, ...]) -> list[URLPattern]:
    """The addresses of a page's deeds."""
    return [
        path(f"<path:object_id>/{deed.name}/", page.admin_site.admin_view(_view(page, deed)),
             name=url_name(page.opts, deed))
        for deed in deeds
    ]  # fmt: skip


def buttons(page: Any, request: HttpRequest, noun: Any) -> list[dict[str, Any]]:
    """The deeds that this account may do to this noun now."""
    return [
        {
            "title": deed.title,
            "icon": deed.icon,
            "is_grave": deed.is_grave,
            "link": reverse(f"admin:{url_name(page.opts, deed)}", args=[noun.pk]),
        }
        for deed in page.deeds
        if may(request, deed.roles) and deed.offered(noun)
    ]


def _view(page: Any, deed: Deed) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, object_id: str) -> HttpResponse:
        if not may(request, deed.roles) or not page.has_view_permission(request):
            raise PermissionDenied
        noun = page.get_object(request, unquote(object_id))
        if noun is None:
            raise Http404
        form = deed.form(request.POST if request.method == "POST" else None, noun=noun)
        if request.method == "POST" and form.is_valid():
            answer = deed.do(request, noun, form)
            if answer is not None:
                return answer
            if form.is_valid():
                return HttpResponseRedirect(page.address_of(noun))
        return ask(page, request, noun, deed, form)

    return view


def ask(page: Any, request: HttpRequest, noun: Any, deed: Deed, form: DeedForm) -> HttpResponse:
    """The page that asks."""
    context = {
        **admin.site.each_context(request),
        "title": deed.title,
        "subtitle": str(noun),
        "noun": noun,
        "deed": deed,
        "form": form,
        "warning": deed.warn(noun) if deed.warn else "",
        "media": form.media,
        "opts": page.opts,
        "back": page.address_of(noun),
    }
    return TemplateResponse(request, "admin_web/deed.html", context)
