"""What a phone must run right now, beside what it runs when nobody is logged in (EM-11, EM-38, EM-47)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.who import account_of
from roamline.rooms.mobility.configuration import effective_configuration_of, logged_out_configuration_of
from roamline.rooms.mobility.rules.effective import EffectiveConfiguration
from roamline.rooms.phones.models import LOCALES, DeviceProfile, Phone

LANGUAGES = dict(LOCALES)


@dataclass(frozen=True, slots=True)
class Compared:
    """One setting, now and when nobody is logged in."""

    group: Any
    name: str
    now: str
    logged_out: str

    @property
    def differs(self) -> bool:
        """Whether a log-out changes it."""
        return self.now != self.logged_out


def effective_page(request: HttpRequest, key: int) -> HttpResponse:
    """Every line, key, service and setting of a phone; where a log-out changes something, it is marked."""
    if not account_of(request).has_perm("phones.view_phone"):
        raise PermissionDenied
    phone = Phone.objects.select_related("model", "device_pool", "own_profile", "current_profile__model",
                                         "logout_profile__model").filter(pk=key).first()  # fmt: skip
    if phone is None:
        raise Http404
    now, logged_out = effective_configuration_of(phone), logged_out_configuration_of(phone)
    context = {
        **admin.site.each_context(request),
        "title": _("Effective configuration"),
        "subtitle": phone.name,
        "phone": phone,
        "who": now.phone.user_name,
        "rows": list(compared(now, logged_out)),
        "dropped": now.dropped,
        "stamp": now.stamp,
        "version": now.phone.version,
        "opts": Phone._meta,
        "back": reverse("admin:phones_phone_change", args=[phone.pk]),
    }
    return TemplateResponse(request, "admin_web/effective.html", context)


def compared(now: EffectiveConfiguration, logged_out: EffectiveConfiguration) -> Iterable[Compared]:
    """Every setting of either, group by group, keys in their order."""
    plain = [
        (gettext("Profile"), _profile_text(now.profile), _profile_text(logged_out.profile)),
        (gettext("User"), now.phone.user_id or "–", logged_out.phone.user_id or "–"),
        (gettext("Language"), *(LANGUAGES.get(each.locale, each.locale) for each in (now, logged_out))),
        (gettext("Do not disturb"), _yes(now.dnd), _yes(logged_out.dnd)),
    ]
    yield from (Compared(_("Settings"), *each) for each in plain)
    for group, of in ((_("Lines"), _lines), (_("Keys"), _keys), (_("Services"), _services)):
        left, right = of(now), of(logged_out)
        for name in sorted({*left, *right}, key=lambda name: (len(name), name)):
            yield Compared(group, name, left.get(name, "–"), right.get(name, "–"))


def _profile_text(name: str) -> str:
    is_own = DeviceProfile.objects.filter(name=name, kind=DeviceProfile.AUTO).exists()
    return gettext("its own settings") if is_own else name


def _yes(value: bool) -> str:
    return gettext("yes") if value else gettext("no")


def _lines(configuration: EffectiveConfiguration) -> dict[str, str]:
    return {
        gettext("Key %(number)d") % {"number": line.button}: " · ".join(
            text for text in (line.number, line.label if line.label != line.number else "", line.display_name,
                              gettext("intercom") if line.is_intercom else "") if text
        )
        for line in configuration.lines
    }  # fmt: skip


def _keys(configuration: EffectiveConfiguration) -> dict[str, str]:
    return {
        gettext("Key %(number)d") % {"number": key.position}: " · ".join(
            text for text in (key.label, key.number or key.service) if text
        )
        for key in configuration.buttons
    }  # fmt: skip


def _services(configuration: EffectiveConfiguration) -> dict[str, str]:
    return {service.name: service.url for service in configuration.services}
