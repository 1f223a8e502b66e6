"""Very many headsets away at once: their sign-outs, due together, in one transaction (HS-30, HS-32).

Only the plain case is done here: the headset stayed away, nothing changed meanwhile, nobody else is busy with the
phone. What it comes to is exactly what the machine says; anything else is left to be done phone by phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from roamline.rooms.headsets import store
from roamline.rooms.headsets.codec import from_json
from roamline.rooms.headsets.rules.machine import advance
from roamline.rooms.headsets.rules.terms import Event, LogOut, On, State, Timer, Why, timers
from roamline.rooms.headsets.service.running import DEADLINES, SIGNED_OUT_BY, kept, sign_out_entry
from roamline.rooms.headsets.service.showing import wish_to_show
from roamline.rooms.headsets.world import session_on, world_of
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.service import Wanted
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility import store as sessions
from roamline.rooms.mobility.service import By
from roamline.rooms.parameters.moment import one_moment


@dataclass(frozen=True, slots=True)
class _SignOut:
    """A sign-out that is due on a phone, and the machine's state after it."""

    phone: store.PhoneRow
    machine: store.Machine
    before: State
    after: State
    log_out: LogOut

    @property
    def screen_number(self) -> int:
        return self.machine.screen_number + (self.after.screen != self.before.screen)


@ledger.on_deadlines(DEADLINES[Timer.SIGN_OUT])
def sign_outs_due(subjects: list[str], now: datetime) -> list[str]:
    """Do the sign-outs that are plain; the phones (ids) of those that were done."""
    machines = store.lock_machines([int(subject) for subject in subjects])
    phones = store.phones_by_id(list(machines))
    with one_moment():
        due = [found for id_, phone in phones.items() if (found := _plain_sign_out(phone, machines[id_], now))]
    open_now = {
        str(each.uuid): each for each in sessions.sessions_by_uuid([UUID(each.log_out.session) for each in due])
    }
    by = By("", SIGNED_OUT_BY[Why.DUE], "timer")
    ended = {str(uuid) for uuid in mobility.end_all_when_idle(list(open_now.values()), by, now)}
    done = [each for each in due if each.log_out.session in ended]
    ledger.record_all(sign_out_entry(open_now[each.log_out.session], each.log_out, by, now) for each in done)
    store.save_machines(kept(each.machine, each.after, each.screen_number) for each in done)
    ledger.ask_for_effects(list(_to_be_shown(done, now)), now)
    return [str(each.phone.id) for each in done]


def _plain_sign_out(phone: store.PhoneRow, machine: store.Machine, now: datetime) -> _SignOut | None:
    session = session_on(phone)
    before = from_json(machine.state, session)
    if before.session != session:
        return None  # somebody came or went: the machine must look at that first, and at the headsets
    step = advance(before, Event(On.SIGN_OUT_DUE), world_of(phone, [], now), now)
    first = step.effects[0] if len(step.effects) == 1 else None
    if not isinstance(first, LogOut) or first.why is not Why.DUE:
        return None
    left = {timer: due for timer, due in timers(before).items() if timer is not Timer.SIGN_OUT}
    return _SignOut(phone, machine, before, step.state, first) if timers(step.state) == left else None


def _to_be_shown(done: list[_SignOut], now: datetime) -> Iterator[Wanted]:
    for each in done:
        if not each.phone.is_software and each.after.screen != each.before.screen:
            yield wish_to_show(each.phone.name, each.screen_number, now)
