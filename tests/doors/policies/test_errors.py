"""Every error at the door that sends it, each with its real fault; and none in the registry without such a scene."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from roamline.kernel.errors import Error
from roamline.platform import readiness
from roamline.rooms.directory.models import Account, ControlledProfile
from roamline.rooms.mobility import service as mobility
from roamline.rooms.parameters import activation
from roamline.rooms.parameters.rules import EM_SERVICE, VALIDATE_IP
from roamline.wires.phone_xml import Input
from tests.doors.policies.scene import CHANGE, DISABLED, FLOOR, LOBBY, Scene, now
from tests.support import factories

pytestmark = pytest.mark.django_db

CROSS_CLUSTER = {31, 32, 33, 35, 36, 37, 38, 39, 40, 42, 43, 44, 45, 46, 47, 211, 212, 213}
"""Of Extension Mobility between clusters: their scenes stand where that is tested."""


@contextmanager
def away(table: str) -> Iterator[None]:
    """While the block runs the table is not there."""

    def rename(old: str, new: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {old} RENAME TO {new}")

    rename(table, "elsewhere")
    try:
        yield
    finally:
        rename("elsewhere", table)


def unforeseen(scene: Scene) -> str:
    real = mobility.users_on
    import roamline.doors.phone_screens.views as views

    def broken(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    views.mobility.users_on = broken  # type: ignore[assignment]
    try:
        from roamline.rooms.parameters.rules import REMEMBER_LAST_USER

        scene.set(REMEMBER_LAST_USER, "True")
        return scene.open().text  # type: ignore[union-attr]
    finally:
        views.mobility.users_on = real


def database(scene: Scene) -> str:
    with away("mobility_loginsession"):
        return scene.log_in()


def untrusted(scene: Scene) -> str:
    scene.set(VALIDATE_IP, "True")
    return scene.log_in()


def unreadable_registrations(scene: Scene) -> str:
    scene.set(VALIDATE_IP, "True")
    with away("phones_phoneaddress"):
        return scene.log_in()


def proxied(scene: Scene) -> str:
    scene.headers = {"HTTP_VIA": "1.1 proxy"}
    return untrusted(scene)


def busy(scene: Scene) -> str:
    slots = [mobility.requests_in_progress().enter(5) for _ in range(5)]
    for slot in slots:
        slot.__enter__()
    try:
        return scene.log_in()
    finally:
        for slot in slots:
            slot.__exit__(None, None, None)


def must_change_password(scene: Scene) -> int:
    Account.objects.filter(user_id="emproxy").update(password_must_change=True)
    return scene.api.login("alice")


def must_change_pin(scene: Scene) -> int:
    Account.objects.filter(user_id="alice").update(pin_must_change=True)
    form = scene.open(userid="alice", seq=factories.PIN)
    assert isinstance(form, Input)
    assert CHANGE in form.url
    from roamline.rooms.ledger.models import AuditEntry

    return AuditEntry.objects.latest("id").result


def unsealed(scene: Scene) -> str:
    Account.objects.filter(user_id="alice").update(pin_verifier="v1$kunknown$AAAAAAAAAAAAAAAA$AAAA")
    return scene.log_in()


def stopped(scene: Scene) -> str:
    activation.change(EM_SERVICE.name, activation.DEACTIVATE, actor="a", way="", source="", now=now())
    return scene.log_in()


def not_migrated(scene: Scene) -> str:
    newest = "SELECT max(name) FROM django_migrations WHERE app = 'mobility'"
    with connection.cursor() as cursor:
        cursor.execute(newest)
        (name,) = cursor.fetchone()
        cursor.execute("UPDATE django_migrations SET name = 'away' WHERE app = 'mobility' AND name = %s", [name])
        readiness.ask_again()
        try:
            return scene.log_in()
        finally:
            cursor.execute("UPDATE django_migrations SET name = %s WHERE app = 'mobility' AND name = 'away'", [name])


def shared_extension(scene: Scene) -> str:
    Account.objects.filter(user_id="bob").update(primary_extension=factories.number("1001"))
    return scene.log_in("1001", loginType="DN")


def no_profile(scene: Scene) -> str:
    ControlledProfile.objects.filter(account__user_id="alice").delete()
    return scene.log_in()


def taken(scene: Scene) -> str:
    scene.log_in("bob")
    return scene.log_in("alice")


def elsewhere(scene: Scene) -> str:
    scene.log_in(device=FLOOR)
    return scene.log_in()


def as_bob(scene: Scene, operation: Callable[[], int]) -> int:
    Account.objects.filter(user_id="bob").update(password=factories.password_hash())
    scene.api.app_id = "bob"
    return operation()


def named(scene: Scene, **changes: str) -> int:
    for name, value in changes.items():
        setattr(scene.api, name, value)
    return scene.api.login("alice")


def raw(scene: Scene, xml: str) -> int:
    from lxml import etree

    document = etree.fromstring(scene.api.post(xml).content)
    return int(document.find(".//error").get("code"))  # type: ignore[union-attr,arg-type]


APP = "<appInfo><appID>emproxy</appID><appCertificate>x</appCertificate></appInfo>"

SCENES: dict[int, Callable[[Scene], str | int]] = {
    0: unforeseen,
    1: lambda scene: raw(scene, "<request>"),
    2: lambda scene: named(scene, app_id=""),
    3: lambda scene: named(scene, password="wrong"),
    5: lambda scene: scene.log_out(DISABLED),
    6: database,
    8: lambda scene: raw(scene, f"<query>{APP}<weatherQuery/></query>"),
    10: lambda scene: as_bob(scene, lambda: scene.api.login("alice")),
    11: lambda scene: scene.log_in(device="SEP000000000000"),
    12: lambda scene: scene.log_in(profile="EM_bob"),
    18: taken,
    19: lambda scene: scene.log_out(),
    22: lambda scene: scene.log_in(device=DISABLED),
    23: lambda scene: scene.api.login("nobody"),
    25: elsewhere,
    26: busy,
    27: must_change_password,
    28: untrusted,
    29: unreadable_registrations,
    30: proxied,
    41: must_change_pin,
    201: lambda scene: scene.log_in(seq="00000"),
    202: lambda scene: scene.log_in(seq=""),
    204: unsealed,
    205: no_profile,
    207: lambda scene: scene.log_in(device=""),
    208: stopped,
    210: not_migrated,
    215: lambda scene: scene.log_in(loginType="XX"),
    216: shared_extension,
}


WITHOUT_A_TABLE = (6, 29)


@pytest.mark.proves("EM-21")
@pytest.mark.parametrize("number", [number for number in SCENES if number not in WITHOUT_A_TABLE])
def test_the_fault_is_real_and_the_door_gives_the_number(scene: Scene, number: int) -> None:
    the_door_gives_the_number(scene, number)


@pytest.mark.proves("EM-21")
@pytest.mark.django_db(transaction=True)  # on PostgreSQL a failed statement ends the transaction that it is in
@pytest.mark.parametrize("number", WITHOUT_A_TABLE)
def test_the_database_really_fails_and_the_door_gives_the_number(scene: Scene, number: int) -> None:
    the_door_gives_the_number(scene, number)


def the_door_gives_the_number(scene: Scene, number: int) -> None:
    """Play the scene of an error and look at what the door said."""
    said = SCENES[number](scene)
    if isinstance(said, int):
        assert said == number
        return
    error = Error.of(number).value
    texts = {error.log_in_text, error.log_out_text}
    assert said.partition("\n")[0] in texts, f"{said!r} is none of {texts}"


def test_a_failure_nobody_foresaw_shows_the_reference_that_the_log_has(
    scene: Scene, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    shown = unforeseen(scene)
    _, _, reference = shown.partition("Reference: ")
    assert len(reference) == 8
    assert reference in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize("error", list(Error), ids=lambda error: str(error.number))
def test_every_error_of_the_registry_has_its_scene_or_is_never_sent(error: Error) -> None:
    if error.number in CROSS_CLUSTER:
        return
    assert (error.number in SCENES) == error.value.is_ever_sent


@pytest.mark.parametrize("number", [0, 4, 7, 9, 20, 21, 29])
def test_those_that_stand_for_faults_inside_say_which_fault_or_that_they_are_never_sent(number: int) -> None:
    assert Error.of(number).value.fault


def test_at_a_log_out_the_same_faults_are_worded_for_it(scene: Scene) -> None:
    scene.log_in()
    scene.set(VALIDATE_IP, "True")
    assert scene.log_out() == "Logout is unavailable(28)"
    scene.headers = {"HTTP_VIA": "1.1 proxy"}
    assert scene.log_out() == "Logout is unavailable(30)"
    activation.change(EM_SERVICE.name, activation.STOP, actor="a", way="", source="", now=now())
    assert scene.log_out() == "Logout is unavailable(208)"
    assert functools.reduce(lambda found, each: found or each, [scene.api.logout(LOBBY)]) == 208
