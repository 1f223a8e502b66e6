"""The ASGI application of the web process.

Only what is uploaded for phones (EM-13) may be larger than any other request's body: as large as the largest file,
and what a form adds to it. Django writes such a body to a temporary file while it comes in.
"""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from roamline.processes.limits import BODY_LIMIT, limited_asgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.processes.settings_web")

_application = get_asgi_application()

from django.urls import reverse  # noqa: E402 - addresses and rooms are there once Django is set up

from roamline.rooms.phones.files import size_limit  # noqa: E402

EXCEPTIONS = {reverse("admin:phone_files_upload", "roamline.processes.urls_web"): size_limit() + BODY_LIMIT}

application = limited_asgi(_application, EXCEPTIONS)
