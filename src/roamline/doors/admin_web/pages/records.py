"""What is only looked at: login sessions, the audit trail, deadlines and effects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import optimistic, skin
from roamline.doors.admin_web.base import Record
from roamline.doors.admin_web.deeds import Deed, DeedForm
from roamline.doors.admin_web.pages import phone_deeds, phone_selection
from roamline.doors.admin_web.selection import SelectionDeed
from roamline.doors.admin_web.who import HELP
from roamline.doors.admin_web.words.audit import in_words, reason_in_words
from roamline.doors.admin_web.words.deeds import DEADLINES, EFFECTS
from roamline.kernel.errors import Error
from roamline.platform.wording import in_parts, translated
from roamline.rooms.ledger.models import AuditEntry, Deadline, Effect
from roamline.rooms.mobility.models import LoginSession

RESTARTS = {"restart": _("restart"), "reset": _("reset")}
SHORT_NAMES = {error.number: error.value.short_name for error in Error}


def one_line(moment: datetime) -> str:
    """A time to the second that fits a column."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"


class OpenFilter(admin.SimpleListFilter):
    """Sessions that go on, or that ended."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Both states."""
        return [("open", _("logged in now")), ("ended", _("logged out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the end."""
        if self.value() in {"open", "ended"}:
            return queryset.filter(ended_at__isnull=self.value() == "open")
        return queryset


def _log_out(request: HttpRequest, session: LoginSession, _form: DeedForm) -> None:
    phone_deeds.log_out_phones(request, [session.phone])


def _is_open(session: LoginSession) -> bool:
    return session.ended_at is None


def _before_log_out(sessions: Sequence[LoginSession]) -> list[Any]:
    return phone_selection.who_is_logged_out([session for session in sessions if _is_open(session)])


def _log_out_selected(request: HttpRequest, _page: Any, sessions: Sequence[LoginSession], _form: Any) -> None:
    phone_deeds.log_out_phones(request, [session.phone for session in sessions if _is_open(session)])


@admin.register(LoginSession)
class LoginSessionPage(Record):
    """Who is and was logged in where."""

    kind = "login_session"
    list_display = ("phone", "account", "profile", "since", "by_way", "confirmed", "until", "ended_by")
    list_select_related = ("phone", "account", "profile")
    list_filter = (OpenFilter, "confirmation", ("started_at", admin.DateFieldListFilter))
    search_fields = ("phone__name", "account__user_id", "profile__name")
    find_fields = ("phone__name", "account__user_id", "profile__name", "way", "source")
    selection_deeds = (
        SelectionDeed("log_out_selected", _("Log out the selected sessions"), _before_log_out, _log_out_selected,
                      roles=HELP, is_grave=True),
    )  # fmt: skip
    deeds = (
        Deed("log-out", _("Log out"), "logout", _log_out, roles=HELP, offered=_is_open,
             question=_("The user is logged out and the phone becomes its own again.")),
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("phone", "account", "profile")}),
        (_("Log-in"), {"fields": ("started_at", "by_way", "source", "expires_at", "told_to")}),
        (_("Confirmation"), {"fields": ("confirmation", "confirmed_at")}),
        (_("Log-out"), {"fields": ("ended_at", "ended_by", "why_ended")}),
    )

    @skin.display(description=_("way"), ordering="way")
    def by_way(self, session: LoginSession) -> str:
        """By which way somebody logged in, in words."""
        return translated(session.way)

    @skin.display(description=_("logged out by"), ordering="ended_way")
    def ended_by(self, session: LoginSession) -> str:
        """By which way the session ended, in words."""
        return translated(session.ended_way)

    @skin.display(description=_("reason"))
    def why_ended(self, session: LoginSession) -> str:
        """Why the session ended."""
        return in_parts(session.ended_reason)

    @skin.display(description=_("the phone was told to"))
    def told_to(self, session: LoginSession) -> str:
        """Whether the phone was restarted or reset."""
        return str(RESTARTS.get(session.restart_kind, session.restart_kind))

    @skin.display(description=_("logged in at"), ordering="started_at")
    def since(self, session: LoginSession) -> str:
        """When the session began."""
        return one_line(session.started_at)

    @skin.display(description=_("logged out at"), ordering="ended_at")
    def until(self, session: LoginSession) -> str:
        """When the session ended."""
        return one_line(session.ended_at) if session.ended_at else "–"

    @skin.display(description=_("confirmation"), ordering="confirmation")
    def confirmed(self, session: LoginSession) -> str:
        """Whether the phone registered with what the session gave it."""
        return session.get_confirmation_display()


class KindFilter(admin.SimpleListFilter):
    """What the entry speaks of, by how its action begins."""

    title = _("kind")
    parameter_name = "kind"
    KINDS = {"em.": _("log-ins and log-outs on phones"), "web.": _("sign-ins here")}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Phones, this interface, or administration."""
        return [*self.KINDS.items(), ("other", _("administrative changes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the action's first part."""
        if self.value() in self.KINDS:
            return queryset.filter(action__startswith=self.value())
        if self.value() == "other":
            for prefix in self.KINDS:
                queryset = queryset.exclude(action__startswith=prefix)
        return queryset


@admin.register(AuditEntry)
class AuditEntryPage(Record):
    """Everything that happened, newest first (EM-46)."""

    kind = "audit_entry"
    list_display = ("when", "what", "actor", "user_id", "device", "subject", "outcome")
    list_display_links = ("when",)
    list_filter = (KindFilter, "succeeded", ("at", admin.DateFieldListFilter))
    search_fields = ("=user_id", "=device", "actor", "subject", "action", "source")
    search_help_text = _("User, phone, administrator, subject, action or address")
    find_fields = ("user_id", "device", "actor", "action", "subject", "source", "reason")
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": ("at", "what", "actor", "by_way", "source")}),
        (_("On what"), {"fields": ("user_id", "device", "subject")}),
        (_("Outcome"), {"fields": ("outcome",)}),
        (_("Before and after"), {"fields": ("differences",)}),
    )

    @skin.display(description=_("what"), ordering="action")
    def what(self, entry: AuditEntry) -> str:
        """What was done, in words; its code can be read beneath the pointer, and conditions find it."""
        return format_html('<span title="{}">{}</span>', entry.action, in_words(entry.action))

    @skin.display(description=_("way"), ordering="way")
    def by_way(self, entry: AuditEntry) -> str:
        """By which way it was done, in words."""
        return translated(entry.way)

    @skin.display(description=_("result"), ordering="result")
    def outcome(self, entry: AuditEntry) -> Any:
        """Done, or the error's number and name."""
        if entry.succeeded:
            return _("done")
        name = translated(SHORT_NAMES.get(entry.result, ""))
        number = f"{entry.result} {name}".strip() if entry.result else _("failed")
        return f"{number}: {reason_in_words(entry.reason)}" if entry.reason else number

    @skin.display(description=_("when"), ordering="at")
    def when(self, entry: AuditEntry) -> str:
        """To the second, in one line."""
        return one_line(entry.at)

    @skin.display(description=_("changes"))
    def differences(self, entry: AuditEntry) -> Any:
        """What was changed, or what else the entry tells."""
        changed = entry.details.get("changes")
        texts = optimistic.difference_texts(changed) if isinstance(changed, dict) else [
            f"{name}: {optimistic.readable(value)}" for name, value in entry.details.items()
        ]  # fmt: skip
        return format_html_join("", "<div>{}</div>", ((text,) for text in texts)) if texts else "–"


class Waiting(Record):
    """Rows that wait for their time."""

    list_filter = (("due_at", admin.DateFieldListFilter),)
    find_fields = ("kind", "subject", "last_error")
    search_fields = ("kind", "subject")
    ordering = ("due_at",)
    words: dict[str, Any] = {}

    @skin.display(description=_("what happens"), ordering="kind")
    def what(self, row: Any) -> str:
        """What is due, in words."""
        return format_html('<span title="{}">{}</span>', row.kind, self.words.get(row.kind, row.kind))

    @skin.display(description=_("overdue"), boolean=True)
    def is_overdue(self, row: Any) -> bool:
        """Whether its time has passed."""
        return bool(row.due_at < timezone.now())


@admin.register(Deadline)
class DeadlinePage(Waiting):
    """What will happen when (EM-45)."""

    kind = "deadline"
    words = DEADLINES
    list_display = ("due_at", "what", "subject", "attempts", "last_error")
    fieldsets = ((None, {"fields": ("what", "subject", "due_at", "payload", "claimed_by", "attempts", "last_error")}),)


@admin.register(Effect)
class EffectPage(Waiting):
    """What phones and call control are still to be told."""

    kind = "effect"
    words = EFFECTS
    list_display = ("due_at", "what", "subject", "version", "attempts", "last_error")
    fieldsets = (
        (None, {"fields": ("what", "subject", "version", "due_at", "payload", "claimed_by", "attempts", "last_error")}),
    )
