"""What phones need: device pools, phone models, phone services."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib import messages as notes
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.base import NounPage
from roamline.doors.admin_web.counting import count_of
from roamline.rooms.phones import addressing, administration
from roamline.rooms.phones.models import DevicePool, DeviceProfile, Phone, PhoneModel, PhoneService
from roamline.rooms.phones.rules import UrlTrouble, objection_to_url, trouble_with_url

MOST_SERVERS = 16
_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253}):([0-9]{1,5})")

URL_WORDS = {
    UrlTrouble.NOT_A_URL: _("Give a URL that begins with http:// or https:// and names a host (IPv6 in brackets)."),
    UrlTrouble.PATH_CASE: _("The path is not /emapp/EMAppServlet: addresses are case-sensitive, phones will get "
                            "“not found”."),
    UrlTrouble.NO_DEVICE: _("The URL does not say device=#DEVICENAME#: log-ins will fail with error 207."),
    UrlTrouble.PARAMETER_CASE: _("Parameters are case-sensitive: write device and loginType exactly so."),
    UrlTrouble.LOGIN_TYPE: _("loginType is UID, SP or DN: anything else fails with error 215."),
}  # fmt: skip


class ServerList(forms.CharField):
    """``host:port`` entries, one per line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": skin.textarea(), **options})

    def prepare_value(self, value: Any) -> Any:
        """The entries as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The lines as entries; each a host and a port."""
        entries = [line.strip() for line in str(super().to_python(value) or "").splitlines() if line.strip()]
        bad = [entry for entry in entries if not _is_server(entry)]
        if bad:
            raise forms.ValidationError(gettext("Not host:port: %(entries)s") % {"entries": ", ".join(bad[:5])})
        if len(entries) > MOST_SERVERS:
            raise forms.ValidationError(gettext("At most %(count)d servers.") % {"count": MOST_SERVERS})
        return entries

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other entries were given."""
        return bool(super().has_changed(self.prepare_value(initial), self.prepare_value(data)))


def _is_server(entry: str) -> bool:
    found = _SERVER.fullmatch(entry)
    return found is not None and 0 < int(found[2]) < 65536


def checked_mode(mode: str) -> str:
    """An IP addressing mode that this site can serve (EM-2)."""
    if mode == addressing.IPV6 and not addressing.site_ipv6():
        raise forms.ValidationError(gettext(addressing.NO_ADDRESS))
    return mode


class DevicePoolForm(forms.ModelForm):  # type: ignore[type-arg]
    """A device pool, its servers one per line."""

    sip_servers = ServerList(label=_("SIP servers"), required=False, help_text=_("host:port, one per line, in order."))

    def clean_ip_addressing_mode(self) -> str:
        """IPv6 only where this site has an IPv6 address to give."""
        return checked_mode(self.cleaned_data["ip_addressing_mode"])

    def clean_time_zone(self) -> str:
        """A time zone that the phones' clocks can be set by."""
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(gettext("Give a time zone such as Europe/Berlin, Asia/Shanghai or UTC."))
        return zone


@admin.register(DevicePool)
class DevicePoolPage(NounPage):
    """Sites: their servers, location and default class of service (EM-12)."""

    kind = "device_pool"
    form = DevicePoolForm
    phones_see = frozenset({"time_zone", "sip_servers", "region", "default_css", "ip_addressing_mode"})
    list_display = ("name", "location", "emergency_callback", "default_css", "time_zone", "phones_in_it")
    list_select_related = ("default_css",)
    search_fields = ("name", "location")
    find_fields = ("name", "location", "emergency_callback", "region")
    autocomplete_fields = ("default_css",)
    fieldsets = (
        (None, {"fields": ("name", "region", "time_zone")}),
        (_("Emergency calls"), {"fields": ("location", "emergency_callback")}),
        (_("Calls"), {"fields": ("default_css", "sip_servers", "ip_addressing_mode")}),
    )
    help_texts = {
        "location": _("What an emergency centre is told of phones in this pool: building, floor, room."),
        "emergency_callback": _("The number that an emergency centre calls back, whoever is logged in."),
        "default_css": _("For phones of this pool that have no calling search space of their own."),
        "ip_addressing_mode": _("For phones of this pool that have no mode of their own."),
        "time_zone": _("Such as Europe/Berlin, Asia/Shanghai or UTC."),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[DevicePool]:
        """With how many phones each has."""
        return super().get_queryset(request).annotate(phone_count=count_of(Phone.objects.all(), "device_pool"))  # type: ignore[no-any-return]

    @skin.display(description=_("phones"), ordering="phone_count")
    def phones_in_it(self, pool: Any) -> int:
        """How many phones."""
        return int(pool.phone_count)

    def reach(self, noun: DevicePool) -> Iterable[int]:
        """The pool's phones."""
        return Phone.objects.filter(device_pool=noun).values_list("pk", flat=True)


class CapabilityList(ServerList):
    """Names of features, one per line."""

    def to_python(self, value: Any) -> Any:
        """The lines as names."""
        lines = str(forms.CharField.to_python(self, value) or "").splitlines()
        return [line.strip()[:64] for line in lines if line.strip()][:64]


class PhoneModelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A phone model, its features one per line."""

    capabilities = CapabilityList(label=_("Features"), required=False, help_text=_("One per line."))

    def clean(self) -> Any:
        """No more lines than keys."""
        cleaned = super().clean() or {}
        if (cleaned.get("max_lines") or 0) > (cleaned.get("keys") or 0):
            self.add_error("max_lines", gettext("A phone cannot have more lines than keys."))
        return cleaned


@admin.register(PhoneModel)
class PhoneModelPage(NounPage):
    """Phone models: their keys, how they register, what they can do."""

    kind = "phone_model"
    form = PhoneModelForm
    phones_see = frozenset({"name", "product_number", "is_software", "keys", "max_lines", "registers_once"})
    list_display = ("name", "product_number", "is_software", "keys", "max_lines", "phones_of_it")
    search_fields = ("name",)
    find_fields = ("name",)
    list_filter = ("is_software",)
    fieldsets = (
        (None, {"fields": ("name", "product_number", "is_software")}),
        (_("Keys and lines"), {"fields": ("keys", "max_lines", "registers_once")}),
        (_("Features"), {"fields": ("capabilities",)}),
    )
    help_texts = {
        "product_number": _("The manufacturer's number of the model, as configuration files carry it."),
        "keys": _("Keys beside the screen that a line, speed dial or service can be on."),
        "registers_once": _("One registration stands for all lines."),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[PhoneModel]:
        """With how many phones each has."""
        return super().get_queryset(request).annotate(phone_count=count_of(Phone.objects.all(), "model"))  # type: ignore[no-any-return]

    @skin.display(description=_("phones"), ordering="phone_count")
    def phones_of_it(self, model: Any) -> int:
        """How many phones."""
        return int(model.phone_count)

    def reach(self, noun: PhoneModel) -> Iterable[int]:
        """The model's phones."""
        return Phone.objects.filter(model=noun).values_list("pk", flat=True)


class PhoneServiceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A service, its URLs checked."""

    def clean_url(self) -> str:
        """The URL, when it is one."""
        return _checked(self.cleaned_data["url"])

    def clean_secure_url(self) -> str:
        """The secure URL, when it is one."""
        url: str = self.cleaned_data["secure_url"]
        return _checked(url) if url else ""


def _checked(url: str) -> str:
    objection = objection_to_url(url.strip())
    if objection:
        raise forms.ValidationError(URL_WORDS[objection])
    return url.strip()


@admin.register(PhoneService)
class PhoneServicePage(NounPage):
    """Named URLs that phones and profiles subscribe to; Extension Mobility itself is one (EM-2)."""

    kind = "phone_service"
    form = PhoneServiceForm
    phones_see = frozenset({"name", "url", "secure_url", "category", "enabled", "enterprise_subscription"})
    list_display = ("name", "url", "category", "enabled", "enterprise_subscription", "subscribers")
    search_fields = ("name", "url")
    find_fields = ("name", "url", "secure_url")
    list_filter = ("category", "enabled", "enterprise_subscription")
    fieldsets = (
        (None, {"fields": ("name", "category")}),
        (_("Addresses"), {"fields": ("url", "secure_url")}),
        (_("Subscription"), {"fields": ("enabled", "enterprise_subscription")}),
    )
    help_texts = {
        "url": _("Extension Mobility: http://HOST:8080/emapp/EMAppServlet?device=#DEVICENAME# – letter case matters, "
                 "phones fill in #DEVICENAME# themselves. Add &loginType=UID, SP or DN to choose the log-in form."),
        "secure_url": _("The same over https, for phones that can."),
        "enterprise_subscription": _("Every phone has the service, without subscribing."),
    }  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[PhoneService]:
        """With how many phones and profiles are subscribed."""
        subscribed = count_of(DeviceProfile.services.through._base_manager.all(), "phoneservice")
        return super().get_queryset(request).annotate(profile_count=subscribed)  # type: ignore[no-any-return]

    @skin.display(description=_("subscribed phones and profiles"), ordering="profile_count")
    def subscribers(self, service: Any) -> int:
        """How many phones and profiles are subscribed."""
        return int(service.profile_count)

    def reach(self, noun: PhoneService) -> Iterable[int]:
        """Every phone that shows the service right now."""
        phones = Phone.objects.all()
        if not noun.enterprise_subscription:
            phones = phones.filter(current_profile__in=administration.profiles_using(noun))
        return phones.values_list("pk", flat=True)

    def warnings(self, request: HttpRequest, noun: PhoneService) -> list[Any]:
        """What phones will stumble over."""
        found = [*trouble_with_url(noun.url), *(trouble_with_url(noun.secure_url) if noun.secure_url else ())]
        return [URL_WORDS[trouble] for trouble in dict.fromkeys(found)]

    def after_rows(self, request: HttpRequest, noun: PhoneService, form: Any) -> None:
        """Say so at once when the URL was saved with trouble in it."""
        for warning in self.warnings(request, noun):
            notes.warning(request, warning)
