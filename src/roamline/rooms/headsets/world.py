"""The world of the headset machine, read in the transaction of its event."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from roamline.rooms.directory.rules.credentials import is_locked
from roamline.rooms.headsets import store
from roamline.rooms.headsets.rules.conditions import PairFacts, TrustFacts, is_pinless, may_sign_in
from roamline.rooms.headsets.rules.terms import HeadsetFacts, Session, World
from roamline.rooms.headsets.store import HeadsetRow, PhoneRow
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.service import Parameters


def world_of(phone: PhoneRow, serials: list[str], now: datetime, *, in_call: bool = False) -> World:
    """What is so on a phone now, for these headsets (folded serial numbers)."""
    in_force = parameters.now_in_force()
    rows = store.headsets_on(phone.id, serials)
    return World(
        prompts=prompts_on(phone, in_force),
        sign_in_allowed=is_sign_in_allowed(in_force) and not phone.has_visitor,
        offer_lasts=timedelta(seconds=in_force.number(parameter_rules.HEADSET_LOGIN_TIMER)),
        sign_out_after=timedelta(minutes=in_force.number(parameter_rules.HEADSET_LOGOUT_TIMER)),
        session=session_on(phone),
        in_call=in_call,
        headsets={serial: _headset(row, phone, in_force, now) for serial, row in rows.items()},
    )


def session_on(phone: PhoneRow) -> Session | None:
    """Who is signed in on a phone."""
    return Session(phone.session, phone.session_user) if phone.session and phone.session_user else None


def prompts_on(phone: PhoneRow, in_force: Parameters) -> bool:
    """Whether this phone asks whose a headset is (HS-10); never while a user of another cluster is on it (RO-33)."""
    if phone.has_visitor:
        return False
    mode = in_force.applied_text(parameter_rules.HEADSET_ASSOCIATION)
    return mode == parameter_rules.PROMPT_ALL or (mode == parameter_rules.PROMPT_EM_ONLY and phone.em_enabled)


def is_sign_in_allowed(in_force: Parameters) -> bool:
    """Whether headsets sign in and out at all (HS-11)."""
    return in_force.text(parameter_rules.HEADSET_SIGN_IN) == parameter_rules.HEADSET_ALLOWED


def pair_facts(phone: PhoneRow, headset: HeadsetRow | None, in_force: Parameters) -> PairFacts:
    """A phone and a headset's owner, as far as they decide whether one may sign in on the other (HS-15)."""
    return PairFacts(
        sign_in_allowed=is_sign_in_allowed(in_force),
        model=phone.model,
        is_software=phone.is_software,
        capabilities=phone.capabilities,
        firmware=phone.firmware,
        qualifies=phone.qualifies,
        minimum_firmware=phone.minimum_firmware,
        em_enabled=phone.em_enabled and not phone.protected,
        em_subscribed=phone.em_subscribed,
        phone_owner=phone.owner,
        owner=headset.owner if headset else None,
        owner_has_profile=headset is not None and headset.owner_has_profile,
        owner_is_at_home=headset is not None and headset.owner_is_at_home,
        has_visitor=phone.has_visitor,
    )


def _headset(row: HeadsetRow, phone: PhoneRow, in_force: Parameters, now: datetime) -> HeadsetFacts:
    trust = TrustFacts(
        pin_required=in_force.text(parameter_rules.HEADSET_PIN) == parameter_rules.PIN_REQUIRED,
        needs_marked_phone=in_force.value(parameter_rules.PINLESS_NEEDS_MARKED_PHONE) is True,
        phone_is_marked=phone.pinless_allowed,
        is_simulated=row.source == "simulated",
        is_demo=bool(settings.CONFIG["site.demo"]),
        is_locked=is_locked(row.locked_until, now),
        pin_must_change=row.pin_must_change,
    )
    return HeadsetFacts(
        owner=row.owner,
        skipped=row.skipped,
        may_sign_in=may_sign_in(pair_facts(phone, row, in_force)),
        pinless=is_pinless(trust),
        owner_is_elsewhere=row.owner_is_elsewhere,
    )
