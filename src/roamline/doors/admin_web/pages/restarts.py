"""Restart, Reset and Apply config: of one phone or profile, of a selection, of all that a filter finds (EM-11).

Before anything is told, a page says how many phones it meets and how many calls are up on them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.deeds import Deed, DeedForm
from roamline.doors.admin_web.who import ADMINISTRATORS, account_of, may
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones.models import DeviceProfile, Phone

NAMED = 20
"""So many phones are named on the page; of the others it gives the number."""

PhonesOf = Callable[[Any], "QuerySet[Phone]"]


@dataclass(frozen=True, slots=True)
class Order:
    """What phones are told, and what an administrator reads about it."""

    action: str
    title: Any
    icon: str
    selection: Any
    question: Any


ORDERS = (
    Order("restart", _("Restart"), "restart_alt", _("Restart the selected phones"),
          _("The phone fetches its configuration anew and registers again, as soon as no call is up. Whoever is "
            "logged in stays so.")),
    Order("reset", _("Reset"), "power_settings_new", _("Reset the selected phones"),
          _("The phone starts anew, as if power had been off, as soon as no call is up. Whoever is logged in stays "
            "so.")),
    Order(mobility.APPLY_CONFIG, _("Apply config"), "published_with_changes",
          _("Apply the configuration to the selected phones"),
          _("The phone compares its configuration with this site's, and restarts only when they differ. Software "
            "phones take changes over by themselves.")),
)  # fmt: skip


def warning_of(phones: QuerySet[Phone]) -> str:
    """How many phones this meets, and how many calls are up on them."""
    names = list(phones.values_list("name", flat=True))
    calls = mobility.calls_up_on(names)
    count = ngettext("%(count)d phone", "%(count)d phones", len(names)) % {"count": len(names)}
    if not calls:
        return gettext("This meets %(phones)s. No call is up.") % {"phones": count}
    up = ngettext("%(count)d call is up", "%(count)d calls are up", calls) % {"count": calls}
    text = gettext("This meets %(phones)s. %(calls)s: these phones wait until they are idle.")
    return text % {"phones": count, "calls": up}


def tell(request: HttpRequest, phones: QuerySet[Phone], order: Order) -> None:
    """Tell them, and say so."""
    count = mobility.reconfigure_phones(
        phones.values_list("pk", flat=True), account_of(request).user_id, timezone.now(), action=order.action
    )
    text = ngettext("%(order)s: %(count)d phone is told.", "%(order)s: %(count)d phones are told.", count)
    messages.success(request, text % {"order": order.title, "count": count})


def deeds(phones_of: PhonesOf) -> tuple[Deed, ...]:
    """The three as deeds of one noun; ``phones_of`` gives the phones that it means."""
    return tuple(_deed(order, phones_of) for order in ORDERS)


def _deed(order: Order, phones_of: PhonesOf) -> Deed:
    def do(request: HttpRequest, noun: Any, _form: DeedForm) -> None:
        tell(request, phones_of(noun), order)

    return Deed(
        order.action, order.title, order.icon, do, question=order.question,
        warn=lambda noun: warning_of(phones_of(noun)),
    )  # fmt: skip


def this_phone(phone: Phone) -> QuerySet[Phone]:
    """A phone's own."""
    return Phone.objects.filter(pk=phone.pk)


def phones_running(profile: DeviceProfile) -> QuerySet[Phone]:
    """The phones that run a profile now."""
    return Phone.objects.filter(current_profile=profile)


RESTART_ACTIONS = ("restart_selected", "reset_selected", "apply_selected")


class RestartsPhones:
    """Adds the three to a list's actions."""

    def phones_of_selection(self, queryset: QuerySet[Any]) -> QuerySet[Phone]:
        """The phones that the selected rows mean."""
        return queryset

    def has_restart_permission(self, request: HttpRequest) -> bool:
        """Administrators."""
        return may(request, ADMINISTRATORS)

    @admin.action(permissions=["restart"], description=ORDERS[0].selection)
    def restart_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask, then restart."""
        return self._ask_or_tell(request, queryset, ORDERS[0])

    @admin.action(permissions=["restart"], description=ORDERS[1].selection)
    def reset_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask, then reset."""
        return self._ask_or_tell(request, queryset, ORDERS[1])

    @admin.action(permissions=["restart"], description=ORDERS[2].selection)
    def apply_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask, then have them compare."""
        return self._ask_or_tell(request, queryset, ORDERS[2])

    def _ask_or_tell(self, request: HttpRequest, queryset: QuerySet[Any], order: Order) -> HttpResponse | None:
        phones = Phone.objects.filter(pk__in=self.phones_of_selection(queryset).order_by().values("pk"))
        if request.POST.get("confirmed"):
            tell(request, phones, order)
            return None
        names = list(phones.order_by("name").values_list("name", flat=True)[: NAMED + 1])
        context = {
            **admin.site.each_context(request),
            "title": order.title,
            "question": order.question,
            "warning": warning_of(phones),
            "names": names[:NAMED],
            "are_more": len(names) > NAMED,
            "action": request.POST.get("action", ""),
            "all_found": request.POST.get("select_across", "0"),
            "selected": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
            "opts": self.opts,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "admin_web/restart.html", context)
