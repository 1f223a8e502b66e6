"""What this cluster says of itself: its numbers, patterns, users, profiles and headsets (RO-3, RO-25).

Every kind has a *source*: all that its records should say now. A number, pattern or user that changes is said in the
same transaction; besides that all records are compared with their sources at each repair, which says what came in by
bulk statements, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from roamline.platform import sql
from roamline.rooms.clusters import sealing, statements, store
from roamline.rooms.clusters.service import saying
from roamline.rooms.clusters.service.membership import introduce, network
from roamline.rooms.dialplan.models import DirectoryNumber, RoutePattern
from roamline.rooms.directory.models import Account

Source = Callable[[], Iterable[tuple[str, dict[str, Any]]]]
DIAL_PLAN = frozenset({"number", "pattern"})
AT_ONCE = 5000

Foreign = Callable[[], set[str]]

_sources: dict[str, Source] = {}
_foreign: dict[str, Foreign] = {}

_NUMBERS = """
SELECT n.pattern, MIN(a.user_id) FROM dialplan_directorynumber n
LEFT JOIN directory_account a ON a.primary_extension_id = n.id GROUP BY n.pattern ORDER BY n.pattern
"""
_NUMBER = """
SELECT n.pattern, MIN(a.user_id) FROM dialplan_directorynumber n
LEFT JOIN directory_account a ON a.primary_extension_id = n.id WHERE n.pattern = %s GROUP BY n.pattern
"""
_PATTERNS = "SELECT DISTINCT pattern FROM dialplan_routepattern WHERE advertised ORDER BY pattern"
_USERS = "SELECT user_id FROM directory_account WHERE kind = 'end' AND home_cluster ORDER BY user_id"
_PROFILES = """
SELECT f.name, MIN(a.user_id) FROM phones_deviceprofile f
JOIN directory_controlledprofile c ON c.profile_id = f.id JOIN directory_account a ON a.id = c.account_id
GROUP BY f.name ORDER BY f.name
"""
_HEADSETS = """
SELECT h.folded_serial, a.user_id FROM headsets_association n
JOIN headsets_headset h ON h.id = n.headset_id JOIN directory_account a ON a.id = n.account_id ORDER BY h.folded_serial
"""


def source(kind: str) -> Callable[[Source], Source]:
    """Register what this cluster's records of a kind should say now: (key, payload) of every one."""

    def register(given: Source) -> Source:
        _sources[kind] = given
        return given

    return register


def foreign(kind: str) -> Callable[[Foreign], Foreign]:
    """Register which keys of a kind stand here for other clusters, who say them themselves (RO-11)."""

    def register(given: Foreign) -> Foreign:
        _foreign[kind] = given
        return given

    return register


def publish(now: datetime) -> int:
    """Compare every record with its source, and say what differs; how many records. In short transactions."""
    if not saying.is_joined():
        return 0
    introduce(now)
    return sum(_publish(kind, given, now) for kind, given in _sources.items())


def publish_kind(kind: str, now: datetime) -> int:
    """The same for one kind."""
    return _publish(kind, _sources[kind], now) if saying.is_joined() else 0


def _publish(kind: str, given: Source, now: datetime) -> int:
    own = store.cluster_id(sealing.identity().origin, is_own=True)
    standing = {key: hash(payload) for key, payload in sql.stream(statements.OWN_RECORDS, [own, kind])}
    is_wanted = kind not in DIAL_PLAN or network().exchange_dial_plan
    others = _foreign[kind]() if kind in _foreign else set()
    news: list[tuple[str, dict[str, Any] | None]] = []
    count = 0
    for key, payload in given() if is_wanted else ():
        if key in others:
            continue
        if standing.pop(key, None) != hash(saying.written(payload)):
            news.append((key, payload))
            if len(news) == AT_ONCE:
                count, news = count + _say(kind, news, now), []
    news += [(key, None) for key in standing]
    for start in range(0, len(news), AT_ONCE):
        count += _say(kind, news[start : start + AT_ONCE], now)
    return count


@transaction.atomic
def _say(kind: str, news: list[tuple[str, dict[str, Any] | None]], now: datetime) -> int:
    return saying.append_many(kind, news, now)


def _owned(rows: Iterable[sql.Row]) -> Iterable[tuple[str, dict[str, Any]]]:
    for key, owner in rows:
        yield key, {"owner": owner} if owner else {}


def _said_now(kind: str, key: str, said: dict[str, Any] | None) -> None:
    """Say what has just changed; in the transaction of the change where there is one."""
    if kind in _foreign and key in _foreign[kind]():
        said = None
    if saying.is_joined() and (kind not in DIAL_PLAN or network().exchange_dial_plan):
        with transaction.atomic():
            saying.append(kind, key, said, datetime.now(UTC))


@receiver([post_save, post_delete], sender=DirectoryNumber, dispatch_uid="clusters.number")
def _number_changed(instance: DirectoryNumber, **_: Any) -> None:
    said = next(iter(_owned(sql.rows(_NUMBER, [instance.pattern]))), None)
    _said_now("number", instance.pattern, said[1] if said else None)


@receiver([post_save, post_delete], sender=RoutePattern, dispatch_uid="clusters.pattern")
def _pattern_changed(instance: RoutePattern, **_: Any) -> None:
    is_said = RoutePattern.objects.filter(pattern=instance.pattern, advertised=True).exists()
    _said_now("pattern", instance.pattern, {} if is_said else None)


@receiver([post_save, post_delete], sender=Account, dispatch_uid="clusters.user")
def _user_changed(instance: Account, **_: Any) -> None:
    is_said = Account.objects.filter(user_id=instance.user_id, kind=Account.END, home_cluster=True).exists()
    _said_now("user", instance.user_id, {} if is_said else None)


@source("number")
def _numbers() -> Iterable[tuple[str, dict[str, Any]]]:
    return _owned(sql.stream(_NUMBERS))


@source("pattern")
def _patterns() -> Iterable[tuple[str, dict[str, Any]]]:
    return ((pattern, {}) for (pattern,) in sql.stream(_PATTERNS))


@source("user")
def _users() -> Iterable[tuple[str, dict[str, Any]]]:
    return ((user_id, {}) for (user_id,) in sql.stream(_USERS))


@source("profile")
def _profiles() -> Iterable[tuple[str, dict[str, Any]]]:
    return _owned(sql.stream(_PROFILES))


@source("headset")
def _headsets() -> Iterable[tuple[str, dict[str, Any]]]:
    return _owned(sql.stream(_HEADSETS))


def all_said(kind: str) -> dict[str, str]:
    """What this cluster would say of a kind: each key's owner, or an empty text."""
    return {key: str(payload.get("owner", "")) for key, payload in _sources[kind]()}
