"""Phones that asked: unknown phones that fetched the file for such phones; add one with a click, or forget (EM-13)."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.who import account_of, source_of
from roamline.rooms.mobility.service import Way
from roamline.rooms.phones import administration, asked, service
from roamline.rooms.phones.models import DevicePool, Phone, PhoneModel, PhoneThatAsked


class AddForm(forms.Form):
    """What the phone cannot say of itself."""

    model = forms.ModelChoiceField(
        PhoneModel.objects.filter(is_emcc_base=False), label=_("phone model"), widget=skin.select()
    )
    device_pool = forms.ModelChoiceField(DevicePool.objects.all(), label=_("device pool"), widget=skin.select())
    em_enabled = forms.BooleanField(
        label=_("enable extension mobility"), required=False, widget=skin.switch(),
        help_text=_("The phone is also subscribed to the Extension Mobility service."),
    )  # fmt: skip


def may_add(request: HttpRequest) -> bool:
    """Who adds phones adds these."""
    return account_of(request).has_perm("phones.add_phone")


def asked_page(request: HttpRequest) -> HttpResponse:
    """Those that nobody has added yet, the latest first."""
    if not account_of(request).has_perm("phones.view_phone"):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("Phones that asked"),
        "phones": asked.phones_that_asked(),
        "most": asked.MOST_REMEMBERED,
        "may_add": may_add(request),
    }
    return TemplateResponse(request, "admin_web/phones_that_asked.html", context)


def forget_page(request: HttpRequest) -> HttpResponse:
    """Take the phone of that ``name`` off the list."""
    if not may_add(request):
        raise PermissionDenied
    if request.method == "POST":
        name = request.POST.get("name", "")
        if asked.forget(name, actor=account_of(request).user_id, now=timezone.now()):
            text = gettext("%(name)s is forgotten; it returns when it asks again.")
            messages.success(request, text % {"name": name})
        else:
            messages.info(request, gettext("This phone is not on the list any more."))
    return HttpResponseRedirect(reverse("admin:phones_that_asked"))


def add_page(request: HttpRequest, name: str) -> HttpResponse:
    """Ask what the phone is to be, add it, and go on to its page."""
    if not may_add(request):
        raise PermissionDenied
    there = Phone.objects.filter(folded_name=name.lower()).first()
    if there is not None:
        messages.info(request, gettext("%(name)s is there already.") % {"name": there.name})
        return _to_page_of(there)
    if not PhoneThatAsked.objects.filter(name=name).exists():
        raise Http404
    form = AddForm(request.POST or None, initial={"device_pool": _only_pool(), "em_enabled": True})
    if request.method == "POST" and form.is_valid():
        phone = _add(request, name, form)
        if phone is not None:
            text = gettext("%(name)s is added. It takes its settings when it asks again, or is restarted.")
            messages.success(request, text % {"name": name})
            return _to_page_of(phone)
    return _ask(request, name, form)


def _only_pool() -> DevicePool | None:
    pools = list(DevicePool.objects.all()[:2])
    return pools[0] if len(pools) == 1 else None


def _add(request: HttpRequest, name: str, form: AddForm) -> Phone | None:
    """The phone, added and off the list in one transaction; None with an error in the form."""
    wanted, actor, now = form.cleaned_data, account_of(request).user_id, timezone.now()
    try:
        with transaction.atomic():
            phone = service.add_phone(
                name=name, model=wanted["model"], device_pool=wanted["device_pool"], em_enabled=wanted["em_enabled"],
                actor=actor, now=now, way=Way.ADMINISTRATOR, source=source_of(request),
            )  # fmt: skip
            if phone.em_enabled:
                administration.subscribe(phone.own_profile, administration.extension_mobility_services())
            asked.forget(name, actor=actor, now=now)
    except ValidationError as refusal:
        form.add_error(None, ValidationError(refusal.messages))
    except IntegrityError:
        form.add_error(None, gettext("Somebody else added this phone at the same moment."))
    else:
        return phone
    return None


def _ask(request: HttpRequest, name: str, form: AddForm) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Add phone"),
        "noun": name,
        "form": form,
        "media": form.media,
        "deed": {"question": _("Lines, owner and everything else are set on the phone's page, which comes next.")},
        "back": reverse("admin:phones_that_asked"),
    }
    return TemplateResponse(request, "admin_web/deed.html", context)


def _to_page_of(phone: Phone) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:phones_phone_change", args=[phone.pk]))
