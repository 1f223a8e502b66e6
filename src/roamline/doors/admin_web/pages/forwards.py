"""Call forwarding of the lines of a profile, or of a phone's own settings (EM-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import deletion, skin
from roamline.doors.admin_web.who import account_of, author_of
from roamline.rooms.dialplan.models import NUMBER, CallingSearchSpace
from roamline.rooms.phones import forwarding
from roamline.rooms.phones.forwarding import LONGEST_RING, Objection
from roamline.rooms.phones.models import DeviceProfile, Forward, Line

KINDS = {
    Forward.ALL: _("All calls"),
    Forward.BUSY: _("When busy"),
    Forward.NO_ANSWER: _("When not answered"),
    Forward.UNREGISTERED: _("When not registered"),
}
OBJECTIONS = {
    Objection.NO_SUCH_LINE: _("This phone has no such line now."),
    Objection.INTERCOM: _("Calls of an intercom line are not forwarded."),
    Objection.NOT_A_NUMBER: _("Give 1 to 24 digits, * or #, with an optional + in front."),
    Objection.ITSELF: _("A line cannot forward to itself."),
    Objection.EMERGENCY: _("Emergency numbers are dialled, never forwarded to."),
    Objection.UNREACHED: _("The forward's calling search space does not reach this number."),
    Objection.SECONDS: _("It rings 1 to 300 seconds."),
}


class ForwardForm(forms.Form):
    """One kind of forward of one line."""

    destination = forms.CharField(
        label=_("Forward to"), max_length=25, required=False, validators=[NUMBER], show_hidden_initial=True
    )
    css = forms.ModelChoiceField(
        CallingSearchSpace.objects.all(), label=_("Calling search space"), required=False, show_hidden_initial=True,
        empty_label=_("the line's own, then the phone's"),
    )  # fmt: skip
    seconds = forms.IntegerField(
        label=_("Rings for (seconds)"), min_value=1, max_value=LONGEST_RING, required=False, show_hidden_initial=True
    )

    def __init__(self, data: Any, *, line: Line, kind: str, forward: Forward | None) -> None:
        first = {"destination": forward.destination, "css": forward.css_id} if forward else {}
        if kind == Forward.NO_ANSWER:
            first["seconds"] = forward.seconds if forward else Forward.DEFAULT_SECONDS
        super().__init__(data, prefix=f"{line.pk}-{kind}", initial=first)
        self.line, self.kind, self.forward = line, kind, forward
        if kind != Forward.NO_ANSWER:
            del self.fields["seconds"]
        title = f"{line.directory_number.pattern}, {KINDS[kind]}"
        for name, widget in (("destination", skin.text()), ("css", skin.select()), ("seconds", skin.text())):
            if name in self.fields:
                self._dress(name, widget, f"{title}: {self.fields[name].label}")

    def _dress(self, name: str, widget: Any, label: str) -> None:
        field: Any = self.fields[name]
        widget.attrs["aria-label"] = label
        choices = getattr(field, "choices", None)
        field.widget = widget
        if choices is not None:
            field.choices = choices

    @property
    def title(self) -> Any:
        """Which calls."""
        return KINDS[self.kind]

    @property
    def set_on_phone(self) -> str:
        """The spaces that count because somebody set it on a phone; empty when the configured one counts."""
        if self.forward is None or not self.forward.activated:
            return ""
        spaces = (self.forward.activating_line_css, self.forward.activating_device_css)
        return ", ".join(str(space) for space in spaces if space is not None) or "–"

    def apply(self, request: HttpRequest) -> None:
        """Set what was given, or gain an error."""
        outcome = forwarding.set_forwarding(
            line=self.line, kind=self.kind, destination=self.cleaned_data["destination"],
            css=self.cleaned_data["css"], seconds=self.cleaned_data.get("seconds"), configure=True,
            author=author_of(request), now=timezone.now(),
        )  # fmt: skip
        if isinstance(outcome, Objection):
            self.add_error("destination", str(OBJECTIONS[outcome]))


@dataclass(frozen=True, slots=True)
class LineForwards:
    """A line with its forms."""

    line: Line
    forms: tuple[ForwardForm, ...]


def forwards_page(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Show the forwards of a profile's lines; save those that were changed, all or none."""
    profile = get_object_or_404(DeviceProfile, pk=profile_id)
    account = account_of(request)
    may_change = account.has_perm("phones.change_deviceprofile")
    if not account.has_perm("phones.view_deviceprofile") or (request.method == "POST" and not may_change):
        raise PermissionDenied
    lines = _lines(profile, request.POST if request.method == "POST" else None)
    if request.method == "POST" and _save(request, lines):
        messages.success(request, gettext("Call forwarding is saved."))
        return HttpResponseRedirect(reverse("admin:forwards", args=[profile.pk]))
    owner = deletion.page_of(profile)
    context = {
        **admin.site.each_context(request),
        "title": _("Call forwarding"),
        "subtitle": str(owner),
        "owner": owner,
        "is_own": profile.kind == DeviceProfile.AUTO,
        "lines": lines,
        "may_change": may_change,
        "back": deletion.address_of(owner),
    }
    return TemplateResponse(request, "admin_web/forwards.html", context)


def _lines(profile: DeviceProfile, data: Any) -> list[LineForwards]:
    lines = profile.lines.filter(is_intercom=False).select_related("directory_number__partition", "profile", "css")
    found = {(each.line_id, each.kind): each for each in Forward.objects.filter(line__profile=profile)}
    return [
        LineForwards(
            line,
            tuple(ForwardForm(data, line=line, kind=kind, forward=found.get((line.pk, kind))) for kind in KINDS),
        )
        for line in lines
    ]


def _save(request: HttpRequest, lines: list[LineForwards]) -> bool:
    given = [form for each in lines for form in each.forms]
    for form in given:
        form.full_clean()
    if any(form.errors for form in given):
        return False
    with transaction.atomic():
        for form in given:
            if form.has_changed():
                form.apply(request)
        is_saved = not any(form.errors for form in given)
        transaction.set_rollback(not is_saved)
    return is_saved
