"""Scheduled log-outs: whom, when, and a preview of whom each would meet now and who of them is in a call (BL-2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.base import NounPage
from roamline.doors.admin_web.who import HELP, by, may
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.changes import Names
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LogOutSchedule

DAYS = [
    ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")), ("4", _("Friday")),
    ("5", _("Saturday")), ("6", _("Sunday")),
]  # fmt: skip


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A schedule, its days to tick."""

    days = forms.MultipleChoiceField(choices=DAYS, label=_("Days"), widget=skin.checkboxes(), initial="0123456")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["days"] = list(self.instance.days)
        else:
            self.initial["days"] = [day for day, _name in DAYS]
        if "account" in self.fields:
            self.fields["account"].queryset = Account.objects.filter(kind=Account.END)  # type: ignore[attr-defined]

    def clean_days(self) -> str:
        """The days as the schedule keeps them."""
        return "".join(sorted(self.cleaned_data["days"]))

    def clean(self) -> Any:
        """A single date must still be to come at one of the sites that the schedule meets."""
        cleaned = super().clean() or {}
        if cleaned.get("enabled") and cleaned.get("once_on") and cleaned.get("at") and cleaned.get("whom"):
            facts = {name: cleaned[name] for name in ("at", "once_on", "whom")}
            asked = LogOutSchedule(**facts, device_pool=cleaned.get("device_pool"), days="0123456")
            if not mobility.still_comes(asked, timezone.now()):
                self.add_error("once_on", mobility.PASSED)
        return cleaned


@admin.register(LogOutSchedule)
class SchedulePage(NounPage):
    """Log-outs at a time of day."""

    kind = "schedule"
    form = ScheduleForm
    list_display = ("name", "meets_whom", "at", "on_days", "enabled")
    list_select_related = ("device_pool", "account")
    list_filter = ("whom", "enabled")
    search_fields = ("name", "device_pool__name", "account__user_id")
    find_fields = ("name", "device_pool__name", "account__user_id")
    autocomplete_fields = ("device_pool", "account")
    fieldsets = (
        (None, {"fields": ("name", "enabled")}),
        (_("Whom"), {"fields": ("whom", "device_pool", "account")}),
        (_("When"), {"fields": ("at", "days", "once_on")}),
    )
    help_texts = {
        "name": _("The audit trail names the log-outs by it."),
        "device_pool": _("The site; only where a device pool is logged out."),
        "account": _("The user, on whatever phone; only where a user is logged out."),
        "at": _("In the time zone of each phone's device pool."),
        "once_on": _("Empty: again and again on the days that are ticked."),
        "enabled": _("Off: it is kept, and logs nobody out."),
    }

    @skin.display(description=_("whom"))
    def meets_whom(self, schedule: LogOutSchedule) -> str:
        """Everybody, a site or a user."""
        return str(schedule.device_pool or schedule.account or gettext("Everybody"))

    @skin.display(description=_("days"))
    def on_days(self, schedule: LogOutSchedule) -> str:
        """The days, or the one date."""
        if schedule.once_on:
            return formats.localize(schedule.once_on)
        names = dict(DAYS)
        return gettext("every day") if len(schedule.days) == 7 else ", ".join(str(names[day]) for day in schedule.days)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogOutSchedule]:
        """With what each line shows."""
        return super().get_queryset(request).select_related("device_pool", "account")  # type: ignore[no-any-return]

    def after_rows(self, request: HttpRequest, noun: LogOutSchedule, form: Any) -> None:
        """Set its deadlines anew."""
        mobility.plan_anew(noun, timezone.now())

    def names(self, noun: LogOutSchedule) -> Names:
        """By its name alone: the rest of what it is called depends on the administrator's language."""
        return Names(subject=noun.name)

    def remove(self, noun: LogOutSchedule) -> None:
        """Delete it with its deadlines; what it has begun goes on."""
        mobility.drop_schedule(noun)

    def panel(self, request: HttpRequest, noun: LogOutSchedule) -> list[tuple[Any, Any]]:
        """When it comes next, by time zone, and how many it would meet now."""
        times = mobility.next_times(noun, timezone.now())
        rows: list[tuple[Any, Any]] = [
            (gettext("Next in %(zone)s") % {"zone": zone}, formats.localize(timezone.localtime(at)))
            for zone, at in times.items()
        ]  # fmt: skip
        met = mobility.preview(noun)
        return [*(rows or [(_("Next time"), "–")]), (_("Would log out now"), len(met)),
                (_("Of them in a call"), sum(each.is_in_call for each in met))]  # fmt: skip

    def related_links(self, request: HttpRequest, noun: LogOutSchedule) -> list[tuple[Any, str]]:
        """The preview."""
        return [(_("Preview: whom it meets now"), reverse("admin:mobility_logoutschedule_preview", args=[noun.pk]))]

    def get_urls(self) -> list[URLPattern]:
        """With the preview's address."""
        preview = path(
            "<int:pk>/preview/", self.admin_site.admin_view(self.preview_view), name="mobility_logoutschedule_preview"
        )
        return [preview, *super().get_urls()]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Whom it would log out now and who of them is in a call; a POST logs them out at once."""
        schedule = self.get_queryset(request).filter(pk=pk).first()
        if not self.has_view_permission(request) or (request.method == "POST" and not may(request, HELP)):
            raise PermissionDenied
        if schedule is None:
            raise Http404
        if request.method == "POST":
            count = mobility.log_out_met(schedule, by(request), timezone.now())
            text = ngettext("%(count)d is logged out, or will be when the call ends.",
                            "%(count)d are logged out, or will be when their call ends.", count)  # fmt: skip
            messages.success(request, text % {"count": count})
            return HttpResponseRedirect(request.path)
        met = mobility.preview(schedule)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview"),
            "subtitle": schedule.name,
            "schedule": schedule,
            "met": met,
            "in_call": sum(each.is_in_call for each in met),
            "may_log_out": may(request, HELP),
            "opts": self.opts,
            "back": self.address_of(schedule),
        }
        return TemplateResponse(request, "admin_web/schedule_preview.html", context)
