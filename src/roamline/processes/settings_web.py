"""Settings of the web process: the common ones, with a request log and without lasting database connections.

Django answers each ASGI request in a thread of its own, so a connection kept for the next request would only leak.
"""

from __future__ import annotations

from roamline.platform.settings import *  # noqa: F403
from roamline.platform.settings import DATABASES as _DATABASES
from roamline.platform.settings import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = ["roamline.platform.request_log.RequestLog", *_MIDDLEWARE]
DATABASES = {"default": {**_DATABASES["default"], "CONN_MAX_AGE": 0}}
