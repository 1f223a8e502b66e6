"""What a phone shows about its headsets, as data in the phone's language (HS-40).

A screen is a title, a text, fields, soft keys and perhaps a countdown. Doors turn it into Cisco XML, HTML or lines of
a terminal; none of them knows the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils import translation
from django.utils.translation import gettext as _

from roamline.kernel.errors import Error
from roamline.rooms.directory.models import Account
from roamline.rooms.headsets import store
from roamline.rooms.headsets.codec import from_json
from roamline.rooms.headsets.rules.terms import At, Notice, Screen, State
from roamline.rooms.headsets.service.running import screen_id
from roamline.rooms.headsets.world import session_on, world_of
from roamline.rooms.mobility.service import profiles_of_users

LANGUAGES = {"en": "en", "zh": "zh-hans", "ko": "ko"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values of a field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """Something to enter; ``pin`` is masked."""

    name: Literal["userid", "pin", "profile"]
    label: str
    kind: Literal["text", "pin", "choice"]
    value: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """A soft key; ``key`` is what comes back as input."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Countdown:
    """When something happens by itself, and what."""

    until: datetime
    seconds: int
    then: Literal["sign_in", "sign_out"]


@dataclass(frozen=True, slots=True)
class ShownScreen:
    """A screen as data. ``kind`` is for programs that want to tell screens apart."""

    id: str
    kind: str
    title: str
    text: str
    fields: tuple[Field, ...] = ()
    keys: tuple[Key, ...] = ()
    countdown: Countdown | None = None


@dataclass(frozen=True, slots=True)
class PhoneView:
    """What a phone shows now (None: nothing), and whether its menu offers to associate a headset (HS-23)."""

    screen: ShownScreen | None
    may_associate: bool
    language: str


@dataclass(frozen=True, slots=True)
class _Scene:
    """What wording a screen takes."""

    screen: Screen
    phone: store.PhoneRow
    state: State
    now: datetime


def view_of(device: str, now: datetime, default_language: str = "en") -> PhoneView | None:
    """What a phone shows now, in its language where it has one; None when there is no such phone.

    Nothing while a user of another cluster is logged in: then nobody signs in by headset (RO-33).
    """
    phone = store.phone_by_name(device)
    if phone is None:
        return None
    machine = store.look_at_machine(phone.id)
    state = from_json(machine.state if machine else {}, session_on(phone))
    language = LANGUAGES.get(phone.locale, default_language)
    if phone.has_visitor:
        return PhoneView(None, False, language)
    shown = None
    if machine is not None and state.screen.at is not At.NOTHING:
        with translation.override(language):
            number = screen_id(machine, machine.screen_number)
            shown = _worded(number, _Scene(state.screen, phone, state, now))
    return PhoneView(shown, bool(state.connected), language)


def _worded(id_: str, scene: _Scene) -> ShownScreen:
    title, text, fields, keys, then = _WORDINGS[scene.screen.at](scene)
    return ShownScreen(id_, scene.screen.at.name.lower(), title, text, fields, keys, _countdown(scene, then))


_Wording = tuple[str, str, tuple[Field, ...], tuple[Key, ...], Literal["", "sign_in", "sign_out"]]


def _countdown(scene: _Scene, then: Literal["", "sign_in", "sign_out"]) -> Countdown | None:
    until = scene.screen.until
    if not then or until is None:
        return None
    return Countdown(until, max(0, round((until - scene.now).total_seconds())), then)


def _name(user_id: str) -> str:
    account = Account.objects.filter(user_id=user_id).first()
    return account.display_name if account else user_id


def _error(scene: _Scene, text: str) -> str:
    sentences = {
        201: _("Wrong user ID or PIN (201)"),
        202: _("Enter user ID and PIN (202)"),
    }
    return sentences.get(scene.screen.error, text)


def _prefilled(scene: _Scene) -> str:
    """The user to associate: who is logged in, else the phone's owner, else its only associated user (HS-20)."""
    if scene.phone.session_user or scene.phone.owner:
        return scene.phone.session_user or scene.phone.owner or ""
    associated = store.associated_users(scene.phone.id)
    return associated[0] if len(associated) == 1 else ""


def _pin() -> Field:
    return Field("pin", _("PIN"), "pin")


def _profiles(user_id: str) -> tuple[Field, ...]:
    """The choice of a profile, where there are several; the default one is chosen beforehand."""
    profiles = profiles_of_users([user_id]).get(user_id, ())
    if len(profiles) < 2:
        return ()
    default = next((name for name, is_default in profiles if is_default), profiles[0][0])
    choices = tuple(Choice(name, name) for name, _default in profiles)
    return (Field("profile", _("Device profile"), "choice", default, choices),)


def _association_form(scene: _Scene) -> _Wording:
    text = _error(scene, _("Enter your user ID and PIN to make this headset yours."))
    fields = (Field("userid", _("User ID"), "text", _prefilled(scene)), _pin())
    keys = (Key("submit", _("Submit")), Key("exit", _("Exit")))
    return _("Associate headset to user"), text, fields, keys, ""


def _skip_question(_scene: _Scene) -> _Wording:
    text = _("Stop asking on this phone whose headset this is?")
    return _("Associate headset to user"), text, (), _yes_no(), ""


def _yes_no() -> tuple[Key, ...]:
    return Key("yes", _("Yes")), Key("no", _("No"))


def _associated(scene: _Scene) -> _Wording:
    user_id, serial = scene.screen.user_id, scene.screen.serial
    text = _("The headset is now associated with %(user)s.") % {"user": _name(user_id)}
    world = world_of(scene.phone, [serial], scene.now)
    signed_in = world.session is not None and world.session.user_id == user_id
    if not world.headset(serial).may_sign_in or signed_in:
        return _("Associate headset to user"), text, (), (Key("exit", _("Exit")),), ""
    keys = (Key("sign_in", _("Sign in")), Key("exit", _("Exit")))
    return _("Associate headset to user"), text, _profiles(user_id), keys, ""


def _pin_form(scene: _Scene) -> _Wording:
    user_id = scene.screen.user_id
    text = _error(scene, _("%(user)s, enter your PIN to sign in.") % {"user": _name(user_id)})
    keys = (Key("submit", _("Submit")), Key("exit", _("Exit")))
    return _("Sign in"), text, (_pin(), *_profiles(user_id)), keys, ""


def _offer(scene: _Scene) -> _Wording:
    user_id = scene.screen.user_id
    if scene.screen.until is None:
        text = _("%(user)s is signed in on another phone. Sign in here instead?") % {"user": _name(user_id)}
    else:
        text = _("%(user)s is about to be signed in.") % {"user": _name(user_id)}
    keys = (Key("sign_in", _("Sign in")), Key("cancel", _("Cancel")))
    return _("Sign in"), text, _profiles(user_id), keys, "sign_in"


def _take_over(scene: _Scene) -> _Wording:
    text = _("%(user)s is signed in on this phone. Sign them out?") % {"user": _name(scene.screen.user_id)}
    return _("Sign in"), text, (), _yes_no(), ""


def _sign_out_offer(scene: _Scene) -> _Wording:
    text = _("The headset was disconnected. %(user)s will be signed out unless it comes back in time.")
    keys = (Key("sign_out", _("Sign out")), Key("cancel", _("Cancel")))
    return _("Sign out"), text % {"user": _name(scene.screen.user_id)}, (), keys, "sign_out"


def _log_in_error(number: int) -> str:
    """The text that a log-in by id and PIN shows for the same error, with its number (HS-25)."""
    error = Error.of(number)
    wording, bracket, rest = (error.value.log_in_text or f"{error.short_name} ({number})").partition("(")
    return f"{_(wording.strip())} {bracket}{rest}"


def _notice(scene: _Scene) -> _Wording:
    screen, close = scene.screen, Key("exit", _("Exit"))
    texts = {
        Notice.TOO_MANY_ATTEMPTS: _("The user ID or PIN was wrong too often (201). Connect the headset again, or ask "
                                    "your administrator."),
        Notice.TOO_MANY_HEADSETS: _("You have 15 headsets already, and cannot have more. Ask your administrator."),
        Notice.OWNED_BY_ANOTHER: _("This headset is associated with another user. Ask your administrator."),
        Notice.ALREADY_ASSOCIATED: _("This headset is associated already."),
        Notice.SIGN_IN_FAILED: _log_in_error(screen.error),
        Notice.IN_CALL: _("%(user)s is in a call and cannot be signed out now.") % {"user": _name(screen.user_id)},
        Notice.SIGNS_OUT_AFTER_CALL: _("%(user)s will be signed out when the call ends.")
                                     % {"user": _name(screen.user_id)},
    }  # fmt: skip
    again = (Key("sign_in", _("Try again")),) if screen.notice is Notice.SIGN_IN_FAILED else ()
    return _("Headset"), texts.get(screen.notice, ""), (), (*again, close), ""


_WORDINGS = {
    At.ASSOCIATION_FORM: _association_form,
    At.SKIP_QUESTION: _skip_question,
    At.ASSOCIATED: _associated,
    At.PIN_FORM: _pin_form,
    At.COUNTDOWN: _offer,
    At.TAKE_OVER_QUESTION: _take_over,
    At.SIGN_OUT_OFFER: _sign_out_offer,
    At.NOTICE: _notice,
}
