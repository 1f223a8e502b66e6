"""Phone feature list: which products support a feature, on screen and as CSV (EM-8)."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.who import ADMINISTRATORS, account_of, may, source_of
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import Way

LONGEST = 64


def feature_list_page(request: HttpRequest) -> HttpResponse:
    """The report that is kept, filtered by ``product`` and ``feature``; a POST generates a new one."""
    account = account_of(request)
    if not account.has_perm("phones.view_phonemodel"):
        raise PermissionDenied
    if request.method == "POST":
        if not may(request, ADMINISTRATORS):
            raise PermissionDenied
        mobility.generate_report(
            actor=account.user_id, now=timezone.now(), way=Way.ADMINISTRATOR, source=source_of(request)
        )
        messages.success(request, gettext("The report is new."))
        return HttpResponseRedirect(request.get_full_path())
    report = mobility.kept_report()
    product, feature = (request.GET.get(name, "")[:LONGEST] for name in ("product", "feature"))
    rows = mobility.rows_of(report, product, feature) if report else []
    if request.GET.get("format") == "csv":
        answer = HttpResponse(mobility.as_csv(rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="phone-features.csv"'
        return answer
    every = mobility.rows_of(report) if report else []
    context = {
        **admin.site.each_context(request),
        "may_change": may(request, ADMINISTRATORS),
        "title": _("Phone feature list"),
        "report": report,
        "rows": [(row, gettext(row.feature)) for row in rows],
        "products": sorted({row.product for row in every}),
        "features": sorted({(row.feature, gettext(row.feature)) for row in every}, key=lambda each: each[1]),
        "product": product,
        "feature": feature,
    }
    return TemplateResponse(request, "admin_web/feature_list.html", context)
