"""What can be done with several selected nouns at once: first a page that says what will follow, then it is done.

What is confirmed is what was seen: when the selection is another one by then, the page is shown again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext

from roamline.doors.admin_web import deletion
from roamline.doors.admin_web.who import ADMINISTRATORS, may

MOST_SELECTED = 500
"""More are a job of the bulk administration: a page would keep its reader waiting."""
CONFIRMED = "confirmed"


class SelectionForm(forms.Form):
    """The questions of a deed; ``nouns`` are what it is done to."""


@dataclass(frozen=True, slots=True)
class SelectionDeed:
    """One deed. ``consequences`` are sentences on what will follow; ``do`` tells by messages how it went."""

    name: str
    title: Any
    consequences: Callable[[Sequence[Any]], list[Any]]
    do: Callable[[HttpRequest, Any, Sequence[Any], Any], None]
    form: type[SelectionForm] = SelectionForm
    roles: frozenset[str] = ADMINISTRATORS
    is_grave: bool = False


def actions_of(page: Any, request: HttpRequest) -> dict[str, Any]:
    """The deeds that whoever is signed in may do, as Django's actions."""
    return {
        deed.name: (_action(deed), deed.name, deed.title)
        for deed in page.selection_deeds
        if may(request, deed.roles) and page.has_view_permission(request)
    }


def _action(deed: SelectionDeed) -> Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse | None]:
    def act(page: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        nouns = list(queryset.order_by("pk")[: MOST_SELECTED + 1])
        if len(nouns) > MOST_SELECTED:
            text = gettext("At most %(count)d at once: select fewer, or use the bulk administration.")
            messages.error(request, text % {"count": MOST_SELECTED})
            return None
        return _ask_or_do(page, request, deed, nouns)

    return act


def _ask_or_do(page: Any, request: HttpRequest, deed: SelectionDeed, nouns: list[Any]) -> HttpResponse | None:
    seen, answer = _digest(nouns), request.POST.get(CONFIRMED)
    form = deed.form(request.POST if answer else None)
    if answer and answer != seen:
        messages.warning(request, gettext("The selection is another one by now. Look again before you confirm."))
    elif answer and form.is_valid():
        deed.do(request, page, nouns, form)
        return None
    context = {
        **admin.site.each_context(request),
        "title": deed.title,
        "deed": deed,
        "form": form,
        "media": form.media,
        "seen": seen,
        "count": len(nouns),
        "links": deletion.links(nouns),
        "consequences": deed.consequences(nouns),
        "kept": _kept(request),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin_web/selection.html", context)


def _digest(nouns: Sequence[Any]) -> str:
    return hashlib.sha256(",".join(str(noun.pk) for noun in nouns).encode()).hexdigest()


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of the list's form by which the selection is made again."""
    names = ("action", "select_across", "index", ACTION_CHECKBOX_NAME)
    return [(name, value) for name in names for value in request.POST.getlist(name)]
