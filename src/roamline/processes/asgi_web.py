"""The ASGI application of the web process.

Only what administrators upload, files for phones (EM-13) and tables (BL-1), may be larger than any other request's
body: as large as the largest file, and what a form adds to it. Django writes such a body to a temporary file while it
comes in; who may send one is asked before that.
"""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from roamline.processes.limits import BODY_LIMIT, limited_asgi
from roamline.processes.uploads import gated

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.processes.settings_web")

_application = get_asgi_application()

from django.urls import reverse  # noqa: E402 - addresses and rooms are there once Django is set up

from roamline.rooms.bulk.files import LARGEST_UPLOAD  # noqa: E402
from roamline.rooms.phones.files import size_limit  # noqa: E402

URLS = "roamline.processes.urls_web"
EXCEPTIONS = {
    reverse("admin:phone_files_upload", URLS): size_limit() + BODY_LIMIT,
    reverse("admin:bulk_import", URLS): LARGEST_UPLOAD + BODY_LIMIT,
}

application = limited_asgi(gated(_application, EXCEPTIONS), EXCEPTIONS)
