"""A screen about a headset as Cisco XML: only Text, Input and Menu, which every 78xx and 88xx phone shows.

A phone's form has no choice among several values, so a profile is chosen from a menu first. Links hold the number of
a profile, not its name: a phone takes URLs of 256 characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from roamline.rooms.headsets.screens import Field, PhoneView, ShownScreen
from roamline.rooms.phones import addressing
from roamline.wires.phone_xml import MOST_MENU_ITEMS, Input, InputItem, InputKind, Menu, MenuItem, Screen, SoftKey, Text

SERVICE = "/headset"
APP_ID = "roamline/headset"


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of this service for one phone: the advertised ones, never those that a request claims."""

    device: str
    secure: bool = False
    mode: str = addressing.BOTH

    def to(self, **parameters: str) -> str:
        """A link with these parameters."""
        base_url = addressing.own_base_url(self.mode, secure=self.secure)
        return f"{base_url}{SERVICE}?{urlencode({'device': self.device, **parameters})}"


def render(
    view: PhoneView, links: Links, *, choice: int | None = None, chooses: bool = False, done: bool = False
) -> Screen:
    """The object to show: ``choice`` is the number of a profile chosen before, ``chooses`` opens their menu."""
    shown = view.screen
    if shown is None:
        return _nothing(view, links, done)
    profiles = next((field for field in shown.fields if field.kind == "choice"), None)
    entered = tuple(field for field in shown.fields if field.kind != "choice")
    if profiles is not None and choice is None and (entered or chooses):
        return _menu(shown, profiles, links, signs_in=not entered)
    return _form(shown, entered, links, choice) if entered else _text(shown, links, profiles is not None)


def _keys(*keys: tuple[str, str]) -> tuple[SoftKey, ...]:
    return tuple(SoftKey(label, position, url) for position, (label, url) in enumerate(keys, start=1))


def _nothing(view: PhoneView, links: Links, done: bool) -> Text:
    text = _("Done.") if done else _("There is nothing to do for a headset on this phone.")
    menu = ((_("Associate"), links.to(menu="associate_headset")),) if view.may_associate and not done else ()
    return Text(_("Headset"), text, soft_keys=_keys(*menu, (_("Exit"), "SoftKey:Exit")), app_id=APP_ID)


def _text(shown: ShownScreen, links: Links, may_choose: bool) -> Text:
    keys = [(key.label, links.to(screen=shown.id, key=key.key)) for key in shown.keys]
    if may_choose:
        keys.insert(1, (_("Profile"), links.to(screen=shown.id, choose="menu")))
    text = shown.text
    if shown.countdown is not None:
        text += "\n" + _("Time left: %(seconds)s s") % {"seconds": shown.countdown.seconds}
    return Text(shown.title, text, soft_keys=_keys(*keys), app_id=APP_ID)


def _form(shown: ShownScreen, fields: tuple[Field, ...], links: Links, choice: int | None) -> Input:
    chosen = {} if choice is None else {"choose": str(choice)}
    others = [(key.label, links.to(screen=shown.id, key=key.key)) for key in shown.keys if key.key != "submit"]
    return Input(
        shown.title,
        links.to(screen=shown.id, key="submit", **chosen),
        tuple(_item(field) for field in fields),
        prompt=shown.text,
        soft_keys=_keys((_("Submit"), "SoftKey:Submit"), ("<<", "SoftKey:<<"), *others),
        method="post",
        app_id=APP_ID,
    )


def _item(field: Field) -> InputItem:
    if field.kind == "pin":
        return InputItem(field.label, field.name, InputKind.NUMERIC, masked=True)
    return InputItem(field.label, field.name, InputKind.ASCII, default=field.value)


def _menu(shown: ShownScreen, profiles: Field, links: Links, *, signs_in: bool) -> Menu:
    """The profiles; choosing one leads to the form for the PIN, or signs in where no PIN is asked."""
    key = {"key": "sign_in"} if signs_in else {}
    items = tuple(
        MenuItem(each.label, links.to(screen=shown.id, choose=str(number), **key))
        for number, each in enumerate(profiles.choices[:MOST_MENU_ITEMS])
    )
    keys = _keys((_("Select"), "SoftKey:Select"), (_("Exit"), links.to(screen=shown.id, key="exit")))
    return Menu(shown.title, items, prompt=_("Choose a device profile"), soft_keys=keys, app_id=APP_ID)
