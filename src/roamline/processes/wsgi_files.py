"""The WSGI application of the files process: phones' files, and Django behind them for health and metrics."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from roamline.processes.limits import limited_wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.processes.settings_files")

_django = get_wsgi_application()

from roamline.doors.provisioning import http  # noqa: E402 - it needs Django's applications to be there

application = limited_wsgi(http.application(_django))
