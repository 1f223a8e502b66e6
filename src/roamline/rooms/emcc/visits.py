"""Users of other clusters on phones here: how a visit is kept, changed, shown, and ended (RO-30)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.clusters.service import Cluster
from roamline.rooms.emcc import shown, talking
from roamline.rooms.emcc.models import Visit
from roamline.rooms.emcc.shown import Credentials
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import store as mobility_store
from roamline.rooms.mobility.configuration import effective_configuration_of, logged_out_configuration_of
from roamline.rooms.mobility.rules.effective import EffectiveConfiguration
from roamline.rooms.mobility.rules.log_in import PhoneFacts
from roamline.rooms.mobility.service import By, LoggedOut, LogsOutAfterCall, Way
from roamline.rooms.mobility.service.common import Run, announce_session_changes, restart_kind, run_profiles
from roamline.rooms.phones.models import Phone
from roamline.rooms.phones.rules import is_extension_mobility
from roamline.wires.emcc.envelope import Malformed
from roamline.wires.emcc.messages import (
    Changed,
    Content,
    Ended,
    LogOut,
    Refusal,
    content_fields,
    read_content,
    refusal_fields,
)

LEAVE = "emcc.leave"
LOOK_AGAIN_SECONDS = 5.0
UNKNOWN_SESSION = refusal_fields(Refusal(Error.NO_USER_LOGGED_IN.number, "no such session"))


def on_phone(phone_id: int) -> Visit | None:
    """The visit that stands on a phone."""
    return Visit.objects.filter(phone=phone_id, began_at__isnull=False, ended_at__isnull=True).first()


def address_of(phone: Phone) -> str:
    """From where a phone asked for the visit that stands on it; empty for none."""
    visit = on_phone(phone.pk) if phone.visitor else None
    return visit.source if visit is not None else ""


def keep(visit: Visit, content: Content, now: datetime) -> None:
    """Note that a visit has begun, or what its phone runs from now on; in the caller's transaction."""
    visit.content = talking.sealed(json.dumps(content_fields(content)))
    visit.user_id, visit.emcc_device, visit.home_version = content.user_id, content.device, content.version
    visit.expires_at = datetime.fromtimestamp(content.expires_at, UTC) if content.expires_at is not None else None
    visit.began_at = visit.began_at or now
    visit.save()


def drop(visit: Visit) -> None:
    """It never began, and the home cluster knows."""
    Visit.objects.filter(pk=visit.pk, began_at__isnull=True).delete()


@transaction.atomic
def give_up(visit: Visit, now: datetime) -> None:
    """It did not begin here, and the home cluster may think that it did: it is told until it has heard."""
    Visit.objects.filter(pk=visit.pk).update(began_at=None, content="", ended_at=now)
    ledger.ask_for_effect(LEAVE, visit.session, 0, now)


def content_of(phone: Phone) -> tuple[EffectiveConfiguration, Credentials] | None:
    """What a visited phone has to run, and as whom; None for a phone that nobody visits.

    A content that cannot be read, which no version of this has written, counts as none.
    """
    visit = on_phone(phone.pk) if phone.visitor else None
    if visit is None:
        return None
    own = logged_out_configuration_of(phone)
    try:
        content = read_content(json.loads(talking.opened(visit.content)))
        facts = replace(
            own.phone, user_id=content.user_id, user_name=str(content.shown.get("user_name", ""))[:128] or None,
            sip_servers=tuple(f"{place.host}:{place.port}" for place in content.places),
        )  # fmt: skip
        services = tuple(each for each in own.services if is_extension_mobility(each.url))
        effective = shown.read(content.shown, facts, services)
    except (Malformed, ValueError):
        return None
    return effective, Credentials(content.device, content.secret, content.realm, content.places)


def runs(phone: Phone) -> EffectiveConfiguration:
    """What a phone must run now: what its visitor's home cluster says, else its own cluster."""
    visited = content_of(phone)
    return visited[0] if visited else effective_configuration_of(phone)


def log_out(phone: PhoneFacts, by: By, now: datetime) -> LoggedOut | LogsOutAfterCall | Refused:
    """Log out the visitor of a phone: its home cluster says whether a call must end first.

    While that cannot be reached the phone comes back at once, and its home is told when it is there again.
    """
    visit = on_phone(phone.id)
    if visit is None:
        return Refused(Error.NO_USER_LOGGED_IN, _("nobody is logged in on the phone"))
    try:
        answered = talking.ask(visit.origin, LogOut(visit.session, by.way, by.actor), now)
        if answered.fields.get("ended") is False:
            return LogsOutAfterCall(phone.name, visit.user_id)
    except talking.NotReached:
        pass
    return end(visit, by, now) or Refused(Error.NO_USER_LOGGED_IN, _("the session ended meanwhile"))


@transaction.atomic
def end(visit: Visit, by: By, now: datetime, *, is_told: bool = False) -> LoggedOut | None:
    """The phone is its own cluster's again; None when the visit had ended meanwhile.

    What else happens: unless ``is_told``, the home cluster is told to end the session, until it has heard.
    """
    locked = mobility_store.lock_phone(visit.phone_id)
    over = Visit.objects.filter(pk=visit.pk, began_at__isnull=False, ended_at__isnull=True)
    if locked is None or not over.update(ended_at=now, ended_way=by.way, content=""):
        transaction.set_rollback(True)
        return None
    before = mobility_store.phone_by_id(visit.phone_id)
    Phone.objects.filter(pk=visit.phone_id).update(visitor="", visitor_home="")
    after = mobility_store.shapes_when_logged_out([locked])[locked.id]
    kind = restart_kind((before.locale if before else "", after[1]), after)
    profile = locked.logout_profile_id or locked.own_profile_id
    run_profiles([Run(locked, profile, kind, clears_history=True)], now)
    ledger.record(
        at=now, action="em.logout", actor=by.actor, way=by.way, source=by.source, user_id=visit.user_id,
        device=locked.name, subject=visit.cluster, details={"session": visit.session, "restart": kind},
    )  # fmt: skip
    if not is_told:
        ledger.ask_for_effect(LEAVE, visit.session, 0, now)
    announce_session_changes([visit.phone_id], now)
    return LoggedOut(locked.name, visit.user_id, kind)


@ledger.on_effect(LEAVE)
def leave(session: str, _version: int, _payload: dict[str, Any], now: datetime) -> None:
    """Tell the home cluster that a session is over here; tried until it has heard."""
    visit = Visit.objects.filter(session=session).first()
    if visit is None or visit.ended_at is None:
        return
    try:
        talking.ask(visit.origin, LogOut(session, visit.ended_way or Way.PHONE, at_once=True), now)
    except talking.NotReached as silence:
        raise ledger.TryAgain(LOOK_AGAIN_SECONDS, str(silence)) from silence
    if visit.began_at is None:
        visit.delete()


# What the home cluster says


@talking.answered_by(Ended)
def ended(question: Ended, cluster: Cluster, now: datetime) -> dict[str, Any]:
    """The session is over at home: the phone comes back. One that never began here never will."""
    visit = Visit.objects.filter(session=question.session, origin=cluster.origin).first()
    if visit is None:
        return {"ended": True}
    if visit.began_at is None:
        Visit.objects.filter(pk=visit.pk, began_at__isnull=True).update(ended_at=now)
        return {"ended": True}
    way = Way(question.way) if question.way in set(Way) else Way.ANOTHER_CLUSTER
    end(visit, By(cluster.name, way), now, is_told=True)
    return {"ended": True}


@talking.answered_by(Changed)
def changed(question: Changed, cluster: Cluster, now: datetime) -> dict[str, Any]:
    """What the phone runs has changed at home: it takes that up."""
    with transaction.atomic():
        visit = Visit.objects.filter(session=question.session, origin=cluster.origin, ended_at__isnull=True).first()
        locked = mobility_store.lock_phone(visit.phone_id) if visit is not None else None
        visit = on_phone(visit.phone_id) if visit is not None else None
        if visit is None or locked is None or visit.session != question.session:
            transaction.set_rollback(True)
            return UNKNOWN_SESSION
        if question.content.version <= visit.home_version:
            transaction.set_rollback(True)
            return {"changed": True}
        keep(visit, question.content, now)
        profile = locked.logout_profile_id or locked.own_profile_id
        run_profiles([Run(locked, profile, "restart")], now)
        ledger.record(at=now, action="phone.reconfigured", actor=cluster.name, device=locked.name)
    return {"changed": True}
