"""The start page of the web interface: where everything is, and whether the site is up."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from roamline import __version__
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import Phone


def start_page(request: HttpRequest) -> HttpResponse:
    """Links to the parts of the web interface, and the state of the site in numbers."""
    try:
        phones: int | None = Phone.objects.count()
        logged_in: int | None = LoginSession.objects.filter(ended_at__isnull=True).count()
    except DatabaseError:
        phones = logged_in = None
    config = settings.CONFIG
    context = {
        "version": __version__,
        "node": config["site.node"],
        "is_demo": config["site.demo"],
        "calls": config["call_control.enabled"],
        "phones": phones,
        "logged_in": logged_in,
        "is_up": phones is not None,
    }
    return render(request, "admin_web/start.html", context, status=200 if phones is not None else 503)
