"""A small site for headset tests: phones that qualify, people with headsets, and a device that reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from roamline.kernel.secret import Secret
from roamline.rooms.headsets import service as headsets
from roamline.rooms.headsets.screens import ShownScreen, view_of
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility import store as sessions
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.phones.models import Phone, PhoneService
from tests.support import factories
from tests.support.factories import ACTOR, NOW, PIN

LOBBY, SHARED, SOFTPHONE = "SEP0011AA220001", "SEP0011AA220003", "SEP0011AA220007"
ALICES, BOBS, NOBODYS = "QPK1234A001", "QPK1234B002", "QPK1234X009"


def subscribe(phone: Phone) -> None:
    """Subscribe a phone to Extension Mobility."""
    service, _ = PhoneService.objects.get_or_create(
        name="Extension Mobility", defaults={"url": "http://em/emapp/EMAppServlet?device=#DEVICENAME#"}
    )
    phone.own_profile.services.add(service)


def phone(name: str = LOBBY, *, firmware: str = "14.1(1)", **fields: Any) -> Phone:
    """A phone on which a headset's owner may sign in."""
    made = factories.phone(name, firmware=firmware, **fields)
    subscribe(made)
    return made


def owner(user_id: str, serial: str, **fields: Any) -> None:
    """A user with a headset."""
    factories.user(user_id, **fields)
    outcome = headsets.associate(serial, user_id, actor=ACTOR, way="tests", now=NOW)
    assert isinstance(outcome, headsets.Associated)


def log_in(user_id: str, device: str = LOBBY) -> None:
    """Log a user in as an administrator does."""
    by = mobility.By(ACTOR, mobility.Way.ADMINISTRATOR)
    assert isinstance(mobility.log_in(mobility.LogIn(device, user_id, None), by, NOW), mobility.LoggedIn)


def pinless(*, marked: bool = True) -> None:
    """Headsets sign in without a PIN, on every phone that exists now when ``marked``."""
    factories.set_parameter(parameter_rules.HEADSET_PIN, parameter_rules.PIN_NOT_REQUIRED)
    Phone.objects.update(pinless_allowed=marked)


@dataclass
class Device:
    """A device at a moment: reports its headsets, shows a screen, has its user press keys."""

    name: str = LOBBY
    now: datetime = NOW
    origin: str = "usb"
    answered: list[bool] = field(default_factory=list)

    def connects(self, serial: str, report: str = "") -> Device:
        reported = headsets.Reported(serial, "Headset 532", "Cisco", "1.5", "wired")
        self.answered.append(
            headsets.headset_connected(
                self.name, reported, origin=self.origin, source="192.0.2.1", now=self.now, report=report
            )
        )
        return self

    def disconnects(self, serial: str, report: str = "") -> Device:
        self.answered.append(
            headsets.headset_disconnected(self.name, serial, source="192.0.2.1", now=self.now, report=report)
        )
        return self

    def loses_power(self, serial: str) -> Device:
        headsets.headset_disconnected(self.name, serial, source="192.0.2.1", now=self.now, lost_power=True)
        return self

    def lists(self, *serials: str) -> Device:
        listed = [headsets.Reported(serial) for serial in serials]
        headsets.headsets_listed(self.name, listed, origin=self.origin, source="192.0.2.1", now=self.now)
        return self

    def chooses_menu(self) -> Device:
        headsets.menu_chosen(self.name, source="192.0.2.1", now=self.now)
        return self

    @property
    def screen(self) -> ShownScreen | None:
        view = view_of(self.name, self.now)
        assert view is not None
        return view.screen

    @property
    def shows(self) -> str:
        """The kind of screen, or nothing."""
        return self.screen.kind if self.screen else "nothing"

    @property
    def text(self) -> str:
        return self.screen.text if self.screen else ""

    def presses(self, key: str, *, userid: str = "", pin: str = "", profile: str = "", screen: str = "") -> Device:
        shown = screen or (self.screen.id if self.screen else "")
        given = headsets.Input(shown, key, userid, Secret(pin), profile)
        self.answered.append(headsets.take_input(self.name, given, source="192.0.2.1", now=self.now))
        return self

    def submits(self, userid: str = "", pin: str = PIN, profile: str = "") -> Device:
        return self.presses("submit", userid=userid, pin=pin, profile=profile)

    def after(self, **span: float) -> Device:
        """Let time pass, and everything that is due happen."""
        self.now += timedelta(**span)
        return self.settles()

    def settles(self) -> Device:
        """Let everything that is due happen."""
        while ledger.fire_due_deadlines(self.now) + ledger.perform_due_effects(self.now):
            pass
        return self

    @property
    def user(self) -> str | None:
        """Who is signed in."""
        session = self.session
        return session.user_id if session else None

    @property
    def session(self) -> sessions.OpenSession | None:
        found = sessions.phone_by_name(self.name)
        assert found is not None
        return sessions.session_on_phone(found.id)

    @property
    def session_uuid(self) -> UUID | None:
        return self.session.uuid if self.session else None
