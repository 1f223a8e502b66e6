"""Files for phones: locales, firmware, ring tones and wallpapers, listed, uploaded and deleted (EM-13)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.who import account_of
from roamline.rooms.phones import files
from roamline.rooms.phones.models import PhoneFile
from roamline.wires.cnf_xml import LOCALES
from roamline.wires.file_names import LONGEST_FILE_NAME, is_safe_file_name

PER_PAGE = 100
MOST_FOLDERS_PROPOSED = 50

KINDS = {
    PhoneFile.FIRMWARE: _("Firmware"),
    PhoneFile.LOCALE: _("Locale"),
    PhoneFile.RING_TONE: _("Ring tone"),
    PhoneFile.WALLPAPER: _("Wallpaper"),
    PhoneFile.OTHER: _("Other"),
}


class UploadForm(forms.Form):
    """A file, the folder that phones ask for it in, and its name when it is to have another one."""

    file = forms.FileField(label=_("file"), widget=forms.FileInput(attrs={"class": "rl-input"}))
    folder = forms.CharField(
        label=_("folder"), required=False, max_length=LONGEST_FILE_NAME,
        widget=forms.TextInput(attrs={"class": "rl-input", "list": "folders"}),
        help_text=_("A locale's, such as Korean_Korea_Republic, or for wallpapers Desktops/800x480x24. Firmware and "
                    "ring tones: empty."),
    )  # fmt: skip
    name = forms.CharField(
        label=_("name"), required=False, max_length=LONGEST_FILE_NAME,
        widget=forms.TextInput(attrs={"class": "rl-input"}),
        help_text=_("As phones ask for it. Empty: the file's own. An earlier file of the same name is replaced."),
    )  # fmt: skip

    def wanted_name(self) -> tuple[str, str]:
        """The folder, which may be empty, and the file's name in it."""
        folder = str(self.cleaned_data["folder"]).strip("/")
        return folder, str(self.cleaned_data["name"] or self.cleaned_data["file"].name)


def may_view(request: HttpRequest) -> bool:
    """Who sees phones sees their files."""
    return account_of(request).has_perm("phones.view_phone")


def may_change(request: HttpRequest) -> bool:
    """Who changes phones changes their files."""
    return account_of(request).has_perm("phones.change_phone")


def files_page(request: HttpRequest) -> HttpResponse:
    """Every file, those whose name contains ``q``, and the form for one more."""
    if not may_view(request):
        raise PermissionDenied
    return _show(request, UploadForm())


def upload_page(request: HttpRequest) -> HttpResponse:
    """Store what was sent; a refusal stands at its field, with everything that was typed."""
    if not may_change(request):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:phone_files"))
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid() and _upload(request, form):
        return HttpResponseRedirect(reverse("admin:phone_files"))
    return _show(request, form)


def delete_page(request: HttpRequest) -> HttpResponse:
    """Ask, then delete the file of that ``name``."""
    if not may_change(request):
        raise PermissionDenied
    name = request.GET.get("name", "")
    file = PhoneFile.objects.filter(name=name).first()
    if file is None and request.method != "POST":
        raise Http404
    if request.method == "POST":
        if files.delete(name, actor=account_of(request).user_id, now=timezone.now()):
            messages.success(request, gettext("%(name)s is deleted.") % {"name": name})
        else:
            messages.info(request, gettext("There is no such file any more."))
        return HttpResponseRedirect(reverse("admin:phone_files"))
    context = {
        **admin.site.each_context(request),
        "title": _("Delete"),
        "noun": name,
        "form": forms.Form(),
        "deed": {
            "question": _("Phones no longer get this file. A phone that has it keeps it until it starts anew."),
            "is_grave": True,
        },
        "back": reverse("admin:phone_files"),
    }
    return TemplateResponse(request, "admin_web/deed.html", context)


def _upload(request: HttpRequest, form: UploadForm) -> bool:
    folder, name = form.wanted_name()
    full = f"{folder}/{name}" if folder else name
    try:
        file = files.upload(full, form.cleaned_data["file"].file, actor=account_of(request).user_id, now=timezone.now())
    except ValidationError as refusal:
        field = _refused_field(folder, name)
        form.add_error(field, refusal)
        if field == "name":  # often the file's own: it stands in the field, to be mended there
            form.data = {**request.POST.dict(), "name": name}
        return False
    values = {"name": file.name, "kind": KINDS[file.kind]}
    messages.success(request, gettext("%(name)s is uploaded: %(kind)s.") % values)
    return True


def _refused_field(folder: str, name: str) -> str:
    full = f"{folder}/{name}" if folder else name
    if not is_safe_file_name(name) or files.is_generated(full):
        return "name"
    if not is_safe_file_name(full) or files.kind_of(full) is None:
        return "folder"
    return "file"


def _show(request: HttpRequest, form: UploadForm) -> HttpResponse:
    wanted = request.GET.get("q", "").strip()[:LONGEST_FILE_NAME]
    every = files.listed()
    found = [(file, KINDS[file.kind]) for file in every if wanted.lower() in file.name.lower()]
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Phone files"),
        "form": form,
        "q": wanted,
        "count": len(every),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("p")),
        "folders": _folders(every),
        "may_change": may_change(request),
        "limit": files.size_limit(),
        "too_large": gettext("The file is larger than %(size)d MiB.") % {"size": files.size_limit() // 2**20},
    }
    return TemplateResponse(request, "admin_web/phone_files.html", context)


def _folders(every: list[PhoneFile]) -> list[str]:
    used = {file.name.rpartition("/")[0] for file in every} - {""}
    return sorted({*used, *(locale.name for code, locale in LOCALES.items() if code != "en")})[:MOST_FOLDERS_PROPOSED]
