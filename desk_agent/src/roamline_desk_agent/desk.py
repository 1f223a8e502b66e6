"""What a device has besides calls: headsets, a screen and a menu. The server decides what they mean (HS-40)."""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from roamline_desk_agent.bell import Bell
from roamline_desk_agent.device_api import DeviceApi, Opened, ServerError, Shown
from roamline_desk_agent.headset import REASONS, Change, Connected, Disconnected, Headset, HeadsetError, clean
from roamline_desk_agent.headset import read_serial as checked_serial
from roamline_desk_agent.journal import Journal
from roamline_desk_agent.notices import Notices
from roamline_desk_agent.phone import CannotDoError
from roamline_desk_agent.rack import Rack
from roamline_desk_agent.reports import Reports
from roamline_desk_agent.screens import MOST_TYPED, Menu, Screen
from roamline_desk_agent.secret import Secret
from roamline_desk_agent.usb_watch import watch_usb
from roamline_desk_agent.words import _

log = logging.getLogger("roamline.agent")

Source = Literal["usb", "simulated"]
# Only these keys say anything about the fields: a PIN does not travel for "cancel".
WITH_FIELDS = frozenset({"submit", "select", "sign_in", "yes"})


class Desk:
    """`bell` rings whenever something here changes. `is_bound`: a desk phone shows the screens, and is answered there;
    this desk only reads along."""

    def __init__(
        self, api: DeviceApi, reports: Reports, journal: Journal, bell: Bell, source: Source, *, is_bound: bool
    ) -> None:
        self.rack = Rack(source, self._on_change, bell.ring)
        self.screen: Screen | None = None
        self.menu = Menu()
        self.is_bound = is_bound
        self._api, self._reports, self._journal, self._bell = api, reports, journal, bell
        self._notices = Notices()
        self._is_listed = False

    async def watch(self) -> None:
        """Watch the USB sockets for ever; a desk with simulated headsets has nothing to watch."""
        if self.rack.source == "usb":
            await watch_usb(self.rack)

    def take(self, fact: Opened | Shown | Menu) -> None:
        """Follow what the server sent."""
        match fact:
            case Opened():
                self._list()
            case Shown(screen):
                self._show(screen)
            case Menu():
                self.menu = fact
        self._bell.ring()

    def shown(self) -> dict[str, object]:
        """The screen and the menu now."""
        return {
            "screen": self.screen.as_document(time.monotonic()) if self.screen else None,
            "menu": {"associate_headset": self.menu.associate_headset and not self.is_bound},
            "read_only": self.is_bound,
        }

    async def press(self, key: str, given: Mapping[str, Secret], screen_id: str | None = None) -> None:
        """Press a softkey, with what was typed; fields that are not given keep their value. It waits for the server
        and shows the screen that comes next. Raises CannotDoError, whose text never holds a field's value."""
        screen = self._answerable(screen_id)
        if key not in {each.key for each in screen.softkeys}:
            keys = ", ".join(each.key for each in screen.softkeys) or _("no keys")
            raise CannotDoError(
                _("this screen has no key %(key)r; it has %(keys)s") % {"key": clean(key), "keys": keys}
            )
        fields = fields_of(screen, given) if key in WITH_FIELDS else {}
        try:
            following = await self._api.answer(screen.id, key, fields)
        except ServerError as trouble:
            raise CannotDoError(_("the key was not pressed: %(trouble)s") % {"trouble": trouble}) from None
        # The stream may already have shown something newer than this answer.
        if self.screen is not None and self.screen.id == screen.id:
            self.take(Shown(following))

    async def choose(self, item: str) -> None:
        """Choose an entry of the menu (HS-23). Raises CannotDoError."""
        if item != "associate_headset":
            raise CannotDoError(_("the menu has associate_headset only"))
        if self.is_bound:
            raise CannotDoError(_("the phone has this menu: choose there"))
        if not self.menu.associate_headset:
            raise CannotDoError(_("Associate user cannot be chosen now: no headset is connected"))
        report = {"event": "menu", "item": item, "at": datetime.now(UTC).isoformat(), "id": str(uuid4())}
        try:
            await self._api.report([report])
        except ServerError as trouble:
            raise CannotDoError(_("nothing was chosen: %(trouble)s") % {"trouble": trouble}) from None

    def plug(self, serial: str, model: str, vendor: str) -> Headset:
        """Connect a simulated headset. Raises CannotDoError."""
        self._refuse_unless_simulated()
        try:
            headset = Headset(checked_serial(serial), clean(model), clean(vendor), connection="wired")
        except HeadsetError as trouble:
            raise CannotDoError(_("this headset %(trouble)s") % {"trouble": _(str(trouble))}) from None
        if not self.rack.take(Connected(headset)):
            raise CannotDoError(
                _("%(serial)s is already connected, or too many headsets are") % {"serial": headset.serial}
            )
        return headset

    def unplug(self, serial: str, reason: str) -> Headset:
        """Disconnect a simulated headset. Raises CannotDoError."""
        self._refuse_unless_simulated()
        known = next((each for each in REASONS if each == reason), None)
        if known is None:
            raise CannotDoError(_("a headset disconnects for one of %(reasons)s") % {"reasons": ", ".join(REASONS)})
        headset = next((each for each in self.rack.connected if each.key == serial.strip().casefold()), None)
        if headset is None:
            raise CannotDoError(_("%(serial)s is not connected") % {"serial": clean(serial)})
        self.rack.take(Disconnected(headset, known))
        return headset

    def _refuse_unless_simulated(self) -> None:
        if self.rack.source != "simulated":
            raise CannotDoError(_("this agent watches real headsets: start it with --simulate-headsets"))

    def _answerable(self, screen_id: str | None) -> Screen:
        if self.is_bound:
            raise CannotDoError(_("the phone shows this screen: answer there"))
        if self.screen is None:
            raise CannotDoError(_("there is nothing on the screen"))
        if screen_id is not None and screen_id != self.screen.id:
            raise CannotDoError(_("the screen has changed meanwhile"))
        return self.screen

    def _show(self, screen: Screen | None) -> None:
        if (screen.id if screen else None) != (self.screen.id if self.screen else None):
            title = screen.title if screen else None
            log.info("screen: %s", title or "nothing")
            self._journal.add("screen", datetime.now(UTC), title=title)
        self.screen = screen
        self._notices.tell(screen)

    def _list(self) -> None:
        # State, not change: the server works out what it has missed while this agent was away.
        self._is_listed = True
        connected = [each.as_document() for each in self.rack.connected]
        self._reports.add("headsets", datetime.now(UTC), connected=connected, source=self.rack.source, id=str(uuid4()))

    def _on_change(self, change: Change) -> None:
        now, headset = datetime.now(UTC), change.headset
        match change:
            case Connected():
                name, why = "headset_connected", ""
                facts: dict[str, object] = {"headset": headset.as_document(), "source": self.rack.source}
            case Disconnected(_, reason):
                name, why = "headset_disconnected", reason
                facts = {"serial": headset.serial, "reason": reason}
        log.info("%s %s %s %s", name, headset.masked, headset.model, why)
        self._journal.add(name, now, serial=headset.serial, model=headset.model, **({"reason": why} if why else {}))
        if self._is_listed:  # before that, the list will say it
            self._reports.add(name, now, **facts, id=str(uuid4()))
        self._bell.ring()


def fields_of(screen: Screen, given: Mapping[str, Secret]) -> dict[str, Secret]:
    """The screen's fields with what was typed. Raises CannotDoError."""
    names = [field.name for field in screen.fields]
    for name, value in given.items():
        if name not in names:
            raise CannotDoError(
                _("this screen has no field %(name)r; it has %(names)s")
                % {"name": clean(name), "names": ", ".join(names) or _("none")}
            )
        if len(value.reveal()) > MOST_TYPED:
            raise CannotDoError(_("%(name)s is longer than %(most)s characters") % {"name": name, "most": MOST_TYPED})
    return {field.name: given.get(field.name, Secret(field.value)) for field in screen.fields}
