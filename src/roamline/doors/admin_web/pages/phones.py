"""Phones: what they are, who is on them, and the settings they have when nobody is logged in (EM-11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import deletion, related, skin
from roamline.doors.admin_web.base import NounPage
from roamline.doors.admin_web.pages import phone_deeds, phone_selection
from roamline.doors.admin_web.pages.bulk_subscriptions import subscribe_selected
from roamline.doors.admin_web.pages.devices import checked_mode
from roamline.doors.admin_web.pages.keys import Buttons, Lines, save_keys
from roamline.doors.admin_web.pages.phone_lists import LoggedInFilter, NoServiceFilter
from roamline.doors.admin_web.pages.phone_state import state_of, warnings_of
from roamline.doors.admin_web.pages.restarts import RESTART_ACTIONS, RestartsPhones
from roamline.rooms.directory import administration as directory
from roamline.rooms.directory.models import Account, PhoneOwner
from roamline.rooms.features.service import intercom
from roamline.rooms.ledger import changes
from roamline.rooms.ledger.changes import Facts, InUse, Names
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.emcc_devices import is_emcc_device
from roamline.rooms.phones.models import EXPANSION_MODULES, LOCALES, DeviceProfile, Phone, PhoneModel
from roamline.rooms.phones.rules import MOST_EXPANSION_MODULES, looks_mistyped

OWN_FIELDS = {
    "own_locale": ("user_locale", "own user locale"),
    "own_dnd": ("dnd_enabled", "own do not disturb"),
    "own_dnd_option": ("dnd_option", "own DND option"),
    "own_dnd_alert": ("dnd_alert", "own DND incoming call alert"),
    "own_prime_line": ("always_use_prime_line", "own prime line"),
    "own_ignore_presentation": ("ignore_presentation", "own ignore presentation"),
    "own_expansion_module": ("expansion_module", "own expansion module"),
    "own_expansion_modules": ("expansion_modules", "own expansion modules"),
}
"""Fields of the form that stand in the phone's own profile: its field, and what the audit calls it."""
OWN = frozenset({name for _field, name in OWN_FIELDS.values()} | {"services", "lines", "buttons"})
"""The facts that are a phone's own settings: it runs them only while it runs its own profile."""

NOT_OF_EMCC_DEVICES = ("name", "model", "em_enabled", "logout_profile", "protected", "pinless_allowed")
"""What cannot be changed of EMCC devices."""


class PhoneForm(forms.ModelForm):  # type: ignore[type-arg]
    """A phone with its owner and its own settings."""

    owner = forms.ModelChoiceField(
        Account.objects.filter(kind=Account.END), required=False, label=_("Owner"),
        help_text=_("The one user whose phone this is; they are associated with it, too."),
    )  # fmt: skip
    own_locale = forms.ChoiceField(
        choices=LOCALES, required=False, label=_("User locale"), widget=skin.select(),
        help_text=_("The language that the phone speaks when nobody is logged in."),
    )  # fmt: skip
    own_dnd = forms.BooleanField(required=False, label=_("Do not disturb"), widget=skin.switch())
    own_dnd_option = forms.ChoiceField(
        choices=DeviceProfile.DND_OPTIONS, label=_("DND option"), initial=DeviceProfile.REJECT, widget=skin.select()
    )
    own_dnd_alert = forms.ChoiceField(
        choices=DeviceProfile.ALERTS, required=False, label=_("DND incoming call alert"), widget=skin.select()
    )
    own_prime_line = forms.ChoiceField(
        choices=DeviceProfile.PRIME_LINE, label=_("Always use prime line"), initial=DeviceProfile.AS_DEFAULT,
        widget=skin.select(),
    )  # fmt: skip
    own_ignore_presentation = forms.BooleanField(
        required=False, label=_("Ignore presentation indicators (internal calls only)"), widget=skin.switch()
    )
    own_expansion_module = forms.ChoiceField(
        choices=EXPANSION_MODULES, required=False, label=_("Expansion module"), widget=skin.select()
    )
    own_expansion_modules = forms.IntegerField(
        min_value=0, max_value=MOST_EXPANSION_MODULES, initial=0, label=_("Number of expansion modules"),
        widget=skin.text(type="number", style="width: 5rem"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        phone = self.instance
        if "owner" in self.fields:
            self.fields["owner"].widget = skin.autocomplete(PhoneOwner, "account")
            self.fields["owner"].widget.choices = self.fields["owner"].choices  # type: ignore[attr-defined]
        if "own_locale" in self.fields:
            for name in ("own_locale", "own_dnd_option", "own_dnd_alert", "own_prime_line", "own_expansion_module"):
                own_field: Any = DeviceProfile._meta.get_field(OWN_FIELDS[name][0])
                field: Any = self.fields[name]
                field.choices = own_field.choices
        if phone.pk:
            self.initial["owner"] = directory.owner_of(phone)
            self.initial.update({name: getattr(phone.own_profile, own) for name, (own, _name) in OWN_FIELDS.items()})
        if phone.pk and phone.protected and "em_enabled" in self.fields:
            self.fields["em_enabled"].disabled = True
            self.fields["em_enabled"].help_text = _(
                "Not possible: this phone is marked as a protected device (secure tone), where Extension Mobility is "
                "disabled. Take the mark off and save first."
            )

    def clean_name(self) -> str:
        """A device name that no other phone has, ignoring case."""
        name: str = self.cleaned_data["name"].strip()
        if looks_mistyped(name):
            raise forms.ValidationError(gettext("A name that begins with SEP goes on with twelve hexadecimal digits."))
        taken = DeviceProfile.objects.filter(name=phones.own_profile_name(name)).exists()
        if taken or Phone.objects.filter(folded_name=name.lower()).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(gettext("A phone of this name exists; upper and lower case are the same here."))
        return name

    def clean_ip_addressing_mode(self) -> str:
        """IPv6 only where this site has an IPv6 address to give."""
        return checked_mode(self.cleaned_data["ip_addressing_mode"])

    def clean(self) -> Any:
        """No Extension Mobility on a protected phone (EM-36); an owner where the use says so."""
        cleaned = super().clean() or {}
        if cleaned.get("protected") and cleaned.get("em_enabled"):
            self.add_error("em_enabled", gettext("Not possible on a protected device: switch one of the two off."))
        if cleaned.get("use") == "owner" and not cleaned.get("owner") and "owner" in self.fields:
            self.add_error("owner", gettext("Say whose phone this is, or choose another use."))
        return cleaned


@admin.register(Phone)
class PhonePage(RestartsPhones, NounPage):
    """Phones, with lines and buttons of their own settings."""

    kind = "phone"
    form = PhoneForm
    phones_see = OWN | {"description", "model", "device_pool", "logout_profile", "css", "ip_addressing_mode"}
    list_display = ("name", "description", "model", "device_pool", "extension_mobility", "logged_in", "owner")
    list_select_related = ("model", "device_pool", "ownership__account")
    list_filter = (LoggedInFilter, "em_enabled", "device_pool", "model", "use", "protected", NoServiceFilter)
    search_fields = ("name", "description", "own_profile__lines__directory_number__pattern")
    find_fields = (
        "name", "description", "device_pool__name", "model__name", "firmware",
        "own_profile__lines__directory_number__pattern", "ownership__account__user_id",
    )  # fmt: skip
    find_labels = {
        "own_profile__lines__directory_number__pattern": _("directory number"),
        "ownership__account__user_id": _("owner"),
    }
    autocomplete_fields = ("logout_profile", "css")
    inlines = (Lines, Buttons)
    actions = (subscribe_selected, *RESTART_ACTIONS)
    deeds = phone_deeds.DEEDS
    selection_deeds = phone_selection.DEEDS
    fieldsets = (
        (_("Device"), {"fields": ("name", "description", "model", "device_pool", "ip_addressing_mode", "firmware")}),
        (_("Whose phone"), {"fields": ("use", "owner")}),
        (_("Extension Mobility"), {"fields": ("em_enabled", "logout_profile", "protected", "pinless_allowed")}),
        (_("Calls"), {"fields": ("css",)}),
        (_("Own settings, when nobody is logged in"), {"fields": tuple(OWN_FIELDS)}),
    )
    help_texts = {
        "name": _(
            "SEP and the twelve hexadecimal digits of the hardware address, or any 1 to 128 of A-Z a-z 0-9 . _ -"
        ),
        "device_pool": _("The site: SIP servers, location of emergency calls, time zone."),
        "ip_addressing_mode": _("Which IP versions the phone uses; in IPv6 mode it gets only IPv6 addresses."),
        "em_enabled": _("Users can log in on this phone."),
        "logout_profile": _("What the phone is when nobody is logged in. Empty: its own settings."),
        "protected": _("Plays the secure tone; Extension Mobility is disabled on it."),
        "pinless_allowed": _("A known headset may sign its user in without a PIN here."),
        "css": _("What the phone may call when nobody is logged in, besides emergency numbers, which always work."),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Phone]:
        """With who is logged in."""
        who = LoginSession.objects.filter(phone=OuterRef("pk"), ended_at__isnull=True).values("account__user_id")[:1]
        return super().get_queryset(request).annotate(logged_in_user=Subquery(who))  # type: ignore[no-any-return]

    @skin.display(description=_("Extension Mobility"), ordering="em_enabled", boolean=True)
    def extension_mobility(self, phone: Phone) -> bool:
        """Whether users can log in."""
        return phone.em_enabled

    @skin.display(description=_("logged in"), empty_value="–")
    def logged_in(self, phone: Any) -> str | None:
        """Who is logged in."""
        user: str | None = phone.logged_in_user
        return user or phone.visited_by or None

    @skin.display(description=_("owner"), empty_value="–")
    def owner(self, phone: Phone) -> str | None:
        """Whose phone it is."""
        ownership = getattr(phone, "ownership", None)
        return ownership.account.user_id if ownership else None

    @skin.display(description=_("DND option"))
    def own_dnd_option(self, phone: Phone) -> str:
        """What becomes of calls meanwhile, in its own settings."""
        return phone.own_profile.get_dnd_option_display()

    @skin.display(description=_("DND incoming call alert"))
    def own_dnd_alert(self, phone: Phone) -> str:
        """How calls show meanwhile, in its own settings."""
        return phone.own_profile.get_dnd_alert_display()

    @skin.display(description=_("always use prime line"))
    def own_prime_line(self, phone: Phone) -> str:
        """Prime line in its own settings."""
        return phone.own_profile.get_always_use_prime_line_display()

    @skin.display(description=_("ignore presentation indicators (internal calls only)"), boolean=True)
    def own_ignore_presentation(self, phone: Phone) -> bool:
        """Call display in its own settings."""
        return phone.own_profile.ignore_presentation

    @skin.display(description=_("expansion module"), empty_value="–")
    def own_expansion_module(self, phone: Phone) -> str:
        """Its expansion modules' kind."""
        return phone.own_profile.expansion_module

    @skin.display(description=_("number of expansion modules"))
    def own_expansion_modules(self, phone: Phone) -> int:
        """How many expansion modules it has."""
        return phone.own_profile.expansion_modules

    @skin.display(description=_("user locale"))
    def own_locale(self, phone: Phone) -> str:
        """The language of its own settings."""
        return phone.own_profile.get_user_locale_display()

    @skin.display(description=_("do not disturb"), boolean=True)
    def own_dnd(self, phone: Phone) -> bool:
        """Do not disturb in its own settings."""
        return phone.own_profile.dnd_enabled

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form; a name that stays needs no help."""
        if obj:
            kwargs["help_texts"] = {name: text for name, text in self.help_texts.items() if name != "name"}
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The name is part of the phone's SIP secret and of its files: it stays. On EMCC devices nobody logs in."""
        if obj is None:
            return ()
        return NOT_OF_EMCC_DEVICES if is_emcc_device(obj) else ("name",)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Lines and buttons once the phone is there."""
        return self.inlines if obj else ()

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """Lines and buttons are those of the phone's own profile."""
        return {**super().get_formset_kwargs(request, obj, inline, prefix), "instance": obj.own_profile}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only user device profiles can be logout profiles; EMCC devices are inserted, not added."""
        if db_field.name == "model":
            kwargs["queryset"] = PhoneModel.objects.filter(is_emcc_base=False)
        if db_field.name == "logout_profile":
            kwargs["queryset"] = DeviceProfile.objects.filter(kind=DeviceProfile.USER)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def facts(self, noun: Phone) -> Facts:
        """The phone with its owner and own settings."""
        own = changes.facts_of(noun.own_profile, ("lines", "buttons"))
        owner = directory.owner_of(noun)
        return {
            **{name: value for name, value in changes.facts_of(noun).items() if name != "own_profile"},
            "owner": owner.user_id if owner else None,
            **{name: own[field] for field, name in OWN_FIELDS.values()},
            **{name: own[name] for name in ("services", "lines", "buttons")},
        }

    def names(self, noun: Phone) -> Names:
        """A phone is the audit's device."""
        return Names(device=noun.name)

    def write(self, request: HttpRequest, noun: Phone, form: Any, is_new: bool) -> None:
        """Save the phone, its owner and its own settings."""
        if is_new:
            phones.save_new_phone(noun)
        else:
            super().write(request, noun, form, is_new)
        own = noun.own_profile
        own.model = noun.model
        for name, (field, _name) in OWN_FIELDS.items():
            setattr(own, field, form.cleaned_data[name])
        own.save(update_fields=["model", *(field for field, _name in OWN_FIELDS.values())])
        directory.own(noun, form.cleaned_data["owner"])

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save lines and buttons in their order."""
        save_keys(formset)

    def after_rows(self, request: HttpRequest, noun: Phone, form: Any) -> None:
        """An intercom line without a default device gets this phone (EM-33)."""
        intercom.choose_for_own_lines(noun.pk, timezone.now())

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Go on with lines and buttons."""
        answer = super().response_add(request, obj, post_url_continue)
        return answer if "_popup" in request.POST else HttpResponseRedirect(self.address_of(obj))

    def reach(self, noun: Phone) -> Iterable[int]:
        """The phone itself."""
        return (noun.pk,)

    def sees(self, noun: Phone, changed: set[str], phones: set[int]) -> set[int]:
        """As ever, but a phone that runs another profile does not see its own settings; one that is gone sees none."""
        found = Phone.objects.filter(pk=noun.pk).values_list("current_profile_id", flat=True).first()
        if found is None:
            return set()
        return super().sees(noun, changed - OWN if found != noun.own_profile_id else changed, phones)

    def refuse_bad(self, noun: Phone) -> None:
        """No Extension Mobility on a protected phone (EM-36); EMCC devices are enabled and disabled by themselves."""
        if is_emcc_device(noun) and noun.em_enabled != Phone.objects.get(pk=noun.pk).em_enabled:
            raise InUse([gettext("%(phone)s: nobody logs in on an EMCC device itself.") % {"phone": noun}])
        if noun.protected and noun.em_enabled:
            text = gettext("%(phone)s is a protected device: Extension Mobility cannot be enabled on it.")
            raise InUse([text % {"phone": noun}])

    def remove(self, noun: Phone) -> None:
        """Delete the phone with its own settings; never while somebody is logged in on it."""
        mobility.delete_phone(noun)

    def obstacles(self, request: HttpRequest, nouns: Sequence[Any]) -> list[str]:
        """Open sessions: log out first."""
        return deletion.listed([session for noun in nouns for session in mobility.why_phone_stays(noun)])

    def history(self, noun: Phone) -> Any:
        """Everything that happened on the phone."""
        return AuditEntry.objects.filter(device=noun.name).order_by("-id")

    def panel(self, request: HttpRequest, noun: Phone) -> list[tuple[Any, Any]]:
        """Who is logged in, and what the phone runs."""
        return state_of(noun)

    def related_links(self, request: HttpRequest, noun: Phone) -> list[tuple[Any, str]]:
        """What it runs, Explain, sessions, audit; the forwards of its own lines, and what calls from it come to."""
        return [
            *related.links_of_phone(request, noun),
            (_("Call forwarding"), reverse("admin:forwards", args=[noun.own_profile_id])),
            (_("Dialled number analyser"), f"{reverse('admin:analyse')}?{urlencode({'device': noun.name})}"),
        ]

    def warnings(self, request: HttpRequest, noun: Phone) -> list[Any]:
        """What will not work as the phone is."""
        return warnings_of(noun)
