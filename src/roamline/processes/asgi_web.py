"""The ASGI application of the web process."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from roamline.processes.limits import limited_asgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.processes.settings_web")

application = limited_asgi(get_asgi_application())
