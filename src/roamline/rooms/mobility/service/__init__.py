"""The engine of Extension Mobility."""

from roamline.rooms.mobility.service.calls import (
    ask_about_calls,
    call_ended,
    end_when_idle,
    is_in_call,
    wait_for_call,
)
from roamline.rooms.mobility.service.common import (
    EXPIRY,
    RECONFIGURE,
    as_database_error,
    on_session_change,
    requests_in_progress,
)
from roamline.rooms.mobility.service.explain import Explanation, explain
from roamline.rooms.mobility.service.log_in import log_in
from roamline.rooms.mobility.service.log_out import end, log_out, log_out_all, log_out_user
from roamline.rooms.mobility.service.phones import (
    devices_of,
    phone_facts,
    phone_registered,
    profiles_of_users,
    users_on,
)
from roamline.rooms.mobility.service.terms import By, ChooseProfile, LoggedIn, LoggedOut, LogIn, LogsOutAfterCall, Way

__all__ = [
    "EXPIRY",
    "RECONFIGURE",
    "By",
    "ChooseProfile",
    "Explanation",
    "LogIn",
    "LoggedIn",
    "LoggedOut",
    "LogsOutAfterCall",
    "Way",
    "as_database_error",
    "ask_about_calls",
    "call_ended",
    "devices_of",
    "end",
    "end_when_idle",
    "explain",
    "is_in_call",
    "log_in",
    "log_out",
    "log_out_all",
    "log_out_user",
    "on_session_change",
    "phone_facts",
    "phone_registered",
    "profiles_of_users",
    "requests_in_progress",
    "users_on",
    "wait_for_call",
]
