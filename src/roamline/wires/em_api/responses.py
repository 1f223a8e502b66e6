"""Answers of the EM API, and their XML.

The shapes are those that public clients read and published traces show; where the guide's own grammar and its
examples disagree, the examples win (a failed query carries ``error`` with its ``code`` like a failed log-in).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from roamline.kernel.errors import Error
from roamline.wires.em_api.writing import encoded_user_id
from roamline.wires.xml_text import add, to_bytes

CONTENT_TYPE = "text/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Success:
    """The log-in or log-out was done."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The request was refused; without a text of its own the error's short name is sent."""

    error: Error
    text: str = ""


@dataclass(frozen=True, slots=True)
class DeviceUser:
    """A device: who is logged in now, who was last, and whether by cross-cluster Extension Mobility."""

    device_name: str
    user_id: str | None = None
    last_user_id: str | None = None
    is_emcc: bool = False


@dataclass(frozen=True, slots=True)
class UnknownDevice:
    """The query named a device that does not exist."""

    device_name: str


@dataclass(frozen=True, slots=True)
class UnknownUser:
    """The query named a user who does not exist."""

    user_id: str


@dataclass(frozen=True, slots=True)
class UserDevices:
    """A user and the devices they are logged in on, possibly none."""

    user_id: str
    device_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProfileOfUser:
    """One device profile that a user controls."""

    name: str
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class UserProfiles:
    """A user and the device profiles they control, possibly none."""

    user_id: str
    profiles: tuple[ProfileOfUser, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedUser:
    """A user who exists."""

    user_id: str


@dataclass(frozen=True, slots=True)
class DeviceUserResults:
    """The answer to a DeviceUserQuery, in the order asked."""

    devices: tuple[DeviceUser | UnknownDevice, ...]


@dataclass(frozen=True, slots=True)
class UserDevicesResults:
    """The answer to a UserDevicesQuery, in the order asked."""

    users: tuple[UserDevices | UnknownUser, ...]


@dataclass(frozen=True, slots=True)
class DeviceProfileResults:
    """The answer to a DeviceProfileQuery, in the order asked."""

    users: tuple[UserProfiles | UnknownUser, ...]


@dataclass(frozen=True, slots=True)
class CheckUserResults:
    """The answer to a CheckUserQuery, in the order asked."""

    users: tuple[CheckedUser | UnknownUser, ...]


Response = Success | Failure | DeviceUserResults | UserDevicesResults | DeviceProfileResults | CheckUserResults


def render_response(response: Response) -> bytes:
    """The answer as an XML document in UTF-8; user ids are percent-encoded. HTTP status is 200 in every case."""
    root = etree.Element("response")
    _RENDERERS[type(response)](root, response)
    return to_bytes(root)


def _success(root: etree._Element, _response: Success) -> None:
    add(root, "success")


def _failure(root: etree._Element, response: Failure) -> None:
    text = response.text or response.error.short_name
    add(add(root, "failure"), "error", text, code=str(response.error.number))


def _device_users(root: etree._Element, response: DeviceUserResults) -> None:
    results = add(root, "deviceUserResults")
    for device in response.devices:
        element = add(results, "device", name=device.device_name)
        if isinstance(device, UnknownDevice):
            add(element, "doesNotExist")
        else:
            _device_user(element, device)


def _device_user(element: etree._Element, device: DeviceUser) -> None:
    """Two slots, each with ``none`` when empty: who is on it now, and who was last."""
    for tag, user_id in (("userID", device.user_id), ("lastlogin", device.last_user_id)):
        if user_id is None:
            add(element, "none")
        else:
            add(element, tag, encoded_user_id(user_id))
    add(element, "emccDevice", "yes" if device.is_emcc else "no")


def _user_devices(root: etree._Element, response: UserDevicesResults) -> None:
    results = add(root, "userDevicesResults")
    for user in response.users:
        element = _user(results, user.user_id)
        if isinstance(user, UnknownUser):
            add(element, "doesNotExist")
            continue
        for device_name in user.device_names:
            add(element, "deviceName", device_name)
        if not user.device_names:
            add(element, "none")


def _device_profiles(root: etree._Element, response: DeviceProfileResults) -> None:
    results = add(root, "deviceProfileResults")
    for user in response.users:
        element = _user(results, user.user_id)
        if isinstance(user, UnknownUser):
            add(element, "doesNotExist")
            continue
        for profile in user.profiles:
            holder = add(element, "deviceProfile")
            add(holder, "deviceProfileName", profile.name)
            add(holder, "isDefaultDeviceProfile", "t" if profile.is_default else "f")
        if not user.profiles:
            add(element, "none")


def _check_users(root: etree._Element, response: CheckUserResults) -> None:
    results = add(root, "checkUserResults")
    for user in response.users:
        element = _user(results, user.user_id)
        if isinstance(user, UnknownUser):
            add(element, "doesNotExist")
        else:
            add(element, "exists", encoded_user_id(user.user_id))


def _user(results: etree._Element, user_id: str) -> etree._Element:
    return add(results, "user", id=encoded_user_id(user_id))


_RENDERERS: dict[type, Callable[[etree._Element, Any], None]] = {
    Success: _success,
    Failure: _failure,
    DeviceUserResults: _device_users,
    UserDevicesResults: _user_devices,
    DeviceProfileResults: _device_profiles,
    CheckUserResults: _check_users,
}
