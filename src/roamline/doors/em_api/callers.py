"""Who calls the EM API, and what they may do (S-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.rooms.directory import authentication
from roamline.rooms.directory import store as directory
from roamline.rooms.directory.authentication import Verdict
from roamline.rooms.directory.rules.roles import EM_PROXY
from roamline.wires.em_api import AppInfo


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller. Only an application user can hold the proxy right; end users act for themselves."""

    user_id: str
    is_proxy: bool

    def may_act_for(self, user_id: str | None) -> bool:
        """Whether the caller may act for a user (None: for everybody)."""
        return self.is_proxy or (user_id is not None and user_id == self.user_id)


def authenticate(app_info: AppInfo, now: datetime, source: str = "") -> Caller | Refused:
    """Check a caller's id and password: error 2 when one is blank, 3 when they are wrong, 27 when the password must go.

    ``source`` is the address of the connection: wrong passwords from there count against it (S-2).
    """
    if not app_info.app_id or not app_info.certificate:
        return Refused(Error.APP_USER_NOT_AUTHORIZED, "blank application id or certificate")
    if app_info.encrypted:
        return Refused(Error.INVALID_APP_USER, "appEncryptedCertificate is not a public interface")
    checked = authentication.check_password_of(app_info.app_id, app_info.certificate, now, source=source)
    if checked.verdict is not Verdict.RIGHT or checked.account is None:
        return Refused(Error.INVALID_APP_USER, checked.verdict.value)
    account = checked.account
    if account.password_must_change:
        return Refused(Error.CHANGE_PASSWORD, "the password must be changed first")
    is_proxy = account.kind == "application" and EM_PROXY in directory.roles_of(account.id)
    return Caller(account.user_id, is_proxy)
