"""The numbers behind the first page's charts, and the charts as data that the skin's chart library draws.

A chart is a JSON text of labels and series; the page also has each as a table, for those who do not see charts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, Q
from django.db.models.functions import Cast, Substr
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.words.audit import in_words
from roamline.kernel.errors import Error
from roamline.platform.wording import translated
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import Phone

HOURS = 24
HOUR = Substr(Cast("at", CharField()), 1, 13)
"""The hour of a time as both databases write it, in UTC; SQLite would call Python for each row to cut a time off."""
TOP_ERRORS = 8
TOP_SITES = 10
GOOD, BAD, REST = "#0f766e", "#b42318", "#cbd5e1"


@dataclass(frozen=True, slots=True)
class Chart:
    """``data`` and ``options`` as the chart library takes them (JSON); ``rows`` say the same as a table."""

    data: str
    options: str
    headings: tuple[Any, ...]
    rows: tuple[tuple[Any, ...], ...]


def day_chart(now: datetime, *, with_failures: bool) -> Chart:
    """Log-ins on phones over the last 24 hours, hour by hour, and failed ones where they may be seen."""
    hour = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    first = hour - timedelta(hours=HOURS - 1)
    tried = AuditEntry.objects.filter(at__gte=first, action="em.login").annotate(hour=HOUR).order_by()
    counted = {
        _hour_of(row["hour"]): (row["done"], row["failed"])
        for row in tried.values("hour").annotate(
            done=Count("pk", filter=Q(succeeded=True)), failed=Count("pk", filter=Q(succeeded=False))
        )
    }
    hours = [first + timedelta(hours=n) for n in range(HOURS)]
    done = [counted.get(each, (0, 0))[0] for each in hours]
    failed = [counted.get(each, (0, 0))[1] for each in hours]
    series = [(gettext("Log-ins"), done, GOOD)]
    if with_failures:
        series.append((gettext("Failed"), failed, BAD))
    labels = [f"{each:%H}:00" for each in hours]
    columns = [values for _name, values, _color in series]
    return _chart(labels, series, stacked=True, table=tuple(zip(labels, *columns, strict=True)), first=_("Hour"))


def _hour_of(text: str) -> datetime:
    return timezone.localtime(datetime.strptime(text, "%Y-%m-%d %H").replace(tzinfo=UTC))


def site_chart() -> Chart | None:
    """How many phones of each device pool are taken, and how many are free for log-in; None when none is enabled."""
    enabled = Phone.objects.filter(em_enabled=True).order_by().values("device_pool__name")
    totals = {row["device_pool__name"]: row["count"] for row in enabled.annotate(count=Count("pk"))}
    in_use = LoginSession.objects.filter(ended_at__isnull=True, phone__em_enabled=True).order_by()
    used = dict(in_use.values_list("phone__device_pool__name").annotate(count=Count("pk")))
    largest = sorted(totals, key=lambda name: (-used.get(name, 0), -totals[name], name))[:TOP_SITES]
    if not largest:
        return None
    busy = [used.get(name, 0) for name in largest]
    free = [totals[name] - used.get(name, 0) for name in largest]
    series = [(gettext("Taken"), busy, GOOD), (gettext("Free"), free, REST)]
    return _chart(largest, series, stacked=True, lying=True, table=tuple(zip(largest, busy, free, strict=True)),
                  first=_("Device pool"))  # fmt: skip


def failures_since(moment: datetime) -> list[dict[str, Any]]:
    """Failed attempts since then, by error, the most frequent first."""
    names = {error.number: translated(error.value.short_name) for error in Error}
    failed = AuditEntry.objects.filter(at__gte=moment, succeeded=False).order_by()
    counted = failed.values("action", "result").annotate(count=Count("pk")).order_by("-count")[:TOP_ERRORS]
    return [{**row, "name": names.get(row["result"], ""), "what": in_words(row["action"])} for row in counted]


def failure_chart(failures: list[dict[str, Any]]) -> Chart:
    """The same, drawn."""
    labels = [f"{each['result']} {each['name']}".strip() for each in failures]
    counts = [each["count"] for each in failures]
    return _chart(labels, [(gettext("Failed"), counts, BAD)], lying=True, table=(), first=_("Error"))


def _chart(
    labels: list[str], series: list[tuple[str, list[int], str]], *, table: tuple[tuple[Any, ...], ...], first: Any,
    stacked: bool = False, lying: bool = False,
) -> Chart:  # fmt: skip
    data = {
        "labels": labels,
        "datasets": [
            {"label": name, "data": values, "backgroundColor": color, "borderRadius": 3, "maxBarThickness": 28}
            for name, values, color in series
        ],
    }
    whole = {"ticks": {"precision": 0}, "beginAtZero": True, "stacked": stacked}
    named = {"grid": {"display": False}, "stacked": stacked, "ticks": {"maxRotation": 0, "autoSkipPadding": 12}}
    options = {
        "animation": False,
        "maintainAspectRatio": False,
        "indexAxis": "y" if lying else "x",
        "plugins": {"legend": {"display": len(series) > 1, "position": "bottom", "labels": {"boxWidth": 12}}},
        "scales": {"x": whole, "y": named} if lying else {"x": named, "y": whole},
    }
    return Chart(json.dumps(data), json.dumps(options), (first, *(name for name, _v, _c in series)), table)
