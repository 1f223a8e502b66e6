"""Settings of the process that serves phones' files: no addresses of Django's own."""

from __future__ import annotations

from roamline.platform.settings import *  # noqa: F403

ROOT_URLCONF = "roamline.processes.rsgi_files"
MIDDLEWARE = []
