"""Super users in all clusters: what doors and programs use of this room."""

from __future__ import annotations

from roamline.rooms.roaming.composing import is_super_user
from roamline.rooms.roaming.keys import CALL_REALM, CALL_USER
from roamline.rooms.roaming.models import RoamingSettings, SyncRun
from roamline.rooms.roaming.overview import (
    SuperUserState,
    origin_of_account,
    origin_of_number,
    origin_of_profile,
    super_users,
)
from roamline.rooms.roaming.rules.reporting import UserOutcome
from roamline.rooms.roaming.syncing import ClusterReport, dry_run, report, set_default_css, set_schedule, synchronise

__all__ = [
    "CALL_REALM",
    "CALL_USER",
    "ClusterReport",
    "RoamingSettings",
    "SuperUserState",
    "SyncRun",
    "UserOutcome",
    "dry_run",
    "is_super_user",
    "origin_of_account",
    "origin_of_number",
    "origin_of_profile",
    "report",
    "set_default_css",
    "set_schedule",
    "super_users",
    "synchronise",
]
