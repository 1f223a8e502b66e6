"""Jobs of the bulk administration: how far they are, what came of each row, cancelling (BL-1)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.base import Record
from roamline.doors.admin_web.deeds import Deed, DeedForm
from roamline.doors.admin_web.pages.bulk import TITLES
from roamline.doors.admin_web.who import author_of
from roamline.rooms.bulk import files, running, service
from roamline.rooms.bulk.models import Job

REFUSED_SHOWN = 200


def _cancel(request: HttpRequest, job: Job, _form: DeedForm) -> None:
    if service.cancel(job, author=author_of(request), now=timezone.now()):
        messages.success(request, gettext("The job is cancelled; what it has done already stays done."))
    else:
        messages.info(request, gettext("The job is over already."))


def _goes_on(job: Job) -> bool:
    return not job.is_over


@admin.register(Job)
class JobPage(Record):
    """Imports and exports, newest first."""

    kind = "job"
    list_display = ("number", "what", "state_now", "progress", "counts", "requested_by", "asked_at", "file_name")
    list_display_links = ("number", "what")
    list_filter = ("state", "kind", "table")
    find_fields = ("table", "file_name", "requested_by", "problem")
    search_fields = ("table", "file_name", "requested_by")
    ordering = ("-id",)
    deeds = (
        Deed("cancel", _("Cancel the job"), "cancel", _cancel, offered=_goes_on, is_grave=True,
             question=_("It stops after the rows in hand. What it has done already stays done; the result says which "
                        "rows.")),
    )  # fmt: skip
    change_form_template = "admin_web/job.html"
    fieldsets = ()

    @skin.display(description=_("job"), ordering="id")
    def number(self, job: Job) -> str:
        """Its number, as the command line names it."""
        return f"{job.pk}"

    @skin.display(description=_("what"), ordering="table")
    def what(self, job: Job) -> Any:
        """Import or export of what, or only a check."""
        text = format_html("{}: {}", job.get_kind_display(), TITLES.get(job.table, (job.table,))[0])
        return format_html("{} ({})", text, _("only checked")) if job.dry_run else text

    @skin.display(description=_("state"), ordering="state")
    def state_now(self, job: Job) -> Any:
        """Its state, coloured."""
        return format_html('<span class="rl rl-state rl-state-{}">{}</span>', job.state, job.get_state_display())

    @skin.display(description=_("progress"))
    def progress(self, job: Job) -> Any:
        """How far it is."""
        return format_html('<progress max="100" value="{0}" aria-label="{0} %">{0} %</progress>', job.percent)

    @skin.display(description=_("done / unchanged / refused"))
    def counts(self, job: Job) -> str:
        """How many rows had which outcome."""
        return f"{job.rows_done} / {job.rows_unchanged} / {job.rows_refused}"

    @skin.display(description=_("asked for"), ordering="created_at")
    def asked_at(self, job: Job) -> str:
        """When it was asked for."""
        return f"{timezone.localtime(job.created_at):%Y-%m-%d %H:%M:%S}"

    def get_urls(self) -> list[URLPattern]:
        """Also the progress and the result of a job."""
        view = self.admin_site.admin_view
        return [
            path("<int:key>/progress/", view(self.progress_view), name="bulk_job_progress"),
            path("<int:key>/result/", view(self.result_view), name="bulk_job_result"),
            *super().get_urls(),
        ]

    def progress_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """How far a job is, for its page."""
        job = self._job(request, key)
        counts = {name: getattr(job, f"rows_{name}") for name in ("seen", "done", "unchanged", "refused")}
        state = {"state": job.state, "state_name": str(job.get_state_display()), "is_over": job.is_over}
        return JsonResponse({"percent": job.percent, "rows": job.rows, **counts, **state})

    def result_view(self, request: HttpRequest, key: int) -> Any:
        """What came of a job, to download; reasons in the language of whoever asks."""
        job = self._job(request, key)
        target = files.result_of(job)
        if not job.is_over or not target.is_file():
            raise Http404
        if job.kind == Job.EXPORT:
            return FileResponse(target.open("rb"), as_attachment=True, filename=job.file_name)
        answer = StreamingHttpResponse(running.result_lines(job), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{job.table}-{job.pk}-result.csv"'
        return answer

    def _job(self, request: HttpRequest, key: int) -> Job:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found: Job = get_object_or_404(Job, pk=key)
        return found

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The job with its progress and its first refused rows."""
        job = context.get("original")
        if job is not None:
            context = {
                **context,
                "job": job,
                "table_title": TITLES.get(job.table, (job.table,))[0],
                "refused": running.refused_rows(job, REFUSED_SHOWN) if job.is_over else [],
                "has_result": job.is_over and files.result_of(job).is_file(),
                "progress_link": reverse("admin:bulk_job_progress", args=[job.pk]),
                "result_link": reverse("admin:bulk_job_result", args=[job.pk]),
            }
        return super().render_change_form(request, context, *args, **kwargs)
