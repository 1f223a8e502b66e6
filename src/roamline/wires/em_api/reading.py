"""Reading a request of the EM API: XML in, one of the request dataclasses or a ParseFailure out.

Accepted as clients send it: with and without an XML declaration, indented, empty elements in both spellings, children
in any order. Refused: unknown or repeated elements, nonsense in numbers, flags and addresses.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from roamline.kernel.errors import Error
from roamline.wires.em_api.grammar import (
    Parts,
    Unparsable,
    address_in,
    app_info_in,
    duration_in,
    flag_in,
    login_type_in,
    name_in,
    user_id_in,
)
from roamline.wires.em_api.requests import (
    AppInfo,
    CheckUserQuery,
    DeviceProfileQuery,
    DeviceUserQuery,
    LoginRequest,
    LogoutAllRequest,
    LogoutRequest,
    ParseFailure,
    Request,
    UserDevicesQuery,
)
from roamline.wires.safe_xml import MalformedXml, parse_xml

_SOURCE = ("remoteIPAddr", "isViaHeaderSet")


def parse_request(source: bytes | str) -> Request | ParseFailure:
    """Read one request document (at most 64 KiB); never raises.

    A query of an unknown kind gives Error.QUERY_TYPE_UNDETERMINED, everything else that is wrong Error.PARSE_ERROR.
    Names are trimmed, user ids percent-decoded. Blank device names and user ids pass: that they match nothing is for
    the one who looks them up. Grammar: Cisco's public Extension Mobility API guide. API-1, S-4.
    """
    try:
        root = parse_xml(source)
        operation, kinds = _operation_of(root)
        if root.tag == "query" and operation.tag not in kinds:
            return ParseFailure(Error.QUERY_TYPE_UNDETERMINED, "not one of the known queries")
        return kinds[str(operation.tag)](app_info_in(root.find("appInfo")), operation)
    except (MalformedXml, Unparsable) as error:
        return ParseFailure(Error.PARSE_ERROR, str(error))


_Reader = Callable[[AppInfo, etree._Element], Request]


def _operation_of(root: etree._Element) -> tuple[etree._Element, dict[str, _Reader]]:
    """The one child of the root that is not ``appInfo``, with the readers that the root allows."""
    if root.tag not in _KINDS:
        raise Unparsable("the root is neither request nor query")
    kinds = _KINDS[str(root.tag)]
    if len(root.findall("appInfo")) > 1:
        raise Unparsable("more than one appInfo")
    operations = [child for child in root if child.tag != "appInfo"]
    if not operations and root.tag == "query":
        return root, kinds
    if len(operations) != 1:
        raise Unparsable(f"{root.tag} needs exactly one operation")
    if root.tag == "request" and operations[0].tag not in kinds:
        raise Unparsable("not one of the known operations")
    return operations[0], kinds


def _login(app_info: AppInfo, element: etree._Element) -> LoginRequest:
    parts = Parts(element, one=("deviceName", "userID", "deviceProfile", "exclusiveDuration", *_SOURCE))
    user = parts.element("userID")
    if user is None:
        raise Unparsable("no userID in login")
    return LoginRequest(
        app_info,
        parts.required("deviceName"),
        user_id_in(user),
        parts.optional("deviceProfile"),
        duration_in(parts.element("exclusiveDuration")),
        address_in(parts.optional("remoteIPAddr")),
        flag_in(parts.optional("isViaHeaderSet")),
    )


def _logout(app_info: AppInfo, element: etree._Element) -> LogoutRequest:
    parts = Parts(element, one=("deviceName", *_SOURCE))
    return LogoutRequest(
        app_info,
        parts.required("deviceName"),
        address_in(parts.optional("remoteIPAddr")),
        flag_in(parts.optional("isViaHeaderSet")),
    )


def _logout_all(app_info: AppInfo, element: etree._Element) -> LogoutAllRequest:
    parts = Parts(element, one=_SOURCE)
    return LogoutAllRequest(
        app_info, address_in(parts.optional("remoteIPAddr")), flag_in(parts.optional("isViaHeaderSet"))
    )


def _device_user(app_info: AppInfo, element: etree._Element) -> DeviceUserQuery:
    parts = Parts(element, one=("loginType", *_SOURCE), many=("deviceName",))
    return DeviceUserQuery(
        app_info,
        tuple(name_in(device) for device in parts.all("deviceName")),
        login_type_in(parts.optional("loginType")),
        address_in(parts.optional("remoteIPAddr")),
    )


def _user_devices(app_info: AppInfo, element: etree._Element) -> UserDevicesQuery:
    parts = Parts(element, one=_SOURCE, many=("userID",))
    return UserDevicesQuery(app_info, _user_ids(parts), address_in(parts.optional("remoteIPAddr")))


def _check_user(app_info: AppInfo, element: etree._Element) -> CheckUserQuery:
    return CheckUserQuery(app_info, *_users_and_source(element))


def _device_profile(app_info: AppInfo, element: etree._Element) -> DeviceProfileQuery:
    return DeviceProfileQuery(app_info, *_users_and_source(element))


def _users_and_source(element: etree._Element) -> tuple[tuple[str, ...], str | None, bool | None]:
    parts = Parts(element, one=_SOURCE, many=("userID",))
    return (
        _user_ids(parts),
        address_in(parts.optional("remoteIPAddr")),
        flag_in(parts.optional("isViaHeaderSet")),
    )


def _user_ids(parts: Parts) -> tuple[str, ...]:
    return tuple(user_id_in(user) for user in parts.all("userID"))


_KINDS: dict[str, dict[str, _Reader]] = {
    "request": {"login": _login, "logout": _logout, "logoutAll": _logout_all},
    "query": {
        "deviceUserQuery": _device_user,
        "userDevicesQuery": _user_devices,
        "checkUser": _check_user,
        "deviceProfileQuery": _device_profile,
        "userDeviceProfileQuery": _device_profile,
    },
}
