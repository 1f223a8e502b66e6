"""Addresses of the phone-facing processes: phones (8080), secure (8443). Paths are case-sensitive."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from roamline.doors.em_api.views import em_service
from roamline.doors.emcc.views import question
from roamline.doors.headset_screens.views import headset
from roamline.doors.phone_screens.assistant import assistant
from roamline.doors.phone_screens.call_back import call_back
from roamline.doors.phone_screens.change_credentials import change_credential
from roamline.doors.phone_screens.views import em_app
from roamline.doors.provisioning.authenticate import authenticate
from roamline.platform import metrics
from roamline.processes import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.view),
    path("emapp/EMAppServlet", em_app),
    path("headset", headset),
    path("changecredential/ChangeCredentialServlet", change_credential),
    path("callback/CallBackServlet", call_back),
    path("assistant/AssistantServlet", assistant),
    path("authenticate", authenticate),
    path("emservice/EMServiceServlet", em_service),
    path("emcc/question", question),
]
