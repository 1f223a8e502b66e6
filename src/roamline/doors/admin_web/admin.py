"""Where Django looks for the administration's pages."""

from __future__ import annotations

from roamline.doors.admin_web import site
from roamline.doors.admin_web.pages import (
    call_backs,
    call_routing,
    devices,
    groups,
    headsets,
    jobs,
    parameters,
    patterns,
    phones,
    policies,
    profiles,
    records,
    remote_clusters,
    schedules,
    trunks,
    users,
)

__all__ = [
    "call_backs",
    "call_routing",
    "devices",
    "groups",
    "headsets",
    "jobs",
    "parameters",
    "patterns",
    "phones",
    "policies",
    "profiles",
    "records",
    "remote_clusters",
    "schedules",
    "trunks",
    "users",
]

site.furnish()
