"""The first page: what the site has, who is logged in where, how the day went, what waits and what went wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from roamline import __version__
from roamline.doors.admin_web import deletion, figures
from roamline.doors.admin_web.words.deeds import DEADLINES
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.models import Cluster, Conflict, Network
from roamline.rooms.clusters.service import overview
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import Deadline, Effect
from roamline.rooms.mobility.models import LoginSession, PhoneAlarm
from roamline.rooms.phones.models import Phone

LATEST = 8


def numbers(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The first page's context, with its numbers; the same number of queries whatever the size of the site."""
    sees_audit = request.user.has_perm("ledger.view_auditentry")
    now = timezone.now()
    failures = figures.failures_since(now - timedelta(hours=24)) if sees_audit else None
    return context | {
        "cards": _cards(sees_audit),
        "sessions": _sessions(),
        "unconfirmed": _unconfirmed(),
        "timers": _timers() if request.user.has_perm("ledger.view_deadline") else None,
        "day": figures.day_chart(now, with_failures=sees_audit),
        "sites": figures.site_chart(),
        "failures": failures,
        "failure_chart": figures.failure_chart(failures) if failures else None,
        "version": __version__,
    }


def _cards(sees_audit: bool) -> list[dict[str, Any]]:
    """The big numbers, each leading to its list."""
    phones, users = reverse("admin:phones_phone_changelist"), reverse("admin:admin_web_enduser_changelist")
    sessions = reverse("admin:mobility_loginsession_changelist")
    open_sessions = LoginSession.objects.filter(ended_at__isnull=True)
    waiting = open_sessions.exclude(confirmation=LoginSession.CONFIRMED).count()
    rows: list[tuple[Any, int, str, Any, Any, bool]] = [
        (_("Logged in now"), open_sessions.count(), f"{sessions}?state=open",
         _("not confirmed by the phone: %(count)s"), waiting, waiting > 0),
        (_("Phones"), Phone.objects.count(), phones, _("enabled for Extension Mobility: %(count)s"),
         Phone.objects.filter(em_enabled=True).count(), False),
        (_("End users"), Account.objects.filter(kind=Account.END).count(), users, *_locked()),
    ]  # fmt: skip
    alarms = PhoneAlarm.objects.count()
    if alarms:
        note = _("not even after a reset; the latest: %(count)s")
        title = _("Alarms: phones that did not confirm")
        rows.insert(0, (title, alarms, f"{phones}?logged_in=alarm", note, _latest_alarm(), True))
    if sees_audit:
        overdue = Effect.objects.filter(attempts__gt=0).count()
        rows.append(
            (_("Timers pending"), Deadline.objects.count(), reverse("admin:ledger_deadline_changelist"),
             _("phones still to be told: %(count)s"), Effect.objects.count(), overdue > 0)
        )  # fmt: skip
    return [
        {"title": title, "count": _text(count), "link": link, "note": note % {"count": _text(noted)},
         "is_warning": is_warning}
        for title, count, link, note, noted, is_warning in (*rows, _clusters())
    ]  # fmt: skip


def _text(value: int | str) -> str:
    """A number as the language writes it; a text as it is."""
    return number_format(value, use_l10n=True, force_grouping=True) if isinstance(value, int) else value


def _clusters() -> tuple[Any, int, str, Any, Any, bool]:
    """How this cluster stands to the others (RO-6); what is wrong in detail is on the ILS page."""
    address = reverse("admin:ils")
    if not clusters.is_joined():
        return _("Clusters"), 1, address, _("ILS: this cluster stands alone"), 0, False
    others = Cluster.objects.filter(is_member=True, is_own=False)
    broken = Q(is_linked=False, role=Network.HUB) | ~Q(alarm="") | ~Q(error="")
    wrong = others.filter(broken).count() + Conflict.objects.count() + (not overview.speaker(timezone.now()))
    return _("Clusters"), 1 + others.count(), address, _("ILS: what is wrong: %(count)s"), wrong, wrong > 0


def _latest_alarm() -> str:
    alarm = PhoneAlarm.objects.select_related("phone").order_by("-since").first()
    return alarm.phone.name if alarm else "–"


def _locked() -> tuple[Any, int, bool]:
    locked = Account.objects.filter(locked_until__gt=timezone.now()).count()
    return _("locked now: %(count)s"), locked, locked > 0


def _sessions() -> list[dict[str, Any]]:
    latest = LoginSession.objects.filter(ended_at__isnull=True).select_related("account", "phone", "profile")
    return [_session(session) for session in latest.order_by("-started_at")[:LATEST]]


def _unconfirmed() -> list[dict[str, Any]]:
    """Sessions whose phone has not registered with what it was given, the longest waiting first (EM-44)."""
    waiting = LoginSession.objects.filter(ended_at__isnull=True).exclude(confirmation=LoginSession.CONFIRMED)
    found = waiting.select_related("account", "phone", "profile").order_by("started_at")
    return [_session(session) for session in found[:LATEST]]


def _session(session: LoginSession) -> dict[str, Any]:
    return {
        "user": session.account.display_name,
        "user_link": deletion.address_of(session.account),
        "phone": session.phone.name,
        "phone_link": deletion.address_of(session.phone),
        "profile": session.profile.name,
        "since": session.started_at,
        "confirmation": session.get_confirmation_display(),
        "state": session.confirmation.replace(" ", "-"),
    }


def _timers() -> list[tuple[Deadline, Any]]:
    """What will happen next by itself, in words (EM-45)."""
    return [(each, DEADLINES.get(each.kind, each.kind)) for each in Deadline.objects.order_by("due_at")[:LATEST]]
