"""The engine of Extension Mobility."""

from roamline.rooms.mobility.service.calls import (
    ask_about_calls,
    call_ended,
    end_when_idle,
    is_in_call,
    wait_for_call,
)
from roamline.rooms.mobility.service.common import (
    CLEAR_HISTORY,
    EXPIRY,
    RECONFIGURE,
    SessionFact,
    as_database_error,
    on_session_change,
    on_session_fact,
    requests_in_progress,
    requests_throttled,
)
from roamline.rooms.mobility.service.explain import Explanation, explain, on_unknown_user
from roamline.rooms.mobility.service.gate import objection_of_service
from roamline.rooms.mobility.service.log_in import log_in, user_id_of
from roamline.rooms.mobility.service.log_out import end, end_at_once, log_out, log_out_all, log_out_user
from roamline.rooms.mobility.service.phones import (
    devices_of,
    phone_facts,
    phone_registered,
    profiles_of_users,
    users_on,
)
from roamline.rooms.mobility.service.reconfigure import reconfigure_phones, reconfigure_phones_running
from roamline.rooms.mobility.service.removal import (
    delete_account,
    delete_phone,
    delete_profile,
    why_account_stays,
    why_phone_stays,
    why_profile_stays,
)
from roamline.rooms.mobility.service.schedules import (
    add_schedule,
    enable_schedule,
    next_times,
    preview,
    remove_schedule,
)
from roamline.rooms.mobility.service.sources import origin_of
from roamline.rooms.mobility.service.terms import By, ChooseProfile, LoggedIn, LoggedOut, LogIn, LogsOutAfterCall, Way

__all__ = [
    "CLEAR_HISTORY",
    "EXPIRY",
    "RECONFIGURE",
    "By",
    "ChooseProfile",
    "Explanation",
    "LogIn",
    "LoggedIn",
    "LoggedOut",
    "LogsOutAfterCall",
    "SessionFact",
    "Way",
    "add_schedule",
    "as_database_error",
    "ask_about_calls",
    "call_ended",
    "delete_account",
    "delete_phone",
    "delete_profile",
    "devices_of",
    "enable_schedule",
    "end",
    "end_at_once",
    "end_when_idle",
    "explain",
    "is_in_call",
    "log_in",
    "log_out",
    "log_out_all",
    "log_out_user",
    "next_times",
    "objection_of_service",
    "on_session_change",
    "on_session_fact",
    "on_unknown_user",
    "origin_of",
    "phone_facts",
    "phone_registered",
    "preview",
    "profiles_of_users",
    "reconfigure_phones",
    "reconfigure_phones_running",
    "remove_schedule",
    "requests_in_progress",
    "requests_throttled",
    "user_id_of",
    "users_on",
    "wait_for_call",
    "why_account_stays",
    "why_phone_stays",
    "why_profile_stays",
]
