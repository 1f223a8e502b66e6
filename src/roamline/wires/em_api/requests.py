"""What an application may ask: one frozen dataclass per operation of the EM API."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from roamline.kernel.errors import Error
from roamline.kernel.secret import Secret

LONGEST_DURATION_MINUTES = 168 * 60


class LoginType(Enum):
    """What the user id of a query is: a user id, a self-service id or a primary extension."""

    USER_ID = "UID"
    SELF_SERVICE_ID = "SP"
    EXTENSION = "DN"


@dataclass(frozen=True, slots=True)
class AppInfo:
    """Who calls: an application user, or an end user for themselves.

    ``certificate`` is the caller's password; None when the request carries none, ``Secret("")`` when it is blank.
    ``encrypted`` says that it came as ``appEncryptedCertificate``, whose encryption is not public.
    """

    app_id: str
    certificate: Secret | None
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class ExclusiveDuration:
    """How long a log-in is to last, instead of the cluster's policy: minutes (1 to 10080), or None for no end."""

    minutes: int | None


INDEFINITE = ExclusiveDuration(None)


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """Log a user in; without a profile the user's default one, without a duration the cluster's policy.

    ``remote_ip`` and ``via_header_set`` are the caller's word about whom it speaks for: the address of the phone, and
    whether a proxy stood between. None means that the connection itself is to be looked at (EM-28).
    """

    app_info: AppInfo
    device_name: str
    user_id: str
    device_profile: str | None = None
    exclusive_duration: ExclusiveDuration | None = None
    remote_ip: str | None = None
    via_header_set: bool | None = None


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """Log out whoever is logged in on the device."""

    app_info: AppInfo
    device_name: str
    remote_ip: str | None = None
    via_header_set: bool | None = None


@dataclass(frozen=True, slots=True)
class LogoutAllRequest:
    """Log out every user of the cluster."""

    app_info: AppInfo
    remote_ip: str | None = None
    via_header_set: bool | None = None


@dataclass(frozen=True, slots=True)
class DeviceUserQuery:
    """Who is on these devices? ``login_type`` occurs in internal traffic of release 12.0 and later only."""

    app_info: AppInfo
    device_names: tuple[str, ...]
    login_type: LoginType | None = None
    remote_ip: str | None = None


@dataclass(frozen=True, slots=True)
class UserDevicesQuery:
    """On which devices are these users?"""

    app_info: AppInfo
    user_ids: tuple[str, ...]
    remote_ip: str | None = None


@dataclass(frozen=True, slots=True)
class CheckUserQuery:
    """Do these users exist?"""

    app_info: AppInfo
    user_ids: tuple[str, ...]
    remote_ip: str | None = None
    via_header_set: bool | None = None


@dataclass(frozen=True, slots=True)
class DeviceProfileQuery:
    """Which device profiles do these users control? Also spelled ``userDeviceProfileQuery``."""

    app_info: AppInfo
    user_ids: tuple[str, ...]
    remote_ip: str | None = None
    via_header_set: bool | None = None


Request = (
    LoginRequest
    | LogoutRequest
    | LogoutAllRequest
    | DeviceUserQuery
    | UserDevicesQuery
    | CheckUserQuery
    | DeviceProfileQuery
)


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """The request could not be understood; ``error`` is what the caller is told.

    ``reason`` says where it broke, for logs and administrators, and never quotes the request.
    """

    error: Error
    reason: str
