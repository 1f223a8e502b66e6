"""The headset machine: one pure function from (state, event, world, time) to (state, effects) (HS-41).

Theory of operation. Each phone has one machine. It remembers which headsets are connected, which screen is shown,
and whether a session waits for its owner's headset to come back. It never does anything itself: it answers an event
with a new state and with *effects* (log in, log out, associate, remember a skip). Whoever runs it stores the state,
performs the effects in the same transaction, and tells it of their outcome by further events.

What is so at the moment (the parameters, who is signed in on the phone, whose a headset is, whether a call is up) is
handed in as the *world*, read in the transaction of the event. So the machine cannot act on a stale picture: a
session that began or ended by any other way is noticed by comparing (SESSION_CHANGED), not by being told what
happened. Timers follow from the state (:func:`~roamline.rooms.headsets.rules.terms.timers`): a state that needs one
has one, and one that comes late finds nothing to do.

The sign-out timer runs beside the screens: *Cancel* closes the screen and leaves the timer alone (HS-30). Only what
the user does, or the owner's headset coming back, ends it. A screen that is superseded by another is gone; its
countdown goes with it.

Which screen follows which is the table in :mod:`~roamline.rooms.headsets.rules.table`; the diagram in the
documentation is drawn from it.
"""

from __future__ import annotations

from datetime import datetime

from roamline.rooms.headsets.rules.moment import Moment
from roamline.rooms.headsets.rules.table import TABLE, Row
from roamline.rooms.headsets.rules.terms import Effect, Event, On, State, Step, World

_BY_EVENT: dict[On, tuple[Row, ...]] = {on: tuple(row for row in TABLE if row.on is on) for on in On}


def fitting_row(moment: Moment) -> Row | None:
    """The first row of the table that fits, or None."""
    at = moment.state.screen.at
    return next((row for row in _BY_EVENT[moment.event.on] if at in row.at and row.when(moment)), None)


def advance(state: State, event: Event, world: World, now: datetime) -> Step:
    """The next state and the effects of an event, with all that follows from it at once."""
    pending = [event]
    effects: list[Effect] = []
    while pending:
        moment = Moment(state, pending.pop(0), world, now)
        row = fitting_row(moment)
        if row is None:
            continue
        done = row.do(moment)
        state = done.state
        effects.extend(done.effects)
        pending[:0] = done.then
    return Step(state, tuple(effects))
