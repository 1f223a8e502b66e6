"""Everything is wrong with a log-in at once; mended one by one, the phone shows each error in its order (EM-21)."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from roamline.rooms.directory.models import Account, ControlledProfile
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, LogIn, Way
from roamline.rooms.parameters import activation
from roamline.rooms.parameters.rules import ALLOWED, EM_SERVICE, MULTIPLE_LOGIN_BEHAVIOR, TRUSTED_IPS, VALIDATE_IP
from roamline.wires.phone_xml import Input
from tests.doors.policies.scene import CHANGE, DISABLED, FLOOR, LOBBY, Scene, now, text_of, who_is_on
from tests.support import factories

pytestmark = pytest.mark.django_db


@dataclass(slots=True)
class Trial:
    """A log-in as it is typed, over and over, while what is wrong is mended."""

    scene: Scene
    query: dict[str, str] = field(default_factory=dict)

    def error(self) -> int:
        """The number that the phone shows now; 41 for the form that changes a PIN, 0 when it is logged in."""
        shown = self.scene.open(**self.query)
        if isinstance(shown, Input):
            assert CHANGE in shown.url
            return 41
        number = re.search(r"\((\d+)\)", text_of(shown))
        return int(number[1]) if number else 0


def switch_em(deed: str) -> None:
    activation.change(EM_SERVICE.name, deed, actor="a", way="", source="", now=now())


@pytest.mark.proves("EM-21")
def test_a_phone_shows_the_first_of_many_errors_and_after_each_is_mended_the_next(scene: Scene) -> None:
    for user, device in (("70421", LOBBY), ("alice", FLOOR)):
        mobility.log_in(LogIn(device, user, None), By("root", Way.ADMINISTRATOR), now() - timedelta(hours=1))
    alice = Account.objects.filter(user_id="alice")
    theirs = [each.profile for each in ControlledProfile.objects.filter(account__user_id="alice")]
    ControlledProfile.objects.filter(account__user_id="alice").delete()
    alice.update(pin_must_change=True)
    switch_em(activation.DEACTIVATE)
    scene.set(VALIDATE_IP, "True")
    scene.headers = {"HTTP_VIA": "1.1 proxy"}
    trial = Trial(scene, {"loginType": "XX", "device": "", "userid": "alice", "seq": "", "profile": "EM_bob"})

    with ExitStack() as busy:
        assert trial.error() == 215
        trial.query["loginType"] = "UID"
        assert trial.error() == 207
        trial.query["device"] = "SEP000000000000"
        assert trial.error() == 208
        switch_em(activation.ACTIVATE)
        for _ in range(5):
            busy.enter_context(mobility.requests_in_progress().enter(5))
        assert trial.error() == 26
    assert trial.error() == 30
    scene.headers = {}
    assert trial.error() == 28
    scene.set(TRUSTED_IPS, scene.address)
    assert trial.error() == 11
    trial.query["device"] = DISABLED
    assert trial.error() == 22
    trial.query["device"] = LOBBY
    assert trial.error() == 202
    trial.query["seq"] = "00000"
    assert trial.error() == 201
    trial.query["seq"] = factories.PIN
    assert trial.error() == 41
    alice.update(pin_must_change=False)
    assert trial.error() == 205
    factories.directory.add_controlled_profile(alice.get(), theirs[0], actor="tests", now=now())
    assert trial.error() == 12
    trial.query["profile"] = "EM_alice"
    assert trial.error() == 18
    mobility.log_out(LOBBY, By("root", Way.ADMINISTRATOR), now())
    assert trial.error() == 25
    scene.set(MULTIPLE_LOGIN_BEHAVIOR, ALLOWED)
    assert trial.error() == 0
    assert who_is_on() == "alice"
