"""The transition table: for each event the rows are looked at from the top, and the first that fits is taken.

``at`` are the screens on which a row applies, ``when`` a question about the moment, ``to`` the screen afterwards
(None: it stays). An event without a fitting row changes nothing: that is how illegal ones are met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from roamline.rooms.headsets.rules import deeds as do
from roamline.rooms.headsets.rules import moment as when
from roamline.rooms.headsets.rules.deeds import Done
from roamline.rooms.headsets.rules.moment import Moment
from roamline.rooms.headsets.rules.terms import At, On

ANY = frozenset(At)
STAYS = None


@dataclass(frozen=True, slots=True)
class Row:
    """One transition."""

    on: On
    at: frozenset[At]
    when: Callable[[Moment], bool]
    do: Callable[[Moment], Done]
    to: At | None


def _rows(at: At | frozenset[At], *rows: tuple[On, Callable[[Moment], bool], Callable[[Moment], Done], At | None]) -> (
    Iterable[Row]
):  # fmt: skip
    screens = frozenset({at}) if isinstance(at, At) else at
    return tuple(Row(on, screens, question, deed, to) for on, question, deed, to in rows)


_OFFERS = _rows(
    ANY,
    (On.OFFER, when.it_is_not_connected, do.nothing, STAYS),
    (On.OFFER, when.its_owner_is_signed_in_here, do.nothing, STAYS),
    (On.OFFER, when.the_phone_is_taken, do.ask_to_take_over, At.TAKE_OVER_QUESTION),
    (On.OFFER, when.no_pin_is_needed, do.count_down, At.COUNTDOWN),
    (On.OFFER, when.its_owner_may_sign_in, do.ask_for_pin, At.PIN_FORM),
    (On.OFFER, when.nobody_owns_it_and_the_phone_asks, do.ask_for_owner, At.ASSOCIATION_FORM),
)

_COMING_AND_GOING = (
    *_rows(
        ANY,
        (On.CONNECTED, when.it_is_connected_already, do.note_presence, STAYS),
        (On.CONNECTED, when.too_many_are_connected, do.nothing, STAYS),
    ),
    *_rows(At.SIGN_OUT_OFFER, (On.CONNECTED, when.its_owner_is_signed_in_here, do.resume, At.NOTHING)),
    *_rows(
        ANY,
        (On.CONNECTED, when.its_owner_is_signed_in_here, do.resume, STAYS),
        (On.CONNECTED, when.always, do.connect, STAYS),
        (On.DISCONNECTED, when.it_is_not_connected, do.nothing, STAYS),
        (On.DISCONNECTED, when.the_reset_took_its_power, do.hold, STAYS),
        (On.DISCONNECTED, when.its_owner_signs_out_without_it, do.offer_sign_out, At.SIGN_OUT_OFFER),
        (On.DISCONNECTED, when.the_screen_is_about_it, do.forget_and_close, At.NOTHING),
        (On.DISCONNECTED, when.always, do.forget, STAYS),
        (On.LISTED, when.always, do.compare_with_list, STAYS),
        (On.SETTLE_DUE, when.the_reset_is_over, do.let_go, STAYS),
        (On.MENU, when.a_headset_without_owner_is_connected, do.ask_for_owner_by_menu, At.ASSOCIATION_FORM),
        (On.MENU, when.a_headset_is_connected, do.say_they_are_associated, At.NOTICE),
    ),
)

_ASSOCIATING = (
    *_rows(
        At.ASSOCIATION_FORM,
        (On.SUBMIT, when.it_has_an_owner_now, do.say_it_is_associated, At.NOTICE),
        (On.SUBMIT, when.something_is_blank, do.ask_again_blank, At.ASSOCIATION_FORM),
        (On.SUBMIT, when.the_pin_is_right, do.associate, At.ASSOCIATION_FORM),
        (On.SUBMIT, when.the_pin_is_wrong, do.ask_again, At.ASSOCIATION_FORM),
        (On.SUBMIT, when.the_pin_is_wrong_once_too_often, do.give_up, At.NOTICE),
        (On.EXIT, when.always, do.ask_to_skip, At.SKIP_QUESTION),
        (On.HEADSET_ASSOCIATED, when.always, do.say_association, At.ASSOCIATED),
        (On.ASSOCIATION_REFUSED, when.always, do.say_refusal, At.NOTICE),
    ),
    *_rows(
        At.SKIP_QUESTION,
        (On.YES, when.always, do.skip, At.NOTHING),
        (On.NO, when.always, do.back_to_form, At.ASSOCIATION_FORM),
    ),
    *_rows(
        At.ASSOCIATED,
        (On.EXIT, when.always, do.close, At.NOTHING),
        (On.SIGN_IN, when.its_owner_changed, do.close, At.NOTHING),
        (On.SIGN_IN, when.its_owner_is_signed_in_here, do.close, At.NOTHING),
        (On.SIGN_IN, when.its_owner_may_not_sign_in, do.close, At.NOTHING),
        (On.SIGN_IN, when.the_phone_is_taken, do.ask_to_take_over, At.TAKE_OVER_QUESTION),
        (On.SIGN_IN, when.the_pin_was_right_just_now, do.sign_in, At.NOTHING),
        (On.SIGN_IN, when.always, do.close_and_offer, At.NOTHING),
    ),
)

_SIGNING_IN = (
    *_rows(
        At.PIN_FORM,
        (On.SUBMIT, when.its_owner_changed, do.close_and_offer, At.NOTHING),
        (On.SUBMIT, when.something_is_blank, do.ask_again_blank, At.PIN_FORM),
        (On.SUBMIT, when.the_pin_is_right, do.sign_in, At.NOTHING),
        (On.SUBMIT, when.the_pin_is_wrong, do.ask_again, At.PIN_FORM),
        (On.SUBMIT, when.the_pin_is_wrong_once_too_often, do.give_up, At.NOTICE),
        (On.EXIT, when.always, do.close, At.NOTHING),
        (On.CANCEL, when.always, do.close, At.NOTHING),
    ),
    *_rows(
        At.COUNTDOWN,
        (On.CANCEL, when.always, do.silence, At.NOTHING),
        (On.EXIT, when.always, do.silence, At.NOTHING),
        (On.SIGN_IN, when.the_offer_stands, do.sign_in_pinless, At.NOTHING),
        (On.SIGN_IN, when.always, do.close_and_offer, At.NOTHING),
        (On.SIGN_IN_DUE, when.it_is_too_early, do.nothing, STAYS),
        (On.SIGN_IN_DUE, when.the_offer_stands, do.sign_in_pinless, At.NOTHING),
        (On.SIGN_IN_DUE, when.always, do.close_and_offer, At.NOTHING),
    ),
    *_rows(
        At.TAKE_OVER_QUESTION,
        (On.YES, when.nobody_is_signed_in, do.close_and_offer, At.NOTHING),
        (On.YES, when.somebody_else_is_signed_in_now, do.close_and_offer, At.NOTHING),
        (On.YES, when.a_call_is_up, do.refuse_in_call, At.NOTICE),
        (On.YES, when.always, do.take_over, At.NOTHING),
        (On.NO, when.always, do.close, At.NOTHING),
        (On.EXIT, when.always, do.close, At.NOTHING),
        (On.CANCEL, when.always, do.close, At.NOTHING),
    ),
    *_rows(
        ANY,
        (On.LOG_IN_REFUSED, when.always, do.say_sign_in_failed, At.NOTICE),
        (On.LOGGED_OUT, when.always, do.offer, STAYS),
    ),
    *_rows(
        At.NOTICE,
        (On.SIGN_IN, when.the_sign_in_failed, do.close_and_offer, At.NOTHING),
        (On.EXIT, when.always, do.close, At.NOTHING),
        (On.CANCEL, when.always, do.close, At.NOTHING),
    ),
)

_SIGNING_OUT = (
    *_rows(
        At.SIGN_OUT_OFFER,
        (On.SIGN_OUT, when.a_call_is_up, do.log_out_pressed_in_call, At.NOTICE),
        (On.SIGN_OUT, when.always, do.log_out_pressed, At.NOTHING),
        (On.CANCEL, when.always, do.close, At.NOTHING),
        (On.EXIT, when.always, do.close, At.NOTHING),
    ),
    *_rows(ANY, (On.SIGN_OUT_DUE, when.no_sign_out_is_due, do.nothing, STAYS)),
    *_rows(
        At.SIGN_OUT_OFFER,
        (On.SIGN_OUT_DUE, when.the_session_is_not_to_end, do.wait_no_longer, At.NOTHING),
        (On.SIGN_OUT_DUE, when.always, do.log_out_due, At.NOTHING),
        (On.OWNER_MOVED, when.that_user_is_waited_for, do.log_out_moved, At.NOTHING),
    ),
    *_rows(
        ANY,
        (On.SIGN_OUT_DUE, when.the_session_is_not_to_end, do.wait_no_longer, STAYS),
        (On.SIGN_OUT_DUE, when.always, do.log_out_due, STAYS),
        (On.OWNER_MOVED, when.that_user_is_waited_for, do.log_out_moved, STAYS),
    ),
)

_SESSIONS = (
    *_rows(ANY, (On.SESSION_CHANGED, when.the_session_is_the_same, do.nothing, STAYS)),
    *_rows(At.SIGN_OUT_OFFER, (On.SESSION_CHANGED, when.always, do.note_session_and_close, At.NOTHING)),
    *_rows(
        frozenset({At.PIN_FORM, At.COUNTDOWN}),
        (On.SESSION_CHANGED, when.somebody_is_signed_in, do.note_session_and_close, At.NOTHING),
    ),
    *_rows(At.TAKE_OVER_QUESTION, (On.SESSION_CHANGED, when.always, do.note_session_and_offer, At.NOTHING)),
    *_rows(ANY, (On.SESSION_CHANGED, when.always, do.note_session, STAYS)),
    *_rows(
        frozenset({At.NOTHING, At.NOTICE}),
        (On.SESSION_ENDED, when.its_headset_is_still_there, do.count_down_again, At.COUNTDOWN),
    ),
)

TABLE: tuple[Row, ...] = (*_OFFERS, *_COMING_AND_GOING, *_ASSOCIATING, *_SIGNING_IN, *_SIGNING_OUT, *_SESSIONS)
