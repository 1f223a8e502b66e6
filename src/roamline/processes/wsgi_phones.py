"""The WSGI application of the phone-facing processes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from roamline.platform import baton, sql
from roamline.processes.limits import Environ, limited_wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.processes.settings_phones")

_django = get_wsgi_application()


def _one_after_another(environ: Environ, start_response: Any) -> Iterable[bytes]:
    with baton.carried():
        return _django(environ, start_response)


application = limited_wsgi(_django if sql.is_postgresql() else _one_after_another)
