"""Settings of the process that serves phones' files."""

from __future__ import annotations

from roamline.processes.settings_phones import *  # noqa: F403

ROOT_URLCONF = "roamline.processes.urls_files"
