"""Addresses of self-care, below ``/selfcare/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from roamline.doors.self_care import credentials, headsets, home, profiles, settings, signing_in

app_name = "self_care"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("sign-in", signing_in.sign_in, name="sign_in"),
    path("sign-out", signing_in.sign_out, name="sign_out"),
    path("password", signing_in.password, name="password"),
    path("pin", credentials.pin, name="pin"),
    path("settings", settings.settings, name="settings"),
    path("headsets", headsets.mine, name="headsets"),
    path("headsets/give-away", headsets.give_away, name="give_away"),
    path("profiles", profiles.profiles, name="profiles"),
    path("profiles/<uuid:uuid>", profiles.profile, name="profile"),
    path("profiles/<uuid:uuid>/speed-dials", profiles.speed_dials, name="speed_dials"),
    path("log-out/everywhere", home.log_out_everywhere, name="log_out_everywhere"),
    path("log-out/<str:device>", home.log_out, name="log_out"),
]
