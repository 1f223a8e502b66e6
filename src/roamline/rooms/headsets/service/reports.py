"""What a device says about its headsets, and what its user does on a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from roamline.kernel.errors import Error
from roamline.kernel.secret import Secret
from roamline.rooms.directory import authentication
from roamline.rooms.directory import store as directory
from roamline.rooms.directory.authentication import Verdict
from roamline.rooms.directory.verifiers import VerifierUnusable
from roamline.rooms.headsets import store
from roamline.rooms.headsets.codec import from_json
from roamline.rooms.headsets.rules.terms import KEYS, MOST_CONNECTED, At, Credential, Event, On, State
from roamline.rooms.headsets.serials import fold
from roamline.rooms.headsets.service.noticing import Reported, note, seen_of
from roamline.rooms.headsets.service.running import Circumstances, deliver, screen_id
from roamline.rooms.headsets.world import session_on
from roamline.rooms.mobility import service as mobility

log = structlog.get_logger(__name__)

_ASKS_ABOUT_CALLS = frozenset({At.TAKE_OVER_QUESTION, At.SIGN_OUT_OFFER})


@dataclass(frozen=True, slots=True)
class Input:
    """What a user did on a screen: a key, and the fields of the form."""

    screen: str
    key: str
    user_id: str = ""
    pin: Secret = Secret("")  # noqa: RUF009 - a Secret never changes
    profile: str = ""


def headset_connected(
    device: str, headset: Reported, *, origin: str, source: str, now: datetime, report: str = ""
) -> bool:
    """A headset came to a device (HS-20, HS-25, HS-26, HS-27); whether the report was new and about a device here.

    What else happens: its record in the inventory is made or brought up to date (HS-4), a session that waits for its
    owner on another phone ends (HS-34), and a serial number at two phones at once is an alarm in the audit (S-12).
    """
    phone, seen = store.phone_by_name(device), seen_of(headset, origin)
    if phone is None or seen is None or store.has_report(phone.id, report):
        return False
    _end_sessions_elsewhere(phone, [seen.folded], source, now)

    def event(machine: store.Machine) -> Event | None:
        return Event(On.CONNECTED, seen.folded) if note(machine, [seen], phone, source, now) else None

    return deliver(phone.id, event, now, Circumstances(source), report=report)


def headset_disconnected(
    device: str, serial: str, *, source: str, now: datetime, report: str = "", lost_power: bool = False
) -> bool:
    """A headset left a device: unplugged, out of range or off (HS-30, HS-31, HS-33).

    One that lost its power while the phone was resetting did not leave, if it comes back with the phone (HS-28).
    """
    phone, folded = store.phone_by_name(device), fold(serial)
    if phone is None or not folded:
        return False

    def event(_machine: store.Machine) -> Event:
        store.lose_headset(folded, phone.id, now)
        return Event(On.DISCONNECTED, folded, lost_power=lost_power)

    return deliver(phone.id, event, now, Circumstances(source), report=report)


def headsets_listed(
    device: str, headsets: Sequence[Reported], *, origin: str, source: str, now: datetime, report: str = ""
) -> bool:
    """All headsets of a device, after a start or a lost connection: the differences count as events (HS-28)."""
    phone = store.phone_by_name(device)
    if phone is None or store.has_report(phone.id, report):
        return False
    found = [seen for each in headsets[:MOST_CONNECTED] if (seen := seen_of(each, origin))]
    folded = [seen.folded for seen in found]
    known = set(_state(phone).connected)
    _end_sessions_elsewhere(phone, [each for each in folded if each not in known], source, now)

    def event(machine: store.Machine) -> Event:
        for gone in known.difference(folded):
            store.lose_headset(gone, phone.id, now)
        return Event(On.LISTED, serials=tuple(note(machine, found, phone, source, now)))

    return deliver(phone.id, event, now, Circumstances(source), report=report)


def menu_chosen(device: str, *, source: str, now: datetime, report: str = "", is_answered: bool = False) -> bool:
    """*Headset setup > Associate user* was chosen on the phone (HS-23)."""
    phone = store.phone_by_name(device)
    where = Circumstances(source, is_answered=is_answered)
    return phone is not None and deliver(phone.id, Event(On.MENU), now, where, report=report)


def take_input(
    device: str, given: Input, *, source: str, now: datetime, report: str = "", is_answered: bool = False
) -> bool:
    """A user did something on a screen; whether it was the screen that the phone shows.

    ``is_answered`` when the caller shows the next screen itself. An id and PIN are checked first, outside any
    transaction, and count as at any other form (S-1, S-2).
    """
    phone = store.phone_by_name(device)
    machine = store.look_at_machine(phone.id) if phone else None
    if phone is None or machine is None or given.key not in KEYS or phone.has_visitor:
        return False
    if given.screen != screen_id(machine, machine.screen_number):
        return False
    state = _state(phone)
    in_call = state.screen.at in _ASKS_ABOUT_CALLS and mobility.is_in_call(phone.name)
    where = Circumstances(source, in_call, is_answered)
    try:
        credential = _credential(state, given, source, now)
    except VerifierUnusable as unusable:
        log.error("a PIN could not be checked", device=phone.name, error=str(unusable))
        number = Error.DIRECTORY_SERVER_ERROR.number
        return deliver(phone.id, Event(On.LOG_IN_REFUSED, error=number), now, where, screen=given.screen)
    event = Event(
        On(given.key), user_id=given.user_id.strip(), profile=given.profile or None, credential=credential
    )  # fmt: skip
    return deliver(phone.id, event, now, where, report=report, screen=given.screen)


def _credential(state: State, given: Input, source: str, now: datetime) -> Credential:
    screen = state.screen
    if given.key != On.SUBMIT or screen.at not in {At.ASSOCIATION_FORM, At.PIN_FORM}:
        return Credential.NONE
    user_id = given.user_id.strip() if screen.at is At.ASSOCIATION_FORM else screen.user_id
    if not user_id or not given.pin:
        return Credential.BLANK
    checked = authentication.check_pin(directory.by_user_id(user_id), given.pin, now, source=source)
    return Credential.RIGHT if checked.verdict is Verdict.RIGHT else Credential.WRONG


def _state(phone: store.PhoneRow) -> State:
    machine = store.look_at_machine(phone.id)
    return from_json(machine.state if machine else {}, session_on(phone))


def _end_sessions_elsewhere(phone: store.PhoneRow, folded: list[str], source: str, now: datetime) -> None:
    """End the sessions that wait on other phones for these headsets' owners: each in its own transaction (HS-34)."""
    owners = {row.owner for row in store.headsets_on(phone.id, folded).values() if row.owner}
    for owner in sorted(owners):
        for other in store.phones_waiting_for(owner, phone.id):
            there = store.phone_by_id(other)
            in_call = there is not None and mobility.is_in_call(there.name)
            deliver(other, Event(On.OWNER_MOVED, user_id=owner), now, Circumstances(source, in_call))
