"""The WSGI application of the phone-facing processes."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from roamline.processes.limits import limited_wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.processes.settings_phones")

application = limited_wsgi(get_wsgi_application())
