"""Subscribe and unsubscribe: the related link on the pages of phones and device profiles (EM-5)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.deeds import DeedForm
from roamline.doors.admin_web.who import author_of
from roamline.rooms.ledger import changes
from roamline.rooms.phones import administration
from roamline.rooms.phones.models import DeviceProfile, Phone, PhoneService


class SubscribeForm(DeedForm):
    """Which services."""

    services = forms.ModelMultipleChoiceField(
        PhoneService.objects.none(),
        required=False,
        label=_("phone services"),
        widget=skin.checkboxes(),
        help_text=_("Services with an enterprise subscription are on every phone besides."),
    )

    def prepare(self) -> None:
        """Offer all services; those subscribed are ticked."""
        field = self.fields["services"]
        field.queryset = PhoneService.objects.all()  # type: ignore[attr-defined]
        profile = self.noun.own_profile if isinstance(self.noun, Phone) else self.noun
        field.initial = list(profile.services.values_list("pk", flat=True))


def subscribe_to(request: HttpRequest, page: Any, noun: Any, profile: DeviceProfile, form: SubscribeForm) -> None:
    """Subscribe a profile to the chosen services, audited as a change of the noun on whose page it was done."""
    with transaction.atomic():
        before, reach = page.facts(noun), set(page.reach(noun))
        administration.subscribe(profile, form.cleaned_data["services"])
        noun = type(noun)._base_manager.get(pk=noun.pk)
        changed = changes.record_changed(
            noun, page.kind, before, page.facts(noun), page.names(noun), author_of(request), timezone.now()
        )
        page.tell_phones(request, noun, set(changed), reach)
    names = ", ".join(service.name for service in form.cleaned_data["services"])
    messages.success(request, gettext("Subscribed to: %(names)s") % {"names": names or "–"})
