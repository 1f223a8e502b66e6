"""The engine of Extension Mobility."""

from roamline.rooms.mobility.service.calls import (
    ask_about_calls,
    ask_for_calls_up,
    call_ended,
    calls_up_on,
    end_all_when_idle,
    end_when_idle,
    is_in_call,
    wait_for_call,
)
from roamline.rooms.mobility.service.common import (
    CLEAR_HISTORY,
    EXPIRY,
    RECONFIGURE,
    as_database_error,
    on_session_change,
    requests_in_progress,
    requests_throttled,
    settle,
)
from roamline.rooms.mobility.service.confirmation import expect_confirmation
from roamline.rooms.mobility.service.do_not_disturb import (
    SHOW_DO_NOT_DISTURB,
    set_do_not_disturb,
    set_do_not_disturb_on,
)
from roamline.rooms.mobility.service.explain import Explanation, explain
from roamline.rooms.mobility.service.feature_report import as_csv, generate_report, kept_report, rows_of
from roamline.rooms.mobility.service.gate import objection_of_service
from roamline.rooms.mobility.service.log_in import log_in, user_id_of
from roamline.rooms.mobility.service.log_out import end, log_out, log_out_all, log_out_user
from roamline.rooms.mobility.service.phones import (
    devices_of,
    phone_facts,
    phone_registered,
    profiles_of_users,
    users_on,
)
from roamline.rooms.mobility.service.reconfigure import (
    APPLY_CONFIG,
    ask_for_file_stamps,
    file_stamps_of,
    reconfigure_phones,
    reconfigure_phones_running,
)
from roamline.rooms.mobility.service.removal import (
    delete_account,
    delete_phone,
    delete_profile,
    why_account_stays,
    why_phone_stays,
    why_profile_stays,
)
from roamline.rooms.mobility.service.schedules import (
    Met,
    add_schedule,
    drop_schedule,
    enable_schedule,
    log_out_met,
    next_times,
    plan_anew,
    preview,
    remove_schedule,
)
from roamline.rooms.mobility.service.sources import objection_to_source, origin_of
from roamline.rooms.mobility.service.subscriptions import Subscribed, subscribe_phones, subscribe_profiles
from roamline.rooms.mobility.service.terms import By, ChooseProfile, LoggedIn, LoggedOut, LogIn, LogsOutAfterCall, Way

__all__ = [
    "APPLY_CONFIG",
    "CLEAR_HISTORY",
    "EXPIRY",
    "RECONFIGURE",
    "SHOW_DO_NOT_DISTURB",
    "By",
    "ChooseProfile",
    "Explanation",
    "LogIn",
    "LoggedIn",
    "LoggedOut",
    "LogsOutAfterCall",
    "Met",
    "Subscribed",
    "Way",
    "add_schedule",
    "as_csv",
    "as_database_error",
    "ask_about_calls",
    "ask_for_calls_up",
    "ask_for_file_stamps",
    "call_ended",
    "calls_up_on",
    "delete_account",
    "delete_phone",
    "delete_profile",
    "devices_of",
    "drop_schedule",
    "enable_schedule",
    "end",
    "end_all_when_idle",
    "end_when_idle",
    "expect_confirmation",
    "explain",
    "file_stamps_of",
    "generate_report",
    "is_in_call",
    "kept_report",
    "log_in",
    "log_out",
    "log_out_all",
    "log_out_met",
    "log_out_user",
    "next_times",
    "objection_of_service",
    "objection_to_source",
    "on_session_change",
    "origin_of",
    "phone_facts",
    "phone_registered",
    "plan_anew",
    "preview",
    "profiles_of_users",
    "reconfigure_phones",
    "reconfigure_phones_running",
    "remove_schedule",
    "requests_in_progress",
    "requests_throttled",
    "rows_of",
    "set_do_not_disturb",
    "set_do_not_disturb_on",
    "settle",
    "subscribe_phones",
    "subscribe_profiles",
    "user_id_of",
    "users_on",
    "wait_for_call",
    "why_account_stays",
    "why_phone_stays",
    "why_profile_stays",
]
