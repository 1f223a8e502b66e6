"""Addresses of the web phone, below ``/phone/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from roamline.doors.web_phone import api, page

app_name = "web_phone"
urlpatterns: list[URLPattern] = [
    path("<str:device>", page.page, name="page"),
    path("<str:device>/pair", page.pair, name="pair"),
    path("<str:device>/unpair", page.unpair, name="unpair"),
    path("<str:device>/open", api.open_link, name="open"),
    path("<str:device>/stream", api.stream, name="stream"),
]
