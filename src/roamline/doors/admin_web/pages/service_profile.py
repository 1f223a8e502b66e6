"""The intercluster service profile: which of EMCC's services are active here, and a report on the set-up (RO-31)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import optimistic, skin
from roamline.doors.admin_web.who import account_of, author_of
from roamline.platform.wording import said
from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.emcc import changing, validation
from roamline.rooms.emcc.models import InterclusterServiceProfile
from roamline.rooms.emcc.rules import Level

LEVELS = {Level.OK: _("in order"), Level.WARNING: _("warning"), Level.ERROR: _("error")}


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """The one intercluster service profile."""

    class Meta:
        model = InterclusterServiceProfile
        fields = ("emcc_active", "pstn_access_active", "pstn_trunk")
        widgets = {
            "emcc_active": skin.switch(), "pstn_access_active": skin.switch(), "pstn_trunk": skin.select(),
        }  # fmt: skip
        labels = {
            "emcc_active": _("EMCC"),
            "pstn_access_active": _("PSTN access"),
            "pstn_trunk": _("PSTN access SIP trunk"),
        }
        help_texts = {
            "emcc_active": _("Users log in on other clusters' phones, and theirs here. While it is off, nobody new "
                             "does; who is logged in stays so."),
            "pstn_access_active": _("Calls to the public network of phones here on which users of other clusters are "
                                    "logged in leave from here. Emergency calls always do."),
            "pstn_trunk": _("Where they leave. PSTN access needs it."),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["pstn_trunk"]
        field.queryset, field.empty_label = Trunk.objects.order_by("name"), gettext("none")

    def clean(self) -> Any:
        """Refuse PSTN access without a way out, and to be saved over somebody else's change."""
        cleaned = super().clean() or {}
        if cleaned.get("pstn_access_active") and not cleaned.get("pstn_trunk") and "pstn_trunk" not in self.errors:
            self.add_error("pstn_trunk", gettext("PSTN access needs a SIP trunk."))
        for objection in optimistic.objections(self.instance, self.data.get(optimistic.FIELD)):
            self.add_error(None, objection)
        return cleaned


def service_profile_page(request: HttpRequest) -> HttpResponse:
    """Show, change and validate the profile."""
    account = account_of(request)
    if not account.has_perm("emcc.view_interclusterserviceprofile"):
        raise PermissionDenied
    may_change = account.has_perm("emcc.change_interclusterserviceprofile")
    form = ProfileForm(instance=changing.profile_row())
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        form = ProfileForm(request.POST, instance=changing.profile_row())
        if form.is_valid() and _saved(request, form):
            return HttpResponseRedirect(request.path)
    context = {
        **admin.site.each_context(request),
        "title": _("Intercluster service profile"),
        "form": form,
        "may_change": may_change,
        "revision_field": optimistic.FIELD,
        "revision": changing.profile_row().revision,
        "report": _report() if "validate" in request.GET else None,
    }
    return TemplateResponse(request, "admin_web/service_profile.html", context)


def _saved(request: HttpRequest, form: ProfileForm) -> bool:
    try:
        changed = changing.change_profile(**form.cleaned_data, author=author_of(request), now=timezone.now())
    except changing.CannotActivate as refusal:
        form.add_error(None, said(refusal))
        return False
    messages.success(request, gettext("Saved.") if changed else gettext("Nothing was changed."))
    return True


def _report() -> dict[str, Any]:
    found = validation.report()
    count = {level: sum(1 for each in found if each.level is level) for level in Level}
    return {
        "findings": [(each, LEVELS[each.level]) for each in found],
        "errors": count[Level.ERROR],
        "warnings": count[Level.WARNING],
    }
