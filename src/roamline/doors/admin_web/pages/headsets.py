"""The inventory of headsets, their owners, and where nobody is asked whose they are (HS-1, HS-4, HS-24)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import deletion, skin
from roamline.doors.admin_web.base import NounPage, Rows
from roamline.doors.admin_web.deeds import Deed, DeedForm
from roamline.doors.admin_web.who import account_of, source_of
from roamline.rooms.directory.models import Account
from roamline.rooms.headsets import service
from roamline.rooms.headsets.models import MOST_HEADSETS, Association, Headset, ModelRequirement, Skip
from roamline.rooms.headsets.serials import LONGEST_SERIAL, clean
from roamline.rooms.headsets.service.inventory import Status, count_by_model, count_by_status, status_of, with_status
from roamline.rooms.ledger.changes import InUse
from roamline.rooms.mobility.service import Way

STATUS_NAMES = {
    Status.ACTIVE: _("active"),
    Status.INACTIVE: _("inactive"),
    Status.UNASSIGNED: _("unassigned"),
}


def objection_text(refused: service.NotAssociated) -> str:
    """A refusal as administrators read it: the rule, and the owner."""
    rule = gettext(refused.objection.value)
    return f"{rule} ({refused.owner})" if refused.owner else rule


def _by(request: HttpRequest) -> dict[str, Any]:
    return {
        "actor": account_of(request).user_id,
        "way": Way.ADMINISTRATOR,
        "source": source_of(request),
        "now": timezone.now(),
    }


class StatusFilter(admin.SimpleListFilter):
    """Active, inactive, unassigned."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The three of them."""
        return [(status.value, name) for status, name in STATUS_NAMES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By one of them."""
        if self.value() not in set(Status):
            return queryset
        return queryset.filter(pk__in=with_status(Status(self.value() or ""), timezone.now()).values("pk"))


class AssociateForm(DeedForm):
    """Whose the headset is to be."""

    user = forms.ModelChoiceField(
        Account.objects.filter(kind=Account.END), label=_("User"), to_field_name="user_id", widget=forms.TextInput
    )


def _associate(request: HttpRequest, headset: Headset, form: DeedForm) -> None:
    user: Account = form.cleaned_data["user"]
    outcome = service.associate(headset.serial, user.user_id, **_by(request))
    if isinstance(outcome, service.NotAssociated):
        form.add_error(None, objection_text(outcome))
        return
    messages.success(request, gettext("Associated with %(user)s.") % {"user": user.user_id})


def _dissociate(request: HttpRequest, headset: Headset, _form: DeedForm) -> None:
    outcome = service.dissociate(headset.serial, **_by(request))
    if isinstance(outcome, service.Dissociated):
        messages.success(request, gettext("%(user)s is dissociated.") % {"user": outcome.user_id})


def _clear_skips(request: HttpRequest, headset: Headset, _form: DeedForm) -> None:
    who = {name: value for name, value in _by(request).items() if name != "source"}
    for skip in Skip.objects.filter(headset=headset).select_related("phone"):
        service.clear_skip(skip.phone, headset, **who)


def _is_owned(headset: Headset) -> bool:
    return hasattr(headset, "association")


def _is_skipped(headset: Headset) -> bool:
    return headset.skips.exists()


@admin.register(Headset)
class HeadsetPage(NounPage):
    """The inventory."""

    kind = "headset"
    list_before_template = "admin_web/headsets.html"
    list_display = (
        "serial", "model", "vendor", "firmware", "connection", "owner", "status", "is_connected", "seen", "last_phone",
    )  # fmt: skip
    list_select_related = ("association__account", "last_phone")
    list_filter = (StatusFilter, "connected", "connection")
    find_fields = ("serial", "model", "vendor", "firmware", "template", "last_phone__name")
    search_fields = ("serial", "model", "association__account__user_id")
    ignored_uses = (Association, Skip)
    fieldsets = ((None, {"fields": ("serial", "model", "vendor", "firmware", "connection", "template")}),)
    help_texts = {
        "serial": _("1 to 50 characters, as it stands on the headset; compared ignoring case."),
        "template": _("The name of the settings that the headset should have; kept for your own use."),
    }
    deeds = (
        Deed("associate", _("Associate"), "person_add", _associate, form=AssociateForm,
             offered=lambda headset: not _is_owned(headset), question=_("Give the id of the headset's owner.")),
        Deed("dissociate", _("Dissociate"), "person_remove", _dissociate, offered=_is_owned,
             question=_("The headset belongs to nobody then; its record stays.")),
        Deed("clear-skips", _("Ask again"), "replay", _clear_skips, offered=_is_skipped,
             question=_("Phones whose users chose not to be asked ask again whose headset this is.")),
    )  # fmt: skip

    @skin.display(description=_("owner"), ordering="association__account__user_id", empty_value="–")
    def owner(self, headset: Headset) -> str | None:
        """The owner's id."""
        return headset.association.account.user_id if _is_owned(headset) else None

    @skin.display(description=_("status"))
    def status(self, headset: Headset) -> Any:
        """Active, inactive or unassigned."""
        return STATUS_NAMES[status_of(headset, timezone.now())]

    @skin.display(description=_("connected"), boolean=True, ordering="connected")
    def is_connected(self, headset: Headset) -> bool:
        """Whether it is connected now."""
        return headset.connected

    @skin.display(description=_("last seen"), ordering="last_seen", empty_value="–")
    def seen(self, headset: Headset) -> str | None:
        """When it was last connected or disconnected."""
        return f"{timezone.localtime(headset.last_seen):%Y-%m-%d %H:%M}" if headset.last_seen else None

    def panel(self, request: HttpRequest, noun: Headset) -> list[tuple[Any, Any]]:
        """Owner, status, where and when it was seen."""
        first, last = (f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else "–"
                       for at in (noun.first_seen, noun.last_seen))  # fmt: skip
        skips = noun.skips.select_related("phone")
        return [
            (_("Owner"), deletion.link(noun.association.account) if _is_owned(noun) else "–"),
            (_("Status"), STATUS_NAMES[status_of(noun, timezone.now())]),
            (_("Connected"), _("yes") if noun.connected else _("no")),
            (_("First seen"), first),
            (_("Last seen"), last),
            (_("Last phone"), deletion.link(noun.last_phone) if noun.last_phone else "–"),
            (_("Reported by"), noun.get_source_display()),
            (_("Not asked on"), ", ".join(skip.phone.name for skip in skips) or "–"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list, with how many headsets there are of each status and model."""
        by_status = count_by_status(timezone.now())
        by_model = count_by_model()
        summary = {
            "by_status": [(STATUS_NAMES[status], count) for status, count in by_status.items()],
            "by_model": [(model or gettext("unknown"), count) for model, count in by_model.items()],
            "most": max(*by_status.values(), 1),
            "most_of_a_model": max(*by_model.values(), 1, 1),
        }
        return super().changelist_view(request, {**(extra_context or {}), **summary})


@admin.register(ModelRequirement)
class ModelRequirementPage(NounPage):
    """Which phone models take sign-in by headset, where the default is not right (HS-15)."""

    kind = "headset_model"
    list_display = ("phone_model", "qualifies", "minimum_firmware")
    find_fields = ("phone_model__name", "minimum_firmware")
    fields = ("phone_model", "qualifies", "minimum_firmware")
    help_texts = {
        "qualifies": _("Without an entry here, models of the 78xx and 88xx series qualify."),
        "minimum_firmware": _("Such as 14.1(1), which is the default for phones of Cisco."),
    }


class HeadsetRow(forms.ModelForm):  # type: ignore[type-arg]
    """One headset of a user, by its serial number."""

    serial = forms.CharField(label=_("Serial number"), max_length=LONGEST_SERIAL, widget=skin.text())

    class Meta:
        model = Association
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["serial"].initial = self.instance.headset.serial

    def clean_serial(self) -> str:
        """1 to 50 printable characters."""
        serial = clean(self.cleaned_data["serial"])
        if serial is None:
            raise forms.ValidationError(gettext(service.Objection.BAD_SERIAL.value))
        return serial


class AssociatedHeadsets(Rows):
    """The headsets of a user (HS-1)."""

    model = Association
    form = HeadsetRow
    fk_name = "account"
    fields = ("serial", "details")
    readonly_fields = ("details",)
    verbose_name = _("headset")
    verbose_name_plural = _("Associated headsets")
    max_num = MOST_HEADSETS
    extra = 0

    @skin.display(description=_("Serial number"))
    def serial(self, row: Association) -> str:
        """The serial number, for those who only look."""
        return row.headset.serial

    @skin.display(description=_("Headset inventory"))
    def details(self, row: Association) -> Any:
        """A link to the headset's record."""
        return deletion.link(row.headset, gettext("View details")) if row.pk else "–"


def save_headsets(request: HttpRequest, formset: Any) -> None:
    """Dissociate what was removed or typed over, then associate what is new; InUse names the rule that refuses."""
    user_id = formset.instance.user_id
    for form in formset.deleted_forms:
        if form.instance.pk:
            service.dissociate(form.instance.headset.serial, user_id=user_id, **_by(request))
    changed = [form for form in formset.forms if form.has_changed() and form not in formset.deleted_forms]
    for form in changed:
        if form.instance.pk:
            service.dissociate(form.instance.headset.serial, user_id=user_id, **_by(request))
    for form in changed:
        outcome = service.associate(form.cleaned_data["serial"], user_id, **_by(request))
        if isinstance(outcome, service.NotAssociated):
            raise InUse([f"{form.cleaned_data['serial']}: {objection_text(outcome)}"])
    formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
