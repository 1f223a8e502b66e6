"""Writing a request of the EM API: the client's side, for tests, scripts and our own calls."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from lxml import etree

from roamline.wires.em_api.requests import (
    AppInfo,
    CheckUserQuery,
    DeviceProfileQuery,
    DeviceUserQuery,
    ExclusiveDuration,
    LoginRequest,
    LogoutAllRequest,
    LogoutRequest,
    Request,
    UserDevicesQuery,
)
from roamline.wires.xml_text import add, to_bytes

_TAGS: dict[type, tuple[str, str]] = {
    LoginRequest: ("request", "login"),
    LogoutRequest: ("request", "logout"),
    LogoutAllRequest: ("request", "logoutAll"),
    DeviceUserQuery: ("query", "deviceUserQuery"),
    UserDevicesQuery: ("query", "userDevicesQuery"),
    CheckUserQuery: ("query", "checkUser"),
    DeviceProfileQuery: ("query", "deviceProfileQuery"),
}


def encoded_user_id(user_id: str) -> str:
    """A user id as this wire carries it: percent-encoded UTF-8."""
    return quote(user_id, safe="", errors="replace")


def render_request(request: Request) -> bytes:
    """The request as an XML document, in the order of the guide; it carries the password in clear."""
    root_tag, operation_tag = _TAGS[type(request)]
    root = etree.Element(root_tag)
    _add_app_info(root, request.app_info)
    _add_details(add(root, operation_tag), request)
    return to_bytes(root)


def _add_app_info(root: etree._Element, app_info: AppInfo) -> None:
    element = add(root, "appInfo")
    add(element, "appID", app_info.app_id)
    if app_info.certificate is not None:
        tag = "appEncryptedCertificate" if app_info.encrypted else "appCertificate"
        add(element, tag, app_info.certificate.reveal())


def _add_details(element: etree._Element, request: Request) -> None:
    match request:
        case LoginRequest():
            add(element, "deviceName", request.device_name)
            _add_users(element, [request.user_id])
            _add_if(element, "deviceProfile", request.device_profile)
            _add_duration(element, request.exclusive_duration)
        case LogoutRequest():
            add(element, "deviceName", request.device_name)
        case DeviceUserQuery():
            for device_name in request.device_names:
                add(element, "deviceName", device_name)
            _add_if(element, "loginType", request.login_type.value if request.login_type else None)
        case UserDevicesQuery() | CheckUserQuery() | DeviceProfileQuery():
            _add_users(element, request.user_ids)
        case LogoutAllRequest():
            pass
    _add_source(element, request)


def _add_users(element: etree._Element, user_ids: Iterable[str]) -> None:
    for user_id in user_ids:
        add(element, "userID", encoded_user_id(user_id))


def _add_duration(element: etree._Element, duration: ExclusiveDuration | None) -> None:
    if duration is None:
        return
    holder = add(element, "exclusiveDuration")
    if duration.minutes is None:
        add(holder, "indefinite")
    else:
        add(holder, "time", str(duration.minutes))


def _add_source(element: etree._Element, request: Request) -> None:
    _add_if(element, "remoteIPAddr", request.remote_ip)
    if not isinstance(request, DeviceUserQuery | UserDevicesQuery) and request.via_header_set is not None:
        add(element, "isViaHeaderSet", "true" if request.via_header_set else "false")


def _add_if(element: etree._Element, tag: str, text: str | None) -> None:
    if text is not None:
        add(element, tag, text)
