"""What each operation of the EM API does, and whether its caller may."""

from __future__ import annotations

from datetime import datetime, timedelta

from roamline.doors.em_api.callers import Caller
from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.rules.sources import Origin
from roamline.rooms.mobility.service import By, LogIn, Way
from roamline.wires.em_api import (
    CheckedUser,
    CheckUserQuery,
    CheckUserResults,
    DeviceProfileQuery,
    DeviceProfileResults,
    DeviceUser,
    DeviceUserQuery,
    DeviceUserResults,
    Failure,
    LoginRequest,
    LogoutAllRequest,
    LogoutRequest,
    ProfileOfUser,
    Request,
    Response,
    Success,
    UnknownDevice,
    UnknownUser,
    UserDevices,
    UserDevicesQuery,
    UserDevicesResults,
    UserProfiles,
)

NOT_ALLOWED = Failure(Error.LACKS_PROXY_RIGHTS)


def perform(request: Request, caller: Caller, origin: Origin, now: datetime) -> Response:
    """Do what an authenticated caller asks, or say why not."""
    by = _by(request, caller, origin)
    match request:
        case LoginRequest():
            return _log_in(request, caller, by, now)
        case LogoutRequest():
            return _log_out(request, caller, by, now)
        case LogoutAllRequest():
            return _log_out_all(caller, by, now)
        case DeviceUserQuery():
            return _who_is_on(request, caller)
        case UserDevicesQuery():
            return _where_are(request, caller)
        case DeviceProfileQuery():
            return _profiles_of(request, caller)
        case CheckUserQuery():
            return _do_exist(request, caller)


def _by(request: Request, caller: Caller, origin: Origin) -> By:
    """For whom a caller speaks: one with the proxy right is believed which address that is, and how it came (EM-28)."""
    address = getattr(request, "remote_ip", None) if caller.is_proxy else None
    said_proxied = getattr(request, "via_header_set", None) if caller.is_proxy else None
    is_proxied = origin.is_proxied if said_proxied is None else said_proxied
    return By(caller.user_id, Way.EM_API, address or origin.address, is_proxied)


def _log_in(request: LoginRequest, caller: Caller, by: By, now: datetime) -> Response:
    if not caller.may_act_for(request.user_id):
        return NOT_ALLOWED
    lasting = request.exclusive_duration
    minutes = lasting.minutes if lasting else None
    asked = LogIn(
        device=request.device_name,
        identifier=request.user_id,
        pin=None,
        profile=request.device_profile,
        duration=timedelta(minutes=minutes) if minutes else None,
        indefinite=lasting is not None and minutes is None,
    )
    return _answer(mobility.log_in(asked, by, now))


def _log_out(request: LogoutRequest, caller: Caller, by: By, now: datetime) -> Response:
    only = None if caller.is_proxy else caller.user_id
    return _answer(mobility.log_out(request.device_name, by, now, only=only))


def _log_out_all(caller: Caller, by: By, now: datetime) -> Response:
    return _answer(mobility.log_out_all(by, now)) if caller.may_act_for(None) else NOT_ALLOWED


def _answer(outcome: object) -> Response:
    return Failure(outcome.error) if isinstance(outcome, Refused) else Success()


def _who_is_on(request: DeviceUserQuery, caller: Caller) -> Response:
    if not caller.is_proxy:
        return NOT_ALLOWED
    found = mobility.users_on(list(request.device_names))
    devices = []
    for name in request.device_names:
        device = found.get(name.lower())
        devices.append(
            DeviceUser(name, device.user_id, device.last_user_id, device.is_emcc) if device else UnknownDevice(name)
        )
    return DeviceUserResults(tuple(devices))


def _where_are(request: UserDevicesQuery, caller: Caller) -> Response:
    if not all(caller.may_act_for(user_id) for user_id in request.user_ids):
        return NOT_ALLOWED
    found = mobility.devices_of(list(request.user_ids))
    return UserDevicesResults(
        tuple(UserDevices(u, found[u]) if u in found else UnknownUser(u) for u in request.user_ids)
    )


def _profiles_of(request: DeviceProfileQuery, caller: Caller) -> Response:
    if not all(caller.may_act_for(user_id) for user_id in request.user_ids):
        return NOT_ALLOWED
    found = mobility.profiles_of_users(list(request.user_ids))
    return DeviceProfileResults(
        tuple(
            UserProfiles(u, tuple(ProfileOfUser(name, default) for name, default in found[u]))
            if u in found
            else UnknownUser(u)
            for u in request.user_ids
        )
    )


def _do_exist(request: CheckUserQuery, caller: Caller) -> Response:
    if not all(caller.may_act_for(user_id) for user_id in request.user_ids):
        return NOT_ALLOWED
    known = mobility.devices_of(list(request.user_ids))
    return CheckUserResults(tuple(CheckedUser(u) if u in known else UnknownUser(u) for u in request.user_ids))
