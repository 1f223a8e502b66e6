"""The service parameters of Extension Mobility. Nothing else in the code repeats a default or a range.

Names are the field's own and are what every interface shows. A parameter stands here only when something asks it.
"""

from __future__ import annotations

from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.parameters.rules.parameter import NODE, Parameter
from roamline.rooms.parameters.rules.parsing import (
    address_list,
    boolean,
    login_time,
    one_of,
    only_addresses,
    whole_number,
)

EM = "Cisco Extension Mobility"

ALLOWED, NOT_ALLOWED, AUTO_LOGOUT = "Multiple Logins Allowed", "Multiple Logins Not Allowed", "Auto Logout"
_TRUTHS = ("True", "False")

ENFORCE_MAXIMUM_LOGIN_TIME = Parameter(
    EM, "Enforce Intra-cluster Maximum Login Time", "False",
    _("True logs a user out when the Intra-cluster Maximum Login Time has passed. Turning it on proposes 8:00."),
    boolean, _TRUTHS,
)  # fmt: skip
MAXIMUM_LOGIN_TIME = Parameter(
    EM, "Intra-cluster Maximum Login Time", "0:00",
    _("How long a user stays logged in. Saving a time above 0:00 turns the enforcement on. A user whose user profile "
      "allows it may have a time of their own, which goes before this one. Changes apply to new log-ins."),
    login_time, values=_("HHH:MM from 0:00 to 168:00; :30 is thirty minutes"),
)  # fmt: skip
INTER_CLUSTER_MAXIMUM_LOGIN_TIME = Parameter(
    EM, "Inter-cluster Maximum Login Time", "10:00",
    _("How long a user of another cluster stays logged in here. 0:00: as long as they like. Changes apply to new "
      "log-ins."),
    login_time, values=_("HHH:MM from 0:00 to 168:00; :30 is thirty minutes"),
)  # fmt: skip
MULTIPLE_LOGIN_BEHAVIOR = Parameter(
    EM, "Multiple Login Behavior", NOT_ALLOWED,
    _("What happens when a user who is logged in logs in to a second phone: both stand, the second is refused with "
      "error 25, or the first is logged out."),
    one_of(ALLOWED, NOT_ALLOWED, AUTO_LOGOUT), (ALLOWED, NOT_ALLOWED, AUTO_LOGOUT),
)  # fmt: skip
MAXIMUM_CONCURRENT_REQUESTS = Parameter(
    EM, "Maximum Concurrent Requests", "5",
    _("How many log-ins and log-outs one node works on at the same time; one more is refused at once with error 26."),
    whole_number(1, 10000), advanced=True, scope=NODE, values=_("a whole number from 1 to 10000"),
)  # fmt: skip
ALPHANUMERIC_USER_ID = Parameter(
    EM, "Alphanumeric User ID", "True",
    _("False takes user ids of digits only, and the phone's form then asks for digits."),
    boolean, _TRUTHS,
)  # fmt: skip
REMEMBER_LAST_USER = Parameter(
    EM, "Remember the Last User Logged In", "False",
    _("True fills the log-in form in with the phone's last user. It applies to the default service URL and to "
      "loginType=UID."),
    boolean, _TRUTHS,
)  # fmt: skip
CLEAR_CALL_LOGS = Parameter(
    EM, "Clear Call Logs on Intra-cluster EM", "False",
    _("True clears the phone's call history when somebody logs in or out by hand; automatic log-outs leave it."),
    boolean, _TRUTHS,
)  # fmt: skip
VALIDATE_IP = Parameter(
    EM, "Validate IP Address", "False",
    _("True takes log-ins and log-outs only from addresses in the cache, in the Trusted List of IPs, or of registered "
      "phones; others are refused with error 28."),
    boolean, _TRUTHS, advanced=True,
)  # fmt: skip
TRUSTED_IPS = Parameter(
    EM, "Trusted List of IPs", "",
    _("Addresses and host names, separated by semicolons, that log-ins and log-outs may come from while Validate IP "
      "Address is True. Ranges and patterns are not taken."),
    address_list, advanced=True, values=_("at most 1024 characters"),
)  # fmt: skip
ALLOW_PROXY = Parameter(
    EM, "Allow Proxy", "False",
    _("False refuses log-ins and log-outs that come through a proxy, with error 30; it matters only while Validate IP "
      "Address is True."),
    boolean, _TRUTHS, advanced=True,
)  # fmt: skip
EMCC_ALLOW_PROXY = Parameter(
    EM, "EMCC Allow Proxy", "False",
    _("False refuses log-ins across clusters that come through a proxy, with error 30; it matters only while Validate "
      "IP Address is True."),
    boolean, _TRUTHS, advanced=True,
)  # fmt: skip
TRUSTED_BALANCERS = Parameter(
    EM, "Trusted Balancers", "",
    _("Addresses, separated by semicolons, of load balancers whose X-Forwarded-For is believed: the client that it "
      "names is looked at in their place."),
    only_addresses, advanced=True, values=_("at most 1024 characters"),
)  # fmt: skip
CACHE_SIZE = Parameter(
    EM, "Extension Mobility Cache Size", "10000",
    _("How many addresses that were found good are remembered; the least recently used is dropped. It matters only "
      "while Validate IP Address is True."),
    whole_number(1000, 20000), advanced=True, values=_("a whole number from 1000 to 20000"),
)  # fmt: skip
AUTHENTICATION_CACHE = Parameter(
    EM, "Authentication Cache", "True",
    _("True remembers for two minutes that a PIN was right. Failures are never remembered."),
    boolean, _TRUTHS, advanced=True,
)  # fmt: skip
INVALIDATE_ON_CHANGE = Parameter(
    EM, "Invalidate on Change", "True",
    _("True forgets a remembered PIN when it is changed. False lets the old and the new PIN both work for the two "
      "minutes that the Authentication Cache remembers, as the original does."),
    boolean, _TRUTHS, advanced=True,
)  # fmt: skip

PARAMETERS = (
    ENFORCE_MAXIMUM_LOGIN_TIME,
    MAXIMUM_LOGIN_TIME,
    INTER_CLUSTER_MAXIMUM_LOGIN_TIME,
    MULTIPLE_LOGIN_BEHAVIOR,
    ALPHANUMERIC_USER_ID,
    REMEMBER_LAST_USER,
    CLEAR_CALL_LOGS,
    MAXIMUM_CONCURRENT_REQUESTS,
    VALIDATE_IP,
    TRUSTED_IPS,
    ALLOW_PROXY,
    EMCC_ALLOW_PROXY,
    TRUSTED_BALANCERS,
    CACHE_SIZE,
    AUTHENTICATION_CACHE,
    INVALIDATE_ON_CHANGE,
)
