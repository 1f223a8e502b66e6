"""Addresses of self-care, below ``/selfcare/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from roamline.doors.self_care import calls, credentials, headsets, home, profiles, settings, signing_in

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
    path("calls", calls.calls, name="calls"),
    path("calls/<int:profile>/<str:which>", calls.switch, name="switch"),
    path("call-backs/<int:call_back>/cancel", calls.cancel_call_back, name="cancel_call_back"),
    path("profiles", profiles.profiles, name="profiles"),
    path("profiles/<uuid:uuid>", profiles.profile, name="profile"),
    path("profiles/<uuid:uuid>/do-not-disturb", profiles.do_not_disturb, name="do_not_disturb"),
    path("profiles/<uuid:uuid>/lines/<int:index>/forward", profiles.forward, name="forward"),
    path("profiles/<uuid:uuid>/speed-dials", profiles.speed_dials, name="speed_dials"),
    path("log-in", home.log_in, name="log_in"),
    path("log-out/everywhere", home.log_out_everywhere, name="log_out_everywhere"),
    path("log-out/<str:device>", home.log_out, name="log_out"),
]
