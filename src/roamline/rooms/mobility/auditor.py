"""The auditor: do sessions, phones, secrets and deadlines agree? (EM-44)

Reads everything, changes nothing. Each finding is one sentence that names what disagrees. Call control's part (the
views that Kamailio reads, and its registrations) is checked by its own door.
"""

from __future__ import annotations

from collections.abc import Iterator

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.platform import sql
from roamline.rooms.mobility.service.common import EXPIRY
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.phones import secrets

_WRONG_PROFILE = """
SELECT p.name, s.id, cur.name, want.name
FROM phones_phone p
LEFT JOIN mobility_loginsession s ON s.phone_id = p.id AND s.ended_at IS NULL
JOIN phones_deviceprofile cur ON cur.id = p.current_profile_id
JOIN phones_deviceprofile want ON want.id = COALESCE(s.profile_id, p.logout_profile_id, p.own_profile_id)
WHERE cur.id <> want.id
"""

_TWO_SESSIONS = """
SELECT p.name, COUNT(*) FROM mobility_loginsession s JOIN phones_phone p ON p.id = s.phone_id
WHERE s.ended_at IS NULL GROUP BY p.name HAVING COUNT(*) > 1
"""

_SECOND_LOG_INS = """
SELECT a.user_id, p.name, s.started_at FROM mobility_loginsession s
JOIN directory_account a ON a.id = s.account_id JOIN phones_phone p ON p.id = s.phone_id
WHERE s.ended_at IS NULL AND EXISTS (
  SELECT 1 FROM mobility_loginsession before
  WHERE before.account_id = s.account_id AND before.ended_at IS NULL AND before.id < s.id
    AND (before.ending_since IS NULL OR before.ending_since > s.started_at))
"""
_LAST_CHANGE = "SELECT at FROM ledger_auditentry WHERE action = %s AND subject = %s ORDER BY id DESC LIMIT 1"
_OLDEST_ENTRY = "SELECT at FROM ledger_auditentry ORDER BY id LIMIT 1"

_SECRETS = "SELECT name, configuration_version, ha1 FROM phones_phone"

_SESSION_WITHOUT_DEADLINE = """
SELECT p.name, s.uuid FROM mobility_loginsession s JOIN phones_phone p ON p.id = s.phone_id
WHERE s.ended_at IS NULL AND s.expires_at IS NOT NULL
"""
_DEADLINES = "SELECT subject FROM ledger_deadline WHERE kind = %s"
_OPEN_UUIDS = "SELECT uuid FROM mobility_loginsession WHERE ended_at IS NULL"


def findings() -> Iterator[str]:
    """Everything that disagrees, one sentence each; nothing when all agree."""
    for device, session, current, wanted in sql.rows(_WRONG_PROFILE):
        names = {"device": device, "current": current, "wanted": wanted}
        if session:
            yield Wording(
                _("%(device)s runs profile %(current)s, but somebody is logged in and it must run %(wanted)s"), **names
            )
        else:
            yield Wording(
                _("%(device)s runs profile %(current)s, but nobody is logged in and it must run %(wanted)s"), **names
            )
    for device, count in sql.rows(_TWO_SESSIONS):
        yield Wording(_("%(device)s has %(count)s open sessions"), device=device, count=count)
    yield from _second_log_ins()
    for device, version, ha1 in sql.rows(_SECRETS):
        if ha1 != secrets.ha1_of(device, version):
            said = _("%(device)s has a SIP secret that is not the one of its configuration version %(version)s")
            yield Wording(said, device=device, version=version)
    yield from _deadline_findings()


def _second_log_ins() -> Iterator[str]:
    """Log-ins that Multiple Login Behavior ruled out when they were made; a changed value ends no session (EM-22)."""
    behavior = parameter_rules.MULTIPLE_LOGIN_BEHAVIOR
    if parameters.now_in_force().text(behavior) == parameter_rules.ALLOWED:
        return
    second = sql.rows(_SECOND_LOG_INS)
    # What was changed before the oldest entry that is kept, nobody knows: it counts from there.
    since = second and (
        sql.row(_LAST_CHANGE, ["parameter.changed", f"{behavior.service}: {behavior.name}"]) or sql.row(_OLDEST_ENTRY)
    )
    for user_id, device, started in second:
        if since and _later(started, since[0]):
            said = _("%(user)s logged in on %(device)s while logged in elsewhere, against Multiple Login Behavior")
            yield Wording(said, user=user_id, device=device)


def _later(one: object, other: object) -> bool:
    first, second = sql.time_of(one), sql.time_of(other)
    return first is not None and second is not None and first > second


def _deadline_findings() -> Iterator[str]:
    deadlines = {subject.replace("-", "") for (subject,) in sql.rows(_DEADLINES, [EXPIRY])}
    for device, uuid in sql.rows(_SESSION_WITHOUT_DEADLINE):
        if str(uuid).replace("-", "") not in deadlines:
            yield Wording(_("the session on %(device)s has an end, but no deadline that would end it"), device=device)
    open_sessions = {str(uuid).replace("-", "") for (uuid,) in sql.rows(_OPEN_UUIDS)}
    for subject in deadlines - open_sessions:
        yield Wording(_("a deadline stands for session %(session)s, which is not open"), session=subject)
