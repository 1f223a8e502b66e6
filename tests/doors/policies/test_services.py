"""Services that are stopped on a node refuse there, within seconds and without a restart (EM-1)."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from roamline.doors.call_control import activation as call_control
from roamline.doors.provisioning import tftp
from roamline.doors.provisioning.answering import Refusal, answer
from roamline.processes import cli
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.parameters import activation
from roamline.rooms.parameters.rules import (
    CALL_CONTROL_SERVICE,
    EM_APPLICATION,
    EM_SERVICE,
    PHONE_SERVICES,
    SERVICES,
    TFTP_SERVICE,
)
from tests.doors.policies.scene import CHANGE, EM_APP, LOBBY, Scene, now, who_is_on
from tests.support.postgresql import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was seen lately is of another test."""
    monkeypatch.setattr(activation, "LATELY_SECONDS", 0.0)


def change(service: Any, deed: str, node: str | None = None) -> activation.State:
    return activation.change(service.name, deed, actor="root", way="tests", source="", now=now(), node=node)


def test_every_service_runs_until_it_is_stopped() -> None:
    assert [(s.service, s.activated, s.running, s.since) for s in activation.states()] == [
        (name, True, True, None) for name in SERVICES
    ]


@pytest.mark.parametrize("deed", [activation.DEACTIVATE, activation.STOP])
def test_with_the_em_service_off_a_phone_sees_208_at_every_step(scene: Scene, deed: str) -> None:
    scene.log_in()
    change(EM_SERVICE, deed)
    assert scene.log_out() == "Logout is unavailable(208)"
    assert scene.log_in("bob") == "Login is unavailable(208)"
    assert "(208)" in scene.open().text  # type: ignore[union-attr]
    assert scene.api.login("bob") == 208
    assert "code" in scene.api.query("<userDevicesQuery><userID>bob</userID></userDevicesQuery>")
    assert who_is_on() == "alice"
    change(EM_SERVICE, activation.ACTIVATE)
    assert "Logout successful" in scene.log_out()


@pytest.mark.parametrize(
    ("way", "goes_on"),
    [
        ("headset", False), ("headset without pin", False), ("headset away", True), ("administrator", True),
        ("command line", True), ("maximum login time", True), ("schedule", True),
    ],
)  # fmt: skip
def test_with_the_em_service_off_headsets_sign_nobody_in_and_timers_and_administrators_go_on(
    scene: Scene, way: str, goes_on: bool
) -> None:
    scene.log_in()
    change(EM_SERVICE, activation.STOP)
    outcome = mobility.log_out(LOBBY, mobility.By("", mobility.Way(way)), now())
    assert isinstance(outcome, mobility.LoggedOut) is goes_on


def test_without_a_device_or_login_type_207_and_215_come_first(scene: Scene) -> None:
    change(EM_SERVICE, activation.STOP)
    assert "(207)" in scene.log_in(device="")
    assert "(215)" in scene.log_in(loginType="XX")


@pytest.mark.proves("EM-1")
@pytest.mark.parametrize("service", [EM_APPLICATION, PHONE_SERVICES], ids=lambda service: service.name)
@pytest.mark.parametrize("path", [EM_APP, CHANGE])
def test_with_the_application_or_phone_services_off_a_phone_gets_503_and_when_to_retry(
    scene: Scene, service: Any, path: str
) -> None:
    change(service, activation.STOP)
    refused = scene.answer(path, device=LOBBY)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert scene.api.login("alice") == 0
    change(service, activation.START)
    assert scene.answer(path, device=LOBBY).status_code == 200


@pytest.mark.proves("EM-1")
def test_another_node_goes_on(scene: Scene) -> None:
    for service in (EM_SERVICE, EM_APPLICATION, TFTP_SERVICE):
        change(service, activation.DEACTIVATE, node="node2")
    assert "Login successful" in scene.log_in()
    assert {state.running for state in activation.states("node2")} == {True, False}
    assert activation.nodes() == ["node1", "node2"]


def test_with_tftp_off_files_are_unavailable() -> None:
    assert answer("XMLDefault.cnf.xml", "127.0.0.1", now()) is not Refusal.UNAVAILABLE
    change(TFTP_SERVICE, activation.STOP)
    assert answer("XMLDefault.cnf.xml", "127.0.0.1", now()) is Refusal.UNAVAILABLE


def is_open(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def test_with_tftp_off_the_port_is_closed_and_open_again_afterwards(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    config = {"phones.bind": "127.0.0.1", "phones.tftp_port": port}
    monkeypatch.setattr(tftp, "settings", SimpleNamespace(CONFIG=config))
    monkeypatch.setattr(tftp, "LOOK_EVERY_SECONDS", 0.01)
    state = tftp._State(is_running=True, since=None)
    monkeypatch.setattr(tftp, "_state", lambda _before: state)

    async def until_open(wanted: bool) -> None:
        async with asyncio.timeout(5):
            while is_open(port) is not wanted:
                await asyncio.sleep(0.01)

    async def scene() -> None:
        nonlocal state
        serving = asyncio.create_task(tftp.serve())
        await until_open(True)
        state = tftp._State(is_running=False, since=now())
        await until_open(False)
        state = tftp._State(is_running=True, since=now())
        await until_open(True)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(scene())
    assert not is_open(port)


def test_the_tftp_server_and_call_control_see_what_the_control_centre_says() -> None:
    assert tftp._state(None) == tftp._State(is_running=True, since=None)
    at = change(TFTP_SERVICE, activation.STOP).since
    assert tftp._state(None) == tftp._State(is_running=False, since=at)
    assert call_control.wanted() == call_control.Wanted(running=True, since=None)
    change(CALL_CONTROL_SERVICE, activation.DEACTIVATE)
    seen = call_control.wanted()
    assert seen is not None
    assert not seen.running


@pytest.mark.proves("EM-1")
def test_a_restart_is_seen_as_another_time() -> None:
    first = change(TFTP_SERVICE, activation.START)
    second = activation.change(
        TFTP_SERVICE.name, activation.RESTART, actor="a", way="", source="", now=now() + timedelta(seconds=5)
    )
    assert (first.running, second.running) == (True, True)
    assert activation.since(TFTP_SERVICE) == second.since != first.since


def test_what_is_not_activated_cannot_be_started() -> None:
    change(EM_SERVICE, activation.DEACTIVATE)
    with pytest.raises(activation.NotActivated):
        change(EM_SERVICE, activation.START)
    with pytest.raises(activation.NotActivated):
        change(EM_SERVICE, activation.RESTART)


def test_a_change_is_audited() -> None:
    change(EM_SERVICE, activation.STOP, node="node2")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.subject, entry.details) == (
        "service.stop", "root", "Cisco Extension Mobility", {"node": "node2"},
    )  # fmt: skip


def test_the_command_line_lists_and_changes_services(capsys: pytest.CaptureFixture[str], scene: Scene) -> None:
    assert cli.main(["service", "deactivate", "Cisco Extension Mobility"]) == 0
    assert "(208)" in scene.log_in()
    capsys.readouterr()
    assert cli.main(["service", "list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == len(SERVICES)
    assert [line for line in listed if "stopped" in line] == [
        line for line in listed if line.split()[1:4] == ["Cisco", "Extension", "Mobility"] and "deactivated" in line
    ]
    assert cli.main(["service", "start", "Cisco Extension Mobility"]) == 1
    assert cli.main(["service", "activate", "Nothing"]) == 2
    assert cli.main(["service", "activate", "Cisco Extension Mobility"]) == 0
    assert "Login successful" in scene.log_in()


def test_the_command_line_unlocks(capsys: pytest.CaptureFixture[str], scene: Scene) -> None:
    for _ in range(5):
        scene.log_in(seq="00000")
    assert "(201)" in scene.log_in()
    assert cli.main(["unlock", "--user", "alice"]) == 0
    assert "Login successful" in scene.log_in()
    assert cli.main(["unlock", "--user", "nobody"]) == 1
    assert cli.main(["unlock", "--source", scene.address]) == 0
    assert "released" in capsys.readouterr().out
