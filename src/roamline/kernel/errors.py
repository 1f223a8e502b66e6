"""The registry of error numbers: what phones, scripts and service desks know, in one place.

Screens, the EM API, the docs and Explain all read it. 13-17, 24 and 34 are defined nowhere and are not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from roamline.kernel.wording import gettext_noop as _

NEVER_SENT = "never sent"


@dataclass(frozen=True, slots=True)
class ErrorText:
    """One error: its number, short name, what a phone shows at a log-in or a log-out, and when it happens.

    ``fault`` is for those that stand for faults inside: which fault sends it, or ``never sent`` and what is instead.
    """

    number: int
    short_name: str
    log_in_text: str | None
    log_out_text: str | None
    meaning: str
    fault: str = ""

    @property
    def is_ever_sent(self) -> bool:
        """Whether anything sends it."""
        return not self.fault.startswith(NEVER_SENT)


class Error(Enum):
    """Every refusal that Roamline gives, by name; ``Error.PHONE_TAKEN.number`` is 18."""

    UNKNOWN_ERROR = ErrorText(
        0,
        _("Unknown Error"),
        "Login is unavailable(0)",
        "Logout is unavailable(0)",
        _("unclassified failure"),
        fault="a failure that nobody foresaw, logged with the reference that the phone shows",
    )
    PARSE_ERROR = ErrorText(
        1,
        _("Error on parsing"),
        "Login is unavailable(1)",
        "Logout is unavailable(1)",
        _("the XML is malformed or not per the grammar"),
    )
    APP_USER_NOT_AUTHORIZED = ErrorText(
        2,
        _("Cannot authorize App user"),
        "Login is unavailable(2)",
        None,
        _("blank application id or certificate"),
    )
    INVALID_APP_USER = ErrorText(
        3,
        _("Invalid App User"),
        "Login is unavailable(3)",
        "Logout is unavailable(3)",
        _("the application id is unknown or its certificate is wrong"),
    )
    POLICY_VALIDATION_ERROR = ErrorText(
        4,
        _("Policy Validation error"),
        "Login is unavailable(4)",
        "Logout is unavailable(4)",
        _("the policy could not be checked, or failed"),
        fault="never sent: the policy is read with the user, and a database that fails sends 6",
    )
    LOGOUT_DISABLED_ON_DEVICE = ErrorText(
        5,
        _("Dev. logon disabled"),
        "Login is unavailable(5)",
        "Logout is unavailable(5)",
        _("Extension Mobility is not enabled on the device (seen at log-out)"),
    )
    DATABASE_ERROR = ErrorText(
        6,
        _("Database Error"),
        "Login is unavailable(6)",
        "Logout is unavailable(6)",
        _("the database failed or timed out"),
    )
    LOGOUT_REQUEST_ERROR = ErrorText(
        7,
        _("Logout Request Error"),
        None,
        None,
        _("the automatic log-out could not be set or removed"),
        fault="never sent: the automatic log-out is written in the transaction of its log-in, which sends 6 as a whole",
    )
    QUERY_TYPE_UNDETERMINED = ErrorText(
        8,
        _("Query type undetermined"),
        "Login is unavailable(8)",
        "Logout is unavailable(8)",
        _("the query is none of the known kinds"),
    )
    USER_INFO_ERROR = ErrorText(
        9,
        _("Dir. User Info Error"),
        "Login is unavailable(9)",
        "Logout is unavailable(9)",
        _("user data is not obtainable"),
        fault="never sent: user data is in the database, which sends 6 when it fails",
    )
    LACKS_PROXY_RIGHTS = ErrorText(
        10,
        _("User lacks app proxy rights"),
        "Login is unavailable(10)",
        "Logout is unavailable(10)",
        _("the caller acts for somebody else without Standard EM Authentication Proxy Rights"),
    )
    DEVICE_DOES_NOT_EXIST = ErrorText(
        11,
        _("Device Does not exist"),
        "Login is unavailable(11)",
        "Logout is unavailable(11)",
        _("no such phone"),
    )
    PROFILE_NOT_FOUND = ErrorText(
        12,
        _("Dev. Profile not found"),
        "Login is unavailable(12)",
        None,
        _("the named profile is missing, or not the user's"),
    )
    PHONE_TAKEN = ErrorText(
        18,
        _("Another user logged in"),
        "Login is unavailable(18)",
        None,
        _("the phone is taken"),
    )
    NO_USER_LOGGED_IN = ErrorText(
        19,
        _("No user logged in"),
        None,
        "Logout is unavailable(19)",
        _("nobody to log out"),
    )
    HOTELING_FLAG_ERROR = ErrorText(
        20,
        _("Hoteling flag error"),
        "Login is unavailable(20)",
        "Logout is unavailable(20)",
        _("the EM-enabled flag could not be read"),
        fault="never sent: the flag is read with the phone, and a database that fails sends 6",
    )
    HOTELING_STATUS_ERROR = ErrorText(
        21,
        _("Hoteling Status error"),
        "Login is unavailable(21)",
        "Logout is unavailable(21)",
        _("the log-in state could not be read"),
        fault="never sent: the state is read with the phone, and a database that fails sends 6",
    )
    EM_NOT_ENABLED = ErrorText(
        22,
        _("Dev. logon disabled"),
        "Login is unavailable(22)",
        None,
        _("Extension Mobility is not enabled on the phone"),
    )
    USER_DOES_NOT_EXIST = ErrorText(
        23,
        _("User does not exist"),
        "Login is Unavailable(23)",
        None,
        _("the id, self-service id or extension was not found"),
    )
    USER_LOGGED_IN_ELSEWHERE = ErrorText(
        25,
        _("User logged in elsewhere"),
        "Multi-Login Not Allowed (25)",
        None,
        _("Multiple Login Behavior forbids a second log-in"),
    )
    BUSY = ErrorText(
        26,
        _("Busy, please try again"),
        "Login is unavailable(26)",
        "Logout is unavailable(26)",
        _("Maximum Concurrent Requests is reached"),
    )
    CHANGE_PASSWORD = ErrorText(
        27,
        _("Change Password"),
        None,
        None,
        _("the password must be changed"),
    )
    UNTRUSTED_IP = ErrorText(
        28,
        _("Untrusted IP Error"),
        "Login is unavailable(28)",
        "Logout is unavailable(28)",
        _("Validate IP Address is on and the source is not trusted"),
    )
    REGISTRATION_UNAVAILABLE = ErrorText(
        29,
        _("Device registration information unavailable"),
        "Login is unavailable(29)",
        "Logout is unavailable(29)",
        _("the registration state cannot be read"),
        fault="Validate IP Address is on and the addresses of registered phones cannot be read",
    )
    PROXY_NOT_ALLOWED = ErrorText(
        30,
        _("Proxy not allowed"),
        "Login is unavailable(30)",
        "Logout is unavailable(30)",
        _("the request came through a proxy and Allow Proxy is False"),
    )
    EMCC_NOT_ACTIVATED_FOR_USER = ErrorText(
        31,
        _("EMCC Not Activated for the user"),
        "Login is unavailable(31)",
        "Logout is unavailable(31)",
        _("EMCC is not enabled for the user at home"),
    )
    DEVICE_LACKS_EMCC = ErrorText(
        32,
        _("Device does not support EMCC"),
        "Login is unavailable(32)",
        "Logout is unavailable(32)",
        _("the model cannot do EMCC"),
    )
    NO_FREE_EMCC_DEVICE = ErrorText(
        33,
        _("No free EMCC device"),
        "Login is unavailable(33)",
        "Logout is unavailable(33)",
        _("all EMCC devices are in use"),
    )
    VISITING_CLUSTER_UNKNOWN = ErrorText(
        35,
        _("Visiting cluster unknown to the home cluster"),
        "Login is unavailable(35)",
        "Logout is unavailable(35)",
        _("the home cluster has no entry for the visiting one"),
    )
    NO_REMOTE_CLUSTER = ErrorText(
        36,
        _("No Remote Cluster"),
        "Login is unavailable(36)",
        "Logout is unavailable(36)",
        _("no remote cluster is configured"),
    )
    DUPLICATE_DEVICE_NAME = ErrorText(
        37,
        _("Duplicate Device Name"),
        "Login is unavailable(37)",
        "Logout is unavailable(37)",
        _("the device name exists in both clusters"),
    )
    EMCC_NOT_ALLOWED = ErrorText(
        38,
        _("EMCC Not Allowed"),
        "Login is unavailable(38)",
        "Logout is unavailable(38)",
        _("the home cluster refuses EMCC"),
    )
    EMCC_TFTP_NOT_SET = ErrorText(
        39,
        _("Configuration Issue"),
        "Please try to login again (201)",
        None,
        _("the EMCC TFTP server is not set"),
    )
    NO_RESPONSE_FROM_REMOTE = ErrorText(
        40,
        _("No Response from Remote Host"),
        "Please try to login again (23)",
        None,
        _("the remote cluster is silent"),
    )
    PIN_CHANGE_REQUIRED = ErrorText(
        41,
        _("PIN change is required"),
        None,
        None,
        _("the PIN must be changed: leads to the change-credential screen, then on with the log-in"),
    )
    INVALID_CLUSTER_ID = ErrorText(
        42,
        _("Invalid ClusterID"),
        "Login is unavailable(42)",
        "Logout is unavailable(42)",
        _("the remote cluster id is invalid"),
    )
    DEVICE_SECURITY_MODE = ErrorText(
        43,
        _("Device Security mode error"),
        "Login is unavailable(43)",
        None,
        _("the EMCC device's security profile must be non-secure"),
    )
    CLUSTER_ID_CONFIGURATION = ErrorText(
        44,
        _("Configuration Issue"),
        "Please try to login again (201)",
        None,
        _("the cluster id is invalid"),
    )
    REMOTE_VERSION_UNSUPPORTED = ErrorText(
        45,
        _("Remote Cluster version not supported"),
        "Login is unsuccessful(45)",
        None,
        _("the remote cluster's version is not supported"),
    )
    REMOTE_SECURITY_UNSUPPORTED = ErrorText(
        46,
        _("Remote Cluster security mode not supported"),
        "Login is unsuccessful(46)",
        None,
        _("the remote cluster's security mode is not supported"),
    )
    EMCC_DN_SHARED = ErrorText(
        47,
        _("DN has multiple users"),
        "DN has multiple users(47)",
        None,
        _("EMCC by an extension that is primary for several users"),
    )
    AUTHENTICATION_ERROR = ErrorText(
        201,
        _("Authentication Error"),
        "Please try to login again (201)",
        None,
        _("wrong id or PIN; also a locked user, the phone does not tell which"),
    )
    BLANK_ID_OR_PIN = ErrorText(
        202,
        _("Blank userid or pin"),
        "Please try to login again (202)",
        None,
        _("the id or the PIN is empty"),
    )
    DIRECTORY_SERVER_ERROR = ErrorText(
        204,
        _("Directory server error"),
        "Login is unavailable (204)",
        None,
        _("the PIN could not be checked"),
    )
    NO_PROFILE = ErrorText(
        205,
        _("User Profile Absent"),
        "Login is unavailable (205)",
        "Logout is unavailable(205)",
        _("the user has no controlled profile"),
    )
    DEVICE_NAME_EMPTY = ErrorText(
        207,
        _("Device Name Empty"),
        "Login is unavailable(207)",
        "Logout is unavailable(207)",
        _("device is missing in the URL"),
    )
    SERVICE_CONNECTION_ERROR = ErrorText(
        208,
        _("EMService Connection Error"),
        "Login is unavailable(208)",
        "Logout is unavailable(208)",
        _("the EM service is deactivated or unreachable"),
    )
    INIT_FAILED = ErrorText(
        210,
        _("Init Fail-Contact Admin"),
        "Login is unavailable(210)",
        "Logout is unavailable(210)",
        _("start-up failed"),
    )
    EMCC_NOT_ACTIVATED = ErrorText(
        211,
        _("EMCC Not Activated"),
        "Login is unavailable(211)",
        "Logout is unavailable(211)",
        _("EMCC is not active in the intercluster service profile"),
    )
    CLUSTER_ID_INVALID = ErrorText(
        212,
        _("Cluster ID is invalid"),
        "Login is unavailable(212)",
        None,
        _("a remote cluster update sent a wrong cluster id"),
    )
    DEVICE_CANNOT_EMCC = ErrorText(
        213,
        _("Device does not support EMCC"),
        "Login is unavailable(213)",
        "Logout is unavailable(213)",
        _("the model cannot do EMCC"),
    )
    LOGIN_TYPE_INVALID = ErrorText(
        215,
        _("Login Type is invalid"),
        "LoginType invalid(215)",
        None,
        _("loginType is not UID, SP or DN"),
    )
    DN_HAS_MULTIPLE_USERS = ErrorText(
        216,
        _("DN has multiple users"),
        "DN has multiple users(216)",
        None,
        _("the extension is primary for more than one user"),
    )

    @property
    def number(self) -> int:
        """The number that phones, scripts and service desks know."""
        return self.value.number

    @property
    def short_name(self) -> str:
        """The short English name; an API answers with it."""
        return self.value.short_name

    @classmethod
    def of(cls, number: int) -> Error:
        """The error with that number; KeyError when no error has it."""
        return _BY_NUMBER[number]


_BY_NUMBER = {error.number: error for error in Error}
