"""Changing fields of several nouns at once, each audited and in a transaction of its own, and undoing that.

What an undo needs stands in the session of whoever changed it: each noun with its values before and after. A noun
that somebody changed again since then is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.who import author_of
from roamline.rooms.ledger import changes
from roamline.rooms.ledger.changes import InUse
from roamline.rooms.mobility import service as mobility

UNDO = "undo"
Values = dict[str, Any]
"""Fields by the name of their column, such as ``device_pool_id``."""


@dataclass(slots=True)
class Done:
    """What was changed: each noun's key, values before, values after; how many phones are told; what was refused."""

    rows: list[tuple[int, Values, Values]] = field(default_factory=list)
    phones: int = 0
    refused: list[str] = field(default_factory=list)


def change(request: HttpRequest, page: Any, wanted: Sequence[tuple[int, Values]]) -> Done:
    """Give nouns values; those that have them already stay untouched, those that must not have them are refused."""
    done = Done()
    for key, values in wanted:
        try:
            with transaction.atomic():
                _change_one(request, page, key, values, done)
        except InUse as refusal:
            done.refused += refusal.reasons
    return done


def _change_one(request: HttpRequest, page: Any, key: int, values: Values, done: Done) -> None:
    rows = page.model._base_manager.filter(pk=key)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    noun = rows.first()
    if noun is None:
        return
    before = {name: getattr(noun, name) for name in values}
    if before == values:
        return
    facts = page.facts(noun)
    for name, value in values.items():
        setattr(noun, name, value)
    page.refuse_bad(noun)
    noun.save(update_fields=[page.model._meta.get_field(name).name for name in values])
    noun = page.model._base_manager.get(pk=key)
    now = timezone.now()
    changed = changes.record_changed(
        noun, page.kind, facts, page.facts(noun), page.names(noun), author_of(request), now
    )
    phones = page.sees(noun, set(changed), set(page.reach(noun)))
    done.phones += mobility.reconfigure_phones(phones, author_of(request).name, now) if phones else 0
    done.rows.append((key, before, values))


def tell(request: HttpRequest, page: Any, done: Done) -> None:
    """Say how a change of several nouns went, and offer to undo it."""
    for reason in done.refused[:20]:
        messages.warning(request, reason)
    if not done.rows:
        messages.info(request, gettext("Nothing was changed."))
        return
    request.session[UNDO] = {"page": page.opts.label_lower, "rows": done.rows}
    text = gettext("Changed: %(count)d. Phones that fetch their configuration anew: %(phones)d.")
    said = text % {"count": len(done.rows), "phones": done.phones}
    messages.success(
        request, format_html('{} <a href="{}"><u>{}</u></a>', said, reverse("admin:undo"), gettext("Undo"))
    )


def undo_page(request: HttpRequest) -> HttpResponse:
    """Ask whether the last change of several nouns is to be undone, and undo it."""
    kept = request.session.get(UNDO)
    page = next((p for p in admin.site._registry.values() if kept and p.opts.label_lower == kept["page"]), None)
    if kept is None or page is None:
        messages.info(request, gettext("There is nothing to undo."))
        return HttpResponseRedirect(reverse("admin:index"))
    if not page.has_change_permission(request):
        raise PermissionDenied
    back = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
    if request.method == "POST":
        del request.session[UNDO]
        _undo(request, page, kept["rows"])
        return HttpResponseRedirect(back)
    question = gettext("What you changed last is set back, of %(count)d. What was changed again since then stays.")
    context = {
        **admin.site.each_context(request),
        "title": _("Undo"),
        "deed": {"question": question % {"count": len(kept["rows"])}},
        "back": back,
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin_web/deed.html", context)


def _undo(request: HttpRequest, page: Any, rows: list[tuple[int, Values, Values]]) -> None:
    now = {noun.pk: noun for noun in page.model._base_manager.filter(pk__in=[key for key, *_values in rows])}
    still = [
        (key, before) for key, before, after in rows
        if key in now and {name: getattr(now[key], name) for name in after} == after
    ]  # fmt: skip
    done = change(request, page, still)
    text = gettext("Set back: %(count)d. Left, because they were changed again or deleted: %(left)d.")
    messages.success(request, text % {"count": len(done.rows), "left": len(rows) - len(done.rows)})
