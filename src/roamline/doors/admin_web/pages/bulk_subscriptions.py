"""Subscribe or unsubscribe what is selected in a list of phones or device profiles (EM-5)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.who import author_of
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones.models import Phone, PhoneService

MOST_AT_ONCE = 20_000
NAMES_SHOWN = 20
MOST_ASKED = 100
"""So many phones call control is asked about."""


class BulkSubscribeForm(forms.Form):
    """What to add and what to take away; everything else stays as it is."""

    add = forms.ModelMultipleChoiceField(
        PhoneService.objects.all(), required=False, label=_("Subscribe to"), widget=skin.checkboxes()
    )
    remove = forms.ModelMultipleChoiceField(
        PhoneService.objects.all(), required=False, label=_("Unsubscribe from"), widget=skin.checkboxes(),
        help_text=_("Services with an enterprise subscription stay on every phone."),
    )  # fmt: skip

    def clean(self) -> Any:
        """Something, and nothing both ways."""
        cleaned = super().clean() or {}
        add, remove = set(cleaned.get("add", ())), set(cleaned.get("remove", ()))
        if not add | remove:
            raise forms.ValidationError(gettext("Choose at least one phone service."))
        if add & remove:
            names = ", ".join(sorted(service.name for service in add & remove))
            raise forms.ValidationError(gettext("Subscribe to it or unsubscribe from it: %(names)s") % {"names": names})
        return cleaned


@admin.action(permissions=["change"], description=_("Subscribe/Unsubscribe services…"))
def subscribe_selected(page: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    """Ask which services, say what will follow, then change them in everything that is selected."""
    count = queryset.count()
    if count > MOST_AT_ONCE:
        messages.error(request, gettext("Select at most %(count)d at once.") % {"count": MOST_AT_ONCE})
        return None
    form = BulkSubscribeForm(request.POST if "subscribe" in request.POST else None)
    if not form.is_valid() or not request.POST.get("confirmed"):
        return _ask(page, request, queryset, count, form)
    do = mobility.subscribe_phones if queryset.model is Phone else mobility.subscribe_profiles
    nouns = page.model._base_manager.filter(pk__in=queryset.values("pk"))
    done = do(nouns, form.cleaned_data["add"], form.cleaned_data["remove"], author_of(request), timezone.now())
    text = gettext("Changed: %(changed)d of %(count)d. Phones that fetch their configuration anew: %(told)d.")
    messages.success(request, text % {"changed": done.changed, "count": count, "told": done.told})
    return None


def _ask(page: Any, request: HttpRequest, queryset: QuerySet[Any], count: int, form: BulkSubscribeForm) -> HttpResponse:
    context = {
        **page.admin_site.each_context(request),
        "title": _("Subscribe/Unsubscribe services"),
        "count": count,
        "names": [str(noun) for noun in queryset[:NAMES_SHOWN]],
        "form": form,
        "consequences": _consequences(queryset, form) if form.is_valid() else [],
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "checkbox": ACTION_CHECKBOX_NAME,
        "across": request.POST.get("select_across", "0"),
        "opts": page.opts,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin_web/bulk_subscribe.html", context)


def _consequences(queryset: QuerySet[Any], form: BulkSubscribeForm) -> list[str]:
    """What will follow, before it is done."""
    add, remove = form.cleaned_data["add"], form.cleaned_data["remove"]
    column = "own_profile_id" if queryset.model is Phone else "pk"
    profiles = list(queryset.order_by().values_list(column, flat=True))
    seen = mobility.foresee(profiles, add, remove)
    in_call = [name for name in seen.phones[:MOST_ASKED] if mobility.is_in_call(name)]
    found = [
        gettext("Subscribed to: %(names)s") % {"names": _names(add)},
        gettext("Unsubscribed from: %(names)s") % {"names": _names(remove)},
        gettext("What changes: %(changed)d of %(count)d.") % {"changed": seen.changed, "count": len(profiles)},
        gettext("Phones that fetch their configuration anew: %(count)d.") % {"count": len(seen.phones)},
        gettext("Phones on which somebody is logged in and stays so: %(count)d.") % {"count": seen.in_use},
    ]
    if in_call:
        text = gettext("Phones in a call right now, which are told when it ends: %(count)d.")
        found.append(text % {"count": len(in_call)})
    return found


def _names(services: Any) -> str:
    return ", ".join(service.name for service in services) or "–"
