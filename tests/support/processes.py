"""Django as the phone-facing processes set it up, for tests through its client."""

from __future__ import annotations

from roamline.processes import settings_phones


def as_phones_process(settings: object) -> None:
    """Turn a test's ``settings`` into those of the processes on 8080 and 8443."""
    for name in ("ROOT_URLCONF", "MIDDLEWARE", "APPEND_SLASH"):
        setattr(settings, name, getattr(settings_phones, name))
