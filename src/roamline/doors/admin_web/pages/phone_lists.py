"""Filters of the list of phones."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones import administration
from roamline.rooms.phones.emcc_devices import IS_EMCC_DEVICE
from roamline.rooms.phones.models import Phone


class LoggedInFilter(admin.SimpleListFilter):
    """Whether somebody is logged in."""

    title = _("log-in")
    parameter_name = "logged_in"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Somebody, nobody, not confirmed yet, or not at all."""
        return [
            ("yes", _("somebody is logged in")),
            ("no", _("nobody is logged in")),
            ("waiting", _("waits for the phone's confirmation")),
            ("alarm", _("alarm: the phone did not confirm")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the open session, or by the user of another cluster who is there."""
        taken = LoginSession.objects.filter(ended_at__isnull=True).values("phone")
        visited = Phone.objects.filter(visitor__gt="").order_by().values("pk")
        if self.value() == "yes":
            return queryset.filter(Q(pk__in=taken) | Q(pk__in=visited))
        if self.value() == "no":
            return queryset.exclude(pk__in=taken).exclude(pk__in=visited)
        if self.value() == "waiting":
            return queryset.exclude(previous_until=0)
        if self.value() == "alarm":
            return queryset.filter(alarm__isnull=False)
        return queryset


class NoServiceFilter(admin.SimpleListFilter):
    """Phones on which nobody can log in, because no log-in service is there after a log-out (EM-35)."""

    title = _("Extension Mobility service")
    parameter_name = "em_service"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Only those in trouble."""
        return [("missing", _("no EM service after log-out")), ("missing_now", _("no EM service after log-in"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Enabled, and not subscribed in what they run when logged out; or running a log-in that is not."""
        if self.value() == "missing_now":
            taken = LoginSession.objects.filter(ended_at=None).values("phone")
            return administration.phones_stuck(queryset.filter(pk__in=taken).exclude(IS_EMCC_DEVICE))
        if self.value() != "missing":
            return queryset
        return administration.phones_without_extension_mobility(queryset.exclude(IS_EMCC_DEVICE))
