"""The first page: what the site has, who is logged in, what went wrong today."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roamline import __version__
from roamline.doors.admin_web import deletion
from roamline.kernel.errors import Error
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import AuditEntry, Effect
from roamline.rooms.mobility.models import LoginSession, PhoneAlarm
from roamline.rooms.phones.models import Phone

LATEST = 10
TOP_ERRORS = 10


def numbers(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The first page's context, with its numbers; a dozen queries whatever the size of the site."""
    sees_audit = request.user.has_perm("ledger.view_auditentry")
    return context | {
        "cards": cards(),
        "sessions": _sessions(),
        "failures": failures_today() if sees_audit else None,
        "version": __version__,
    }


def cards() -> list[dict[str, Any]]:
    """The big numbers, each leading to its list."""
    phones = reverse("admin:phones_phone_changelist")
    rows: list[tuple[Any, int, str, Any, Any]] = [
        (_("Phones"), Phone.objects.count(), phones, _("enabled for Extension Mobility: %(count)d"),
         Phone.objects.filter(em_enabled=True).count()),
        (_("End users"), Account.objects.filter(kind=Account.END).count(),
         reverse("admin:admin_web_enduser_changelist"),
         _("locked now: %(count)d"), Account.objects.filter(locked_until__gt=timezone.now()).count()),
        (_("Logged in now"), LoginSession.objects.filter(ended_at__isnull=True).count(),
         reverse("admin:mobility_loginsession_changelist") + "?state=open", _("today's log-ins: %(count)d"),
         LoginSession.objects.filter(started_at__gte=_midnight()).count()),
        (_("Wait for the phone's confirmation"), Phone.objects.exclude(previous_until=0).count(),
         f"{phones}?logged_in=waiting", _("still to be told: %(count)d"),
         Effect.objects.count()),
    ]  # fmt: skip
    alarms = PhoneAlarm.objects.count()
    if alarms:
        note = _("not even after a reset; the latest: %(count)s")
        row = (_("Alarms: phones that did not confirm"), alarms, f"{phones}?logged_in=alarm", note, _latest_alarm())
        rows.insert(0, row)
    return [
        {"title": title, "count": count, "link": link, "note": note % {"count": noted}}
        for title, count, link, note, noted in rows
    ]


def _latest_alarm() -> str:
    alarm = PhoneAlarm.objects.select_related("phone").order_by("-since").first()
    return alarm.phone.name if alarm else "–"


def _sessions() -> list[dict[str, Any]]:
    latest = LoginSession.objects.filter(ended_at__isnull=True).select_related("account", "phone", "profile")
    return [
        {
            "user": session.account.display_name,
            "user_link": deletion.address_of(session.account),
            "phone": session.phone.name,
            "phone_link": deletion.address_of(session.phone),
            "profile": session.profile.name,
            "since": session.started_at,
            "confirmation": session.get_confirmation_display(),
        }
        for session in latest.order_by("-started_at")[:LATEST]
    ]


def failures_today() -> list[dict[str, Any]]:
    """Failed attempts since midnight, by error, the most frequent first."""
    names = {error.number: error.value.short_name for error in Error}
    failed = AuditEntry.objects.filter(at__gte=_midnight(), succeeded=False).order_by()
    counted = failed.values("action", "result").annotate(count=Count("pk")).order_by("-count")[:TOP_ERRORS]
    return [
        {**row, "name": names.get(row["result"], ""), "what": WHAT.get(row["action"], row["action"])} for row in counted
    ]


WHAT = {
    "em.login": _("log-in on a phone"),
    "em.logout": _("log-out on a phone"),
    "web.login": _("sign-in here"),
}


def _midnight() -> Any:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
