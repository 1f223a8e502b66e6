"""What the transitions do: each deed makes of a moment the next state, the effects, and what follows at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from roamline.kernel.errors import Error
from roamline.rooms.headsets.rules.moment import Moment, offered_again
from roamline.rooms.headsets.rules.terms import (
    PIN_STAYS_CHECKED,
    RESET_TAKES,
    Associate,
    At,
    Effect,
    Event,
    LogIn,
    LogOut,
    Notice,
    On,
    RememberSkip,
    Screen,
    State,
    Waiting,
    Why,
)


@dataclass(frozen=True, slots=True)
class Done:
    """The next state, what is asked of the outside, and the events that follow at once."""

    state: State
    effects: tuple[Effect, ...] = ()
    then: tuple[Event, ...] = ()


def _without(serials: tuple[str, ...], serial: str) -> tuple[str, ...]:
    return tuple(each for each in serials if each != serial)


def _show(m: Moment, screen: Screen, *effects: Effect) -> Done:
    return Done(replace(m.state, screen=screen), effects)


def _notice(m: Moment, notice: Notice, *effects: Effect, error: int = 0, user_id: str = "") -> Done:
    return _show(m, Screen(At.NOTICE, m.serial, user_id=user_id, error=error, notice=notice), *effects)


def nothing(m: Moment) -> Done:
    """Change nothing."""
    return Done(m.state)


def close(m: Moment) -> Done:
    """Close the screen."""
    return _show(m, Screen())


def close_and_offer(m: Moment) -> Done:
    """Close the screen and look at the headset anew."""
    return replace(close(m), then=(Event(On.OFFER, m.serial),))


def note_presence(m: Moment) -> Done:
    """It never really went away."""
    return Done(replace(m.state, held=_without(m.state.held, m.serial)))


def resume(m: Moment) -> Done:
    """The owner is back in time: nothing changes but that the sign-out is called off (HS-27)."""
    screen = Screen() if m.screen.at is At.SIGN_OUT_OFFER else m.screen
    return Done(replace(m.state, connected=(*m.state.connected, m.serial), waiting=None, screen=screen))


def connect(m: Moment) -> Done:
    """Note the headset, then see what to offer."""
    state = replace(m.state, connected=(*m.state.connected, m.serial))
    return Done(state, then=(Event(On.OFFER, m.serial),))


def forget(m: Moment) -> Done:
    """Note that the headset is gone; that also ends its silence."""
    state = m.state
    return Done(
        replace(
            state,
            connected=_without(state.connected, m.serial),
            silenced=_without(state.silenced, m.serial),
            held=_without(state.held, m.serial),
        )
    )


def forget_and_close(m: Moment) -> Done:
    """Note that the headset is gone, and close the screen that was about it."""
    return Done(replace(forget(m).state, screen=Screen()))


def offer_sign_out(m: Moment) -> Done:
    """The owner's headset is gone: the session waits for it, and the screen offers to sign out (HS-30)."""
    session = m.world.session
    if session is None:
        return forget(m)
    due = m.now + m.world.sign_out_after
    screen = Screen(At.SIGN_OUT_OFFER, m.serial, user_id=session.user_id, session=session.uuid, until=due)
    waiting = Waiting(m.serial, session.uuid, session.user_id, due)
    return Done(replace(forget(m).state, waiting=waiting, screen=screen))


def compare_with_list(m: Moment) -> Done:
    """Work out what changed; what is missing while the phone resets is held, not gone (HS-28)."""
    listed = dict.fromkeys(m.event.serials)
    missing = tuple(serial for serial in m.state.connected if serial not in listed)
    resetting = m.state.resets_until is not None and m.now < m.state.resets_until
    gone = () if resetting else tuple(Event(On.DISCONNECTED, serial) for serial in missing)
    come = tuple(Event(On.CONNECTED, serial) for serial in listed if serial not in m.state.connected)
    return Done(replace(m.state, held=missing if resetting else ()), then=gone + come)


def hold(m: Moment) -> Done:
    """It is without power as long as the phone resets: that is no going away (HS-28)."""
    return Done(replace(m.state, held=(*_without(m.state.held, m.serial), m.serial)))


def let_go(m: Moment) -> Done:
    """What did not come back from the reset is gone."""
    gone = tuple(Event(On.DISCONNECTED, serial) for serial in m.state.held)
    return Done(replace(m.state, held=()), then=gone)


def ask_for_owner(m: Moment) -> Done:
    """Ask whose headset this is (HS-20)."""
    return _show(m, Screen(At.ASSOCIATION_FORM, m.serial))


def ask_for_owner_by_menu(m: Moment) -> Done:
    """Ask whose headset this is, because the user chose to (HS-23): the one without owner that came last."""
    serial = next(each for each in reversed(m.state.connected) if m.world.headset(each).owner is None)
    return _show(m, Screen(At.ASSOCIATION_FORM, serial))


def say_it_is_associated(m: Moment) -> Done:
    """The headset has its owner already."""
    return _notice(m, Notice.ALREADY_ASSOCIATED)


def say_they_are_associated(m: Moment) -> Done:
    """Every connected headset has its owner already."""
    screen = Screen(At.NOTICE, m.state.connected[-1], notice=Notice.ALREADY_ASSOCIATED)
    return _show(m, screen)


def ask_again_blank(m: Moment) -> Done:
    """The same form with 202; that is no attempt."""
    return _show(m, replace(m.screen, error=Error.BLANK_ID_OR_PIN.number))


def ask_again(m: Moment) -> Done:
    """The same form with 201 (HS-22)."""
    return _show(m, replace(m.screen, error=Error.AUTHENTICATION_ERROR.number, attempts=m.screen.attempts + 1))


def give_up(m: Moment) -> Done:
    """Say 201 and close; connecting the headset again gives a new chance (HS-22)."""
    return _notice(m, Notice.TOO_MANY_ATTEMPTS, error=Error.AUTHENTICATION_ERROR.number)


def associate(m: Moment) -> Done:
    """Have the headset associated with the user who gave the PIN."""
    return Done(m.state, (Associate(m.screen.serial, m.event.user_id),))


def say_association(m: Moment) -> Done:
    """It is done; for a while the PIN need not be given again (HS-21)."""
    screen = Screen(At.ASSOCIATED, m.screen.serial, user_id=m.event.user_id, until=m.now + PIN_STAYS_CHECKED)
    waiting = m.state.waiting
    if waiting and waiting.user_id == m.event.user_id:
        waiting = None  # a headset of theirs is here now
    return Done(replace(m.state, screen=screen, waiting=waiting))


def say_refusal(m: Moment) -> Done:
    """Say why the headset was not associated (HS-22)."""
    return _notice(m, m.event.notice)


def ask_to_skip(m: Moment) -> Done:
    """Ask whether to stop asking (HS-24)."""
    return _show(m, replace(m.screen, at=At.SKIP_QUESTION, error=0))


def skip(m: Moment) -> Done:
    """Never ask for this headset on this phone again."""
    return _show(m, Screen(), RememberSkip(m.screen.serial))


def back_to_form(m: Moment) -> Done:
    """Ask on."""
    return _show(m, replace(m.screen, at=At.ASSOCIATION_FORM))


def ask_for_pin(m: Moment) -> Done:
    """Ask the owner for the PIN (HS-25)."""
    return _show(m, Screen(At.PIN_FORM, m.serial, user_id=m.headset.owner or ""))


def count_down(m: Moment) -> Done:
    """Offer to sign in, and do so when the time is up (HS-25)."""
    until = m.now + m.world.offer_lasts
    return _show(m, Screen(At.COUNTDOWN, m.serial, user_id=m.headset.owner or "", until=until))


def count_down_again(m: Moment) -> Done:
    """The session ended and its headset is still there: offer again (HS-28).

    A user who went to another phone is not fetched back by a clock: that offer waits for somebody to take it.
    """
    serial = offered_again(m)
    until = None if m.world.headset(serial).owner_is_elsewhere else m.now + m.world.offer_lasts
    return _show(m, Screen(At.COUNTDOWN, serial, user_id=m.event.user_id, until=until))


def ask_to_take_over(m: Moment) -> Done:
    """Ask whether to sign the earlier user out (HS-26)."""
    session = m.world.session
    if session is None:
        return nothing(m)
    return _show(m, Screen(At.TAKE_OVER_QUESTION, m.serial, user_id=session.user_id, session=session.uuid))


def silence(m: Moment) -> Done:
    """Close the offer; this headset is quiet on this phone until it is disconnected (HS-28)."""
    silenced = (*_without(m.state.silenced, m.screen.serial), m.screen.serial)
    return Done(replace(m.state, silenced=silenced, screen=Screen()))


def sign_in(m: Moment) -> Done:
    """Log the owner in: the PIN was right."""
    return _show(m, Screen(), LogIn(m.screen.serial, m.screen.user_id, m.event.profile, pinless=False))


def sign_in_pinless(m: Moment) -> Done:
    """Log the owner in without a PIN."""
    return _show(m, Screen(), LogIn(m.screen.serial, m.screen.user_id, m.event.profile, pinless=True))


def say_sign_in_failed(m: Moment) -> Done:
    """Say the same error that a log-in by id and PIN gives (HS-25)."""
    return _notice(m, Notice.SIGN_IN_FAILED, error=m.event.error)


def refuse_in_call(m: Moment) -> Done:
    """A call is up: nobody is signed out for another (HS-26)."""
    return _notice(m, Notice.IN_CALL, user_id=m.screen.user_id)


def take_over(m: Moment) -> Done:
    """Sign the earlier user out; the offer follows once that is done."""
    state = replace(m.state, screen=Screen(), session=None, waiting=None, resets_until=m.now + RESET_TAKES)
    return Done(state, (LogOut(m.screen.session, Why.TAKEN_OVER, m.screen.serial),))


def offer(m: Moment) -> Done:
    """See what to offer."""
    return Done(m.state, then=(Event(On.OFFER, m.serial),))


def _log_out(m: Moment, why: Why) -> Done:
    waiting = m.state.waiting
    if waiting is None:
        return nothing(m)
    screen = Screen() if m.screen.at is At.SIGN_OUT_OFFER else m.screen
    return Done(replace(m.state, waiting=None, screen=screen), (LogOut(waiting.session, why, waiting.serial),))


def log_out_pressed(m: Moment) -> Done:
    """Sign out was pressed: do it at once."""
    return _log_out(m, Why.PRESSED)


def log_out_pressed_in_call(m: Moment) -> Done:
    """Sign out was pressed in a call: do it when the call ends (HS-31)."""
    done = _log_out(m, Why.PRESSED)
    notice = Screen(At.NOTICE, m.screen.serial, user_id=m.screen.user_id, notice=Notice.SIGNS_OUT_AFTER_CALL)
    return replace(done, state=replace(done.state, screen=notice))


def log_out_due(m: Moment) -> Done:
    """The time is up (HS-30); in a call it ends with the call (HS-31)."""
    return _log_out(m, Why.DUE)


def log_out_moved(m: Moment) -> Done:
    """The owner sits at another phone now (HS-34)."""
    return _log_out(m, Why.MOVED)


def wait_no_longer(m: Moment) -> Done:
    """Call the sign-out off."""
    screen = Screen() if m.screen.at is At.SIGN_OUT_OFFER else m.screen
    return Done(replace(m.state, waiting=None, screen=screen))


def _note_session(m: Moment) -> Done:
    before, session, waiting = m.state.session, m.world.session, m.state.waiting
    if waiting and (session is None or session.uuid != waiting.session):
        waiting = None
    state = replace(m.state, session=session, waiting=waiting, resets_until=m.now + RESET_TAKES)
    ended = before is not None and session is None
    return Done(state, then=(Event(On.SESSION_ENDED, user_id=before.user_id),) if before and ended else ())


def note_session(m: Moment) -> Done:
    """Somebody came or went by whatever way: the phone resets now."""
    return _note_session(m)


def note_session_and_close(m: Moment) -> Done:
    """Somebody came or went, and what the screen said is no longer so."""
    done = _note_session(m)
    return replace(done, state=replace(done.state, screen=Screen()))


def note_session_and_offer(m: Moment) -> Done:
    """The earlier user went by themselves: offer what was waited for."""
    done = note_session_and_close(m)
    return replace(done, then=(Event(On.OFFER, m.screen.serial),))
