"""One event in its circumstances, and the questions that the transition table asks of it.

Each question is a sentence; the diagram in the documentation shows them by these names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roamline.rooms.headsets.rules.terms import (
    ATTEMPTS_SHOWN_AGAIN,
    MOST_CONNECTED,
    Credential,
    Event,
    HeadsetFacts,
    Notice,
    Screen,
    State,
    World,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """State, event, world and time together."""

    state: State
    event: Event
    world: World
    now: datetime

    @property
    def screen(self) -> Screen:
        """What the phone shows when the event comes."""
        return self.state.screen

    @property
    def serial(self) -> str:
        """The headset that the event is about, else the one that the screen is about."""
        return self.event.serial or self.screen.serial

    @property
    def headset(self) -> HeadsetFacts:
        """What is known of that headset."""
        return self.world.headset(self.serial)


def always(_m: Moment) -> bool:
    return True


def it_is_connected_already(m: Moment) -> bool:
    return m.serial in m.state.connected


def it_is_not_connected(m: Moment) -> bool:
    return m.serial not in m.state.connected


def too_many_are_connected(m: Moment) -> bool:
    return len(m.state.connected) >= MOST_CONNECTED


def the_screen_is_about_it(m: Moment) -> bool:
    return bool(m.event.serial) and m.screen.serial == m.event.serial


def its_owner_is_signed_in_here(m: Moment) -> bool:
    session = m.world.session
    return session is not None and session.user_id == m.headset.owner


def its_owner_signs_out_without_it(m: Moment) -> bool:
    """The owner is signed in here, and has no other headset connected to this phone (HS-30, HS-33)."""
    others = (serial for serial in m.state.connected if serial != m.serial)
    alone = not any(m.world.headset(serial).owner == m.headset.owner for serial in others)
    return m.world.sign_in_allowed and its_owner_is_signed_in_here(m) and alone


def the_phone_is_taken(m: Moment) -> bool:
    return m.headset.may_sign_in and m.world.session is not None


def no_pin_is_needed(m: Moment) -> bool:
    return m.headset.may_sign_in and m.headset.pinless


def its_owner_may_sign_in(m: Moment) -> bool:
    return m.headset.may_sign_in


def its_owner_may_not_sign_in(m: Moment) -> bool:
    return not m.headset.may_sign_in


def nobody_owns_it_and_the_phone_asks(m: Moment) -> bool:
    return m.headset.owner is None and m.world.prompts and not m.headset.skipped


def it_has_an_owner_now(m: Moment) -> bool:
    return m.headset.owner is not None


def its_owner_changed(m: Moment) -> bool:
    return m.headset.owner != m.screen.user_id


def something_is_blank(m: Moment) -> bool:
    return m.event.credential is Credential.BLANK


def the_pin_is_right(m: Moment) -> bool:
    return m.event.credential is Credential.RIGHT


def the_pin_is_wrong(m: Moment) -> bool:
    return m.event.credential is Credential.WRONG and m.screen.attempts < ATTEMPTS_SHOWN_AGAIN


def the_pin_is_wrong_once_too_often(m: Moment) -> bool:
    return m.event.credential is Credential.WRONG


def the_pin_was_right_just_now(m: Moment) -> bool:
    return m.screen.until is not None and m.now <= m.screen.until


def it_is_too_early(m: Moment) -> bool:
    return m.screen.until is None or m.now < m.screen.until


def the_offer_stands(m: Moment) -> bool:
    return not its_owner_changed(m) and no_pin_is_needed(m) and m.world.session is None


def nobody_is_signed_in(m: Moment) -> bool:
    return m.world.session is None


def somebody_is_signed_in(m: Moment) -> bool:
    return m.world.session is not None


def somebody_else_is_signed_in_now(m: Moment) -> bool:
    return m.world.session is not None and m.world.session.uuid != m.screen.session


def a_call_is_up(m: Moment) -> bool:
    return m.world.in_call


def no_sign_out_is_due(m: Moment) -> bool:
    return m.state.waiting is None or m.now < m.state.waiting.due


def the_session_is_not_to_end(m: Moment) -> bool:
    """Headset sign-out was switched off meanwhile (HS-11), or the session is another one."""
    waiting, session = m.state.waiting, m.world.session
    return not m.world.sign_in_allowed or waiting is None or session is None or session.uuid != waiting.session


def that_user_is_waited_for(m: Moment) -> bool:
    return m.state.waiting is not None and m.state.waiting.user_id == m.event.user_id


def the_session_is_the_same(m: Moment) -> bool:
    return m.state.session == m.world.session


def the_reset_is_over(m: Moment) -> bool:
    return m.state.resets_until is None or m.now >= m.state.resets_until


def the_reset_took_its_power(m: Moment) -> bool:
    return m.event.lost_power and not the_reset_is_over(m)


def a_headset_without_owner_is_connected(m: Moment) -> bool:
    return any(m.world.headset(serial).owner is None for serial in m.state.connected)


def a_headset_is_connected(m: Moment) -> bool:
    return bool(m.state.connected)


def the_sign_in_failed(m: Moment) -> bool:
    return m.screen.notice is Notice.SIGN_IN_FAILED and m.screen.serial in m.state.connected


def offered_again(m: Moment) -> str:
    """The connected headset by which the user of the event may sign in again without a PIN; empty when none (HS-28)."""
    for serial in reversed(m.state.connected):
        headset = m.world.headset(serial)
        if (
            headset.owner == m.event.user_id
            and headset.may_sign_in
            and headset.pinless
            and serial not in m.state.silenced
        ):
            return serial
    return ""


def its_headset_is_still_there(m: Moment) -> bool:
    return m.world.session is None and bool(offered_again(m))
