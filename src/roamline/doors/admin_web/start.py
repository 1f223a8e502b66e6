"""The start page of the web interface."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


def start_page(request: HttpRequest) -> HttpResponse:
    """Lead to the administration."""
    return redirect("admin:index")
