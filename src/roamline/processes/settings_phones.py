"""Settings of the phone-facing processes: no sessions, cookies or forms."""

from __future__ import annotations

from roamline.platform.settings import *  # noqa: F403

ROOT_URLCONF = "roamline.processes.urls_phones"
MIDDLEWARE = ["roamline.platform.request_log.RequestLog"]
APPEND_SLASH = False
