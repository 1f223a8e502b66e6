"""Device profiles: virtual phones that logging in maps on to a phone (EM-3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import deletion, skin
from roamline.doors.admin_web.base import NounPage
from roamline.doors.admin_web.counting import count_of
from roamline.doors.admin_web.deeds import Deed, DeedForm
from roamline.doors.admin_web.pages import restarts
from roamline.doors.admin_web.pages.bulk_subscriptions import subscribe_selected
from roamline.doors.admin_web.pages.keys import Buttons, Lines, save_keys
from roamline.doors.admin_web.pages.manager_rows import (
    Assistants,
    FilteredCallers,
    ManagerSwitches,
    save_assistants,
)
from roamline.doors.admin_web.pages.subscriptions import SubscribeForm, subscribe_to
from roamline.doors.admin_web.who import author_of
from roamline.rooms.directory.models import ControlledProfile
from roamline.rooms.features.models import Assistance
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones import administration
from roamline.rooms.phones.models import DEVICE_NAME, Button, DeviceProfile, Line, Phone, PhoneModel
from roamline.rooms.roaming import service as roaming

KINDS = (DeviceProfile.USER, DeviceProfile.DEFAULT)


class DeviceProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """A device profile; phones' own settings are not among the kinds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            kinds = DeviceProfile._meta.get_field("kind").choices or []
            field: Any = self.fields["kind"]
            field.choices = [(kind, text) for kind, text in kinds if kind in KINDS]

    def clean(self) -> Any:
        """One default profile for each model."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == DeviceProfile.DEFAULT and cleaned.get("model"):
            others = DeviceProfile.objects.filter(kind=DeviceProfile.DEFAULT, model=cleaned["model"])
            other = others.exclude(pk=self.instance.pk).first()
            if other:
                text = gettext("%(profile)s is the default device profile of this model already.")
                self.add_error("kind", text % {"profile": other})
        if self.instance.pk and cleaned.get("kind") == DeviceProfile.DEFAULT and self.instance.controllers.exists():
            self.add_error("kind", gettext("Users control this profile, so it stays a user device profile."))
        return cleaned


class CopyForm(DeedForm):
    """The name of the copy."""

    name = forms.CharField(label=_("name of the copy"), max_length=128, validators=[DEVICE_NAME], widget=skin.text())


def copy(request: HttpRequest, profile: DeviceProfile, form: CopyForm) -> HttpResponse | None:
    """Copy a profile and go to the copy's page."""
    try:
        made = administration.copy_profile(
            profile, name=form.cleaned_data["name"], author=author_of(request), now=timezone.now()
        )
    except ValidationError as refusal:
        form.add_error("name", refusal.messages)
        return None
    messages.success(request, gettext("%(copy)s is a copy of %(profile)s.") % {"copy": made, "profile": profile})
    return HttpResponseRedirect(deletion.address_of(made))


def subscribe(request: HttpRequest, profile: DeviceProfile, form: SubscribeForm) -> None:
    """Subscribe a profile to services (EM-5)."""
    page = admin.site.get_model_admin(DeviceProfile)
    subscribe_to(request, page, profile, profile, form)


class NoServiceFilter(admin.SimpleListFilter):
    """Profiles after whose log-in the phone has no log-in service, so nobody can log out there (EM-35)."""

    title = _("Extension Mobility service")
    parameter_name = "em_service"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Only those in trouble."""
        return [("missing", _("no EM service after log-in"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Without a subscription, direct or for the enterprise."""
        return administration.without_extension_mobility(queryset) if self.value() == "missing" else queryset


@admin.register(DeviceProfile)
class DeviceProfilePage(restarts.RestartsPhones, NounPage):
    """User device profiles and default device profiles; phones' own settings are on the phones' pages."""

    kind = "device_profile"
    form = DeviceProfileForm
    children = ("lines", "buttons", "assistants", "manager_settings", "filtered_callers")
    phones_see = frozenset({
        "name", "model", "user_locale", "dnd_enabled", "dnd_option", "dnd_alert", "voicemail_pilot",
        "always_use_prime_line", "expansion_module", "expansion_modules", "services", "lines", "buttons",
    })  # fmt: skip
    ignored_uses = (LoginSession,)
    list_display = ("name", "description", "kind", "model", "user_locale", "numbers", "users_with_it")
    list_select_related = ("model",)
    list_filter = ("kind", "model", "user_locale", NoServiceFilter)
    search_fields = ("name", "description", "lines__directory_number__pattern", "controllers__account__user_id")
    find_fields = (
        "name", "description", "model__name", "lines__directory_number__pattern", "controllers__account__user_id",
    )  # fmt: skip
    find_labels = {
        "lines__directory_number__pattern": _("directory number"),
        "controllers__account__user_id": _("user"),
    }
    inlines = (Lines, Buttons, Assistants, ManagerSwitches, FilteredCallers)
    actions = (subscribe_selected, *restarts.RESTART_ACTIONS)
    fieldsets = (
        (None, {"fields": ("name", "description", "kind", "model")}),
        (
            _("Behaviour"),
            {
                "fields": (
                    "user_locale",
                    "dnd_enabled",
                    "dnd_option",
                    "dnd_alert",
                    "voicemail_pilot",
                    "always_use_prime_line",
                    "ignore_presentation",
                )
            },
        ),
        (_("Expansion modules"), {"fields": ("expansion_module", "expansion_modules")}),
        (_("Extension Mobility Cross Cluster"), {"fields": ("emcc_css",)}),
    )
    autocomplete_fields = ("emcc_css",)
    help_texts = {
        "name": _("1 to 128 of A-Z a-z 0-9 . _ -"),
        "kind": _("A user's virtual phone, or what fills in when a profile was made for another model."),
        "model": _("The phone model that this profile is made for; on another model it gives what fits."),
        "user_locale": _("The language that the phone speaks while somebody is logged in."),
        "always_use_prime_line": _(
            "On: an idle phone answers on its first line only, and calls on other lines ring "
            "until that line is chosen. Default: as the model's default device profile."
        ),
        "ignore_presentation": _("Internal callers who withhold their number are shown all the same."),
        "expansion_modules": _("A phone whose expansion modules differ is reset at a log-in, instead of restarted."),
    }
    deeds = (
        Deed("subscribe", _("Subscribe/Unsubscribe services"), "playlist_add_check", subscribe, form=SubscribeForm,
             question=_("Phone services of this profile")),
        Deed("copy", _("Copy"), "content_copy", copy, form=CopyForm,
             question=_("The copy gets the same lines, buttons and services; no user controls it yet.")),
        *restarts.deeds(restarts.phones_running),
    )  # fmt: skip

    def phones_of_selection(self, queryset: QuerySet[DeviceProfile]) -> QuerySet[Phone]:
        """The phones that run them now."""
        return Phone.objects.filter(current_profile__in=queryset.order_by().values("pk"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeviceProfile]:
        """All but phones' own settings."""
        profiles = super().get_queryset(request).exclude(kind=DeviceProfile.AUTO)
        counted = profiles.annotate(user_count=count_of(ControlledProfile.objects.all(), "profile"))
        return counted.prefetch_related("lines__directory_number")  # type: ignore[no-any-return]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Only user device profiles where one is looked for to be controlled, or run when logged out."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.GET.get("field_name") in {"profile", "logout_profile"}:
            found = found.filter(kind=DeviceProfile.USER)
        return found, may_repeat

    @skin.display(description=_("numbers"))
    def numbers(self, profile: DeviceProfile) -> str:
        """The numbers of its lines."""
        return ", ".join(line.directory_number.pattern for line in profile.lines.all())

    @skin.display(description=_("users"), ordering="user_count")
    def users_with_it(self, profile: Any) -> int:
        """How many users control it."""
        return int(profile.user_count)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """EMCC devices' model is nobody's phone."""
        if db_field.name == "model":
            kwargs["queryset"] = PhoneModel.objects.filter(is_emcc_base=False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save lines, buttons and assistants in their order."""
        if formset.model is Assistance:
            save_assistants(formset)
        elif formset.model in (Line, Button):
            save_keys(formset)
        else:
            super().save_formset(request, form, formset, change)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Go on with lines, buttons and services."""
        answer = super().response_add(request, obj, post_url_continue)
        return answer if "_popup" in request.POST else HttpResponseRedirect(self.address_of(obj))

    def remove(self, noun: DeviceProfile) -> None:
        """Delete the profile with its ended sessions; never while somebody is logged in with it."""
        mobility.delete_profile(noun)

    def obstacles(self, request: HttpRequest, nouns: Sequence[Any]) -> list[str]:
        """Open sessions."""
        return deletion.listed([session for noun in nouns for session in mobility.why_profile_stays(noun)])

    def reach(self, noun: DeviceProfile) -> Iterable[int]:
        """Phones that run it right now, or of the model whose default it is."""
        phones = Phone.objects.filter(current_profile=noun)
        if noun.kind == DeviceProfile.DEFAULT:
            phones = Phone.objects.filter(model=noun.model)
        return phones.values_list("pk", flat=True)

    def origin(self, noun: DeviceProfile) -> str:
        """A super user's profile of another cluster is changed there."""
        return roaming.origin_of_profile(noun.pk)

    def panel(self, request: HttpRequest, noun: DeviceProfile) -> list[tuple[Any, Any]]:
        """Who controls it, where it runs, what it is subscribed to."""
        rows: list[tuple[Any, Any]] = [
            (_("Protocol"), "SIP"),
            (_("Subscribed services"), ", ".join(service.name for service in noun.services.all()) or "–"),
        ]
        controllers = noun.controllers.select_related("account", "profile")[: deletion.SHOWN]
        rows += [(_("User"), deletion.link(row.account)) for row in controllers]
        running = noun.phones_running_it.all()[: deletion.SHOWN]
        rows += [(_("Runs on"), deletion.link(phone)) for phone in running]
        return rows

    def related_links(self, request: HttpRequest, noun: DeviceProfile) -> list[tuple[Any, str]]:
        """The forwards of its lines."""
        return [(_("Call forwarding"), reverse("admin:forwards", args=[noun.pk]))]

    def warnings(self, request: HttpRequest, noun: DeviceProfile) -> list[Any]:
        """No way to log out again (EM-35)."""
        if noun.kind == DeviceProfile.USER and not administration.offers_extension_mobility(noun):
            return [_("No EM service after log-in: this profile is not subscribed to an Extension Mobility service, "
                      "so nobody can log out on the phone.")]  # fmt: skip
        return []
