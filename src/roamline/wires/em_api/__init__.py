"""The EM API: the XML that applications send to log users in and out, and to ask who is where (API-1).

A request comes as the form field ``xml`` of a POST, and is answered with XML and HTTP 200 whatever the outcome.
``parse_request`` reads, ``render_response`` answers; ``render_request`` is the client's side. The grammar is that of
Cisco's public Extension Mobility API guide (releases 9.0 to 14), with what public clients and published traces show.
"""

from roamline.wires.em_api.reading import parse_request
from roamline.wires.em_api.requests import (
    INDEFINITE,
    LONGEST_DURATION_MINUTES,
    AppInfo,
    CheckUserQuery,
    DeviceProfileQuery,
    DeviceUserQuery,
    ExclusiveDuration,
    LoginRequest,
    LoginType,
    LogoutAllRequest,
    LogoutRequest,
    ParseFailure,
    Request,
    UserDevicesQuery,
)
from roamline.wires.em_api.responses import (
    CONTENT_TYPE,
    CheckedUser,
    CheckUserResults,
    DeviceProfileResults,
    DeviceUser,
    DeviceUserResults,
    Failure,
    ProfileOfUser,
    Response,
    Success,
    UnknownDevice,
    UnknownUser,
    UserDevices,
    UserDevicesResults,
    UserProfiles,
    render_response,
)
from roamline.wires.em_api.writing import render_request

__all__ = [
    "CONTENT_TYPE",
    "INDEFINITE",
    "LONGEST_DURATION_MINUTES",
    "AppInfo",
    "CheckUserQuery",
    "CheckUserResults",
    "CheckedUser",
    "DeviceProfileQuery",
    "DeviceProfileResults",
    "DeviceUser",
    "DeviceUserQuery",
    "DeviceUserResults",
    "ExclusiveDuration",
    "Failure",
    "LoginRequest",
    "LoginType",
    "LogoutAllRequest",
    "LogoutRequest",
    "ParseFailure",
    "ProfileOfUser",
    "Request",
    "Response",
    "Success",
    "UnknownDevice",
    "UnknownUser",
    "UserDevices",
    "UserDevicesQuery",
    "UserDevicesResults",
    "UserProfiles",
    "parse_request",
    "render_request",
    "render_response",
]
