"""Addresses of the web phone, below ``/phone/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from roamline.doors.web_phone import api, page
from roamline.doors.web_phone.stream import stream

app_name = "web_phone"
urlpatterns: list[URLPattern] = [
    path("<str:device>", page.page, name="page"),
    path("<str:device>/pair", page.pair, name="pair"),
    path("<str:device>/unpair", page.unpair, name="unpair"),
    path("<str:device>/open", api.open_link, name="open"),
    path("<str:device>/events", api.take_reports, name="events"),
    path("<str:device>/input", api.take_input, name="input"),
    path("<str:device>/stream", stream, name="stream"),
]
