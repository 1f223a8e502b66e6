"""Roaming log-ins: said to all clusters in their own transaction; older sessions elsewhere end (RO-20, RO-21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zlib import crc32

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.service import Whereabouts
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, SessionFact, Way
from roamline.rooms.phones.models import Line
from roamline.rooms.roaming import store

TELL, LOOK = "roaming.tell", "roaming.look"
LOOKS_AT_ONCE = 16
"""In how many rows failing log-ins ask to be looked at, so that they do not wait for each other."""


def tell(facts: Sequence[SessionFact], now: datetime) -> bool:
    """A log-in says that the user is here now; the last log-out here, that their number is home again (RO-24).

    Whether other clusters learn of it now; true for users whom it does not concern (RO-20).
    """
    roaming = store.roaming_among([fact.account_id for fact in facts])
    if not roaming or not clusters.is_joined():
        return True
    for fact in facts:
        if fact.account_id in roaming:
            _tell(fact, now)
    return clusters.is_running()


def _tell(fact: SessionFact, now: datetime) -> None:
    tell_soon(fact.user_id, now)
    if fact.began:
        clusters.log_in(fact.user_id, numbers_of(fact.profile_id), fact.device, now)
    elif not LoginSession.objects.filter(account=fact.account_id, ended_at__isnull=True).exists():
        clusters.log_out(fact.user_id, now)


def tell_soon(user_id: str, at: datetime) -> None:
    """Have it looked at soon what of a user is news to other clusters, in the caller's transaction."""
    ledger.ask_for_effect(TELL, user_id, int(at.timestamp() * 1_000_000), at)


def look_soon(user_id: str, at: datetime) -> None:
    """Have it looked at soon whether somebody's failed attempts are news; the same work for any id, known or not."""
    subject = str(crc32(user_id.encode()) % LOOKS_AT_ONCE)
    ledger.ask_for_effect(LOOK, subject, int(at.timestamp() * 1_000_000), at)


def tell_standing(account: Account, now: datetime) -> None:
    """Say where a user is who was logged in here before there was a network, or before they were a super user."""
    session = LoginSession.objects.filter(account=account, ended_at__isnull=True).select_related("phone").first()
    if session is not None and clusters.is_joined() and clusters.where_is(account.user_id) is None:
        clusters.log_in(account.user_id, numbers_of(session.profile_id), session.phone.name, now)


def numbers_of(profile_id: int) -> list[str]:
    """The numbers that ring where the profile is."""
    lines = Line.objects.filter(profile_id=profile_id, is_intercom=False).order_by("index")
    return list(lines.values_list("directory_number__pattern", flat=True))


def gone(user_id: str, whereabouts: Whereabouts, now: datetime) -> None:
    """A newer log-in in another cluster ends the sessions here, in every mode of multiple login behaviour (RO-21)."""
    mobility.end_at_once(user_id, By(whereabouts.place.name, Way.ANOTHER_CLUSTER), now)


def stranger(user_id: str) -> str:
    """Who an id is that no user of this cluster has, by what other clusters say (RO-12)."""
    homes = clusters.homes_of(user_id) if clusters.is_joined() else []
    if not homes:
        return ""
    return Wording(_("user of %(clusters)s, not a super user"), clusters=", ".join(home.name for home in homes))
