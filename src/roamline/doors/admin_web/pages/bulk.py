"""Bulk administration: tables to import and export, as jobs (BL-1)."""

from __future__ import annotations

import csv
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.who import ADMINISTRATORS, account_of, author_of, may
from roamline.rooms.bulk import service
from roamline.rooms.bulk.files import LARGEST_UPLOAD
from roamline.rooms.bulk.models import Job
from roamline.rooms.bulk.tables import NAMES, TABLES

TITLES = {
    "users": (_("End users"), _("Add, change and delete users; PINs, primary extensions, languages.")),
    "phones": (_("Phones"), _("Add, change and delete phones; owner, lines and services of their own settings.")),
    "profiles": (_("Device profiles"), _("Add, change and delete user device profiles with lines and services.")),
    "profile_associations": (_("Profile associations"), _("Give users device profiles to control, or take them away.")),
    "headsets": (_("Headset associations"), _("Associate headsets with their owners, or dissociate them.")),
    "log_outs": (_("Log-outs"), _("Log out phones or users; who is in a call is logged out when it ends.")),
}
LATEST = 5


class ImportForm(forms.Form):
    """What is imported, from which file, how."""

    table = forms.ChoiceField(
        choices=[(name, TITLES[name][0]) for name in NAMES], label=_("what the file lists"), widget=skin.select()
    )
    file = forms.FileField(
        label=_("file"), widget=forms.FileInput(attrs={"class": "rl-input", "accept": ".csv,.txt,.xlsx"}),
        help_text=_("CSV or XLSX with a header row. An empty cell leaves what is there."),
    )  # fmt: skip
    how = forms.ChoiceField(
        choices=[
            ("dry_run", _("Only check, and say what would happen")),
            ("all_or_nothing", _("Do nothing when any row is refused")),
            ("valid", _("Do the valid rows, and list the refused ones")),
        ],
        initial="dry_run", label=_("how"), widget=forms.RadioSelect,
    )  # fmt: skip


def bulk_page(request: HttpRequest) -> HttpResponse:
    """Every table with its columns, template and export, the form for an import, and the latest jobs."""
    if not account_of(request).has_perm("bulk.view_job"):
        raise PermissionDenied
    return _show(request, ImportForm(initial={"table": request.GET.get("table", "users")}))


def import_page(request: HttpRequest) -> HttpResponse:
    """Ask for an import; a refusal stands at its field."""
    _administrators_only(request)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:bulk"))
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        how, file = form.cleaned_data["how"], form.cleaned_data["file"]
        try:
            job = service.ask_for_import(
                form.cleaned_data["table"], file.file, file_name=file.name, author=author_of(request),
                now=timezone.now(), dry_run=how == "dry_run", all_or_nothing=how == "all_or_nothing",
            )  # fmt: skip
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            return HttpResponseRedirect(reverse("admin:bulk_job_change", args=[job.pk]))
    return _show(request, form)


def export_page(request: HttpRequest) -> HttpResponse:
    """Ask for an export."""
    _administrators_only(request)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:bulk"))
    try:
        job = service.ask_for_export(
            request.POST.get("table", ""), is_workbook=request.POST.get("as") == "xlsx", author=author_of(request),
            now=timezone.now(),
        )  # fmt: skip
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return HttpResponseRedirect(reverse("admin:bulk"))
    return HttpResponseRedirect(reverse("admin:bulk_job_change", args=[job.pk]))


def template_page(request: HttpRequest, table: str) -> HttpResponse:
    """An empty table with the columns that an import reads."""
    if not account_of(request).has_perm("bulk.view_job"):
        raise PermissionDenied
    if table not in NAMES:
        raise Http404
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{table}.csv"'
    csv.writer(answer).writerow(service.columns_of(table)[0])
    return answer


def _administrators_only(request: HttpRequest) -> None:
    if not may(request, ADMINISTRATORS):
        raise PermissionDenied


def _show(request: HttpRequest, form: ImportForm) -> HttpResponse:
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Bulk administration"),
        "form": form,
        "tables": [_table(name) for name in NAMES],
        "jobs": [(job, TITLES.get(job.table, (job.table,))[0]) for job in Job.objects.all()[:LATEST]],
        "may_change": may(request, ADMINISTRATORS),
        "limit": LARGEST_UPLOAD,
        "limit_mib": LARGEST_UPLOAD // 2**20,
    }
    return TemplateResponse(request, "admin_web/bulk.html", context)


def _table(name: str) -> dict[str, Any]:
    title, text = TITLES[name]
    columns, required = service.columns_of(name)
    return {
        "name": name,
        "title": title,
        "text": text,
        "columns": [(column, column in required) for column in columns],
        "exports": name not in TABLES or TABLES[name].rows is not None,
    }
