"""Finding an error by what somebody read on a phone or in a handbook: its number, its text, or its wording there.

The wordings are those of the original's handbooks, also where they give a number that phones do not show: they print
207 for a failed connection to the service, which is 208.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from roamline.kernel.errors import Error
from roamline.kernel.wording import gettext_noop as _

LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that a handbook names and that has no error number."""

    wordings: tuple[str, ...]
    meaning: str
    remedy: str


WORDINGS: dict[Error, tuple[str, ...]] = {
    Error.AUTHENTICATION_ERROR: ("验证错误", "authentication error"),
    Error.BLANK_ID_OR_PIN: ("空白的用户 ID 或个人识别码", "blank user id or pin"),
    Error.BUSY: ("忙,请重试", "忙，请重试", "busy, please try again"),
    Error.DATABASE_ERROR: ("数据库错误", "database error"),
    Error.EM_NOT_ENABLED: ("禁用设备登录", "设备登录被禁用", "device logon disabled"),
    Error.DEVICE_NAME_EMPTY: ("无设备名称", "设备名称为空", "device name empty"),
    Error.SERVICE_CONNECTION_ERROR: ("EM 服务连接错误", "em service connection error"),
    Error.USER_LOGGED_IN_ELSEWHERE: ("用户已在别处登录", "user logged in elsewhere"),
    Error.NO_PROFILE: ("无用户配置文件", "用户配置文件缺失", "user profile absent"),
}

REMEDIES: dict[Error, str] = {
    Error.AUTHENTICATION_ERROR: _("Check the user id and the PIN; unlock the user, or set a new PIN."),
    Error.BLANK_ID_OR_PIN: _("Enter both the user id and the PIN."),
    Error.BUSY: _("Look at the requests in progress; raise Maximum Concurrent Requests if they stand at its limit."),
    Error.DATABASE_ERROR: _("Look at the phones' log for the cause; see that the database answers (roamline check)."),
    Error.EM_NOT_ENABLED: _("Tick 'Enable extension mobility' on the phone's page."),
    Error.LOGOUT_DISABLED_ON_DEVICE: _("Tick 'Enable extension mobility' on the phone's page."),
    Error.DEVICE_NAME_EMPTY: _("Give the service URL with device=#DEVICENAME#; it is case-sensitive."),
    Error.DEVICE_DOES_NOT_EXIST: _("Add the phone, or correct its device name."),
    Error.SERVICE_CONNECTION_ERROR: _("See that Cisco Extension Mobility is activated and runs on this node."),
    Error.USER_LOGGED_IN_ELSEWHERE: _("Log the user out there, or set Multiple Login Behavior to allow it."),
    Error.PHONE_TAKEN: _("Log out whoever is on the phone, there or from its page."),
    Error.NO_USER_LOGGED_IN: _("Nothing needs doing: nobody is logged in on the phone."),
    Error.NO_PROFILE: _("Move a device profile to the user's controlled profiles."),
    Error.PROFILE_NOT_FOUND: _("Name one of the user's controlled profiles, or none."),
    Error.USER_DOES_NOT_EXIST: _("Check the user id (lower case), self-service id or extension."),
    Error.LOGIN_TYPE_INVALID: _("Give loginType=UID, SP or DN in the service URL, or leave it out."),
    Error.DN_HAS_MULTIPLE_USERS: _("Make the extension the primary one of one user only."),
    Error.LACKS_PROXY_RIGHTS: _("Put the application user into Standard EM Authentication Proxy Rights."),
    Error.INVALID_APP_USER: _("Check the application's user id and password."),
    Error.APP_USER_NOT_AUTHORIZED: _("Send both appID and appCertificate."),
    Error.PARSE_ERROR: _("Correct the XML that the application sends."),
    Error.QUERY_TYPE_UNDETERMINED: _("Ask one of deviceUserQuery, userDevicesQuery, deviceProfileQuery, checkUser."),
    Error.PIN_CHANGE_REQUIRED: _("The user changes the PIN on the screen that comes up, or clear 'must change'."),
}

UNNUMBERED: tuple[Trouble, ...] = (
    Trouble(
        ("未找到主机", "找不到主机", "host not found"),
        _("the phone cannot resolve the host of the service URL, or nothing answers there"),
        _("Check the host in the service URL; see that the phones process runs (roamline check)."),
    ),
    Trouble(
        ("http 错误", "http error", "503"),
        _("the service is deactivated on this node"),
        _("Activate phone services and the Extension Mobility application on this node."),
    ),
    Trouble(
        ("电话重置", "phone resets", "会重置"),
        _("after a log-in or log-out the phone resets instead of restarting, because its language changes"),
        _("Nothing needs doing: the user's or profile's locale differs from the phone's."),
    ),
    Trouble(
        ("登录后电话服务不可用", "登录后，用户发现电话服务不可用", "services unavailable after login"),
        _("the user's profile is not subscribed to Extension Mobility"),
        _("Subscribe the profile to the Extension Mobility service, or make it an enterprise subscription."),
    ),
    Trouble(
        ("注销后电话服务不可用", "services unavailable after logout"),
        _("the phone itself is not subscribed to Extension Mobility"),
        _("Subscribe the phone to the Extension Mobility service."),
    ),
)


def find(text: str) -> tuple[list[Error], list[Trouble]]:
    """The errors and unnumbered troubles that a text may speak of: a handbook's wording first, else any number in it.

    A wording wins over a number, because handbooks print wrong numbers.
    """
    folded = _folded(text[:LONGEST_TEXT])
    if not folded:
        return [], []
    errors = [error for error, known in WORDINGS.items() if any(_folded(w) in folded for w in known)]
    troubles = [trouble for trouble in UNNUMBERED if any(_folded(w) in folded for w in trouble.wordings)]
    return errors or _by_phone_text(folded) or _by_number(text), troubles


def _folded(text: str) -> str:
    return re.sub(r"[\s,，。:：“”\"'()（）]+", "", text).lower()


def _by_phone_text(folded: str) -> list[Error]:
    return [error for error in Error if folded in {_folded(t) for t in _texts(error) if t}]


def _texts(error: Error) -> tuple[str | None, ...]:
    return (error.value.log_in_text, error.value.log_out_text, error.short_name)


def _by_number(text: str) -> list[Error]:
    numbers = {int(found) for found in re.findall(r"\d{1,3}", text[:LONGEST_TEXT])}
    return [error for error in Error if error.number in numbers]
