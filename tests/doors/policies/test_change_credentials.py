"""Users change their PIN on a phone, by themselves or because they must (EM-6, code 41)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import Account, PinHistory
from roamline.rooms.ledger.models import AuditEntry
from roamline.wires.phone_xml import LONGEST_URL, Input, Menu, Text
from tests.doors.policies.scene import CHANGE, FLOOR, LOBBY, Scene, now, text_of, who_is_on
from tests.support import factories
from tests.support.factories import PIN

pytestmark = pytest.mark.django_db

NEW, NEWER = "86420", "97531"


def change(scene: Scene, user_id: str = "alice", pin: str = PIN, new: str = NEW, again: str | None = None) -> str:
    again = new if again is None else again
    return text_of(scene.show(CHANGE, device=LOBBY, userid=user_id, seq=pin, newseq=new, newseqagain=again))


@pytest.fixture
def must_change(scene: Scene) -> None:
    Account.objects.update(pin_must_change=True)


@pytest.mark.proves("EM-6")
def test_the_services_key_shows_a_form_for_id_current_and_new_pin(scene: Scene) -> None:
    form = scene.show(CHANGE, device=LOBBY)
    assert isinstance(form, Input)
    assert [(item.parameter, item.masked) for item in form.items] == [
        ("userid", False), ("seq", True), ("newseq", True), ("newseqagain", True),
    ]  # fmt: skip
    done = scene.submit(form, userid="alice", seq=PIN, newseq=NEW, newseqagain=NEW)
    assert text_of(done) == "Your PIN has been changed."
    assert "(201)" in scene.log_in(seq=PIN)
    assert "Login successful" in scene.log_in(seq=NEW)
    entry = AuditEntry.objects.get(action="pin.changed")
    assert (entry.actor, entry.user_id, entry.device, entry.source) == ("alice", "alice", LOBBY, "192.0.2.7")


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("8642", None, "5 to 16 digits"),
        ("1" + "0" * 16, None, "5 to 16 digits"),
        ("11111", None, "too easy"),
        ("23456", None, "too easy"),
        ("98765", None, "too easy"),
        ("8642a", None, "digits only"),
        (NEW, NEWER, "differ"),
        (PIN, None, "used before"),
        ("", "", "(202)"),
    ],
)
def test_a_new_pin_that_the_policy_does_not_take_is_explained(
    scene: Scene, new: str, again: str | None, said: str
) -> None:
    assert said in change(scene, new=new, again=again)
    assert "Login successful" in scene.log_in(seq=PIN)


def test_own_numbers_forwards_and_backwards_are_refused(scene: Scene) -> None:
    directory.change_policy(actor="a", now=now(), minimum_length=4)
    assert "own number" in change(scene, "alice", new="1001")
    assert "own number" in change(scene, "70421", new="12407")


@pytest.mark.parametrize("history", [0, 2])
def test_as_many_earlier_pins_as_the_policy_says_may_not_come_again(scene: Scene, history: int) -> None:
    directory.change_policy(actor="a", now=now(), history=history)
    pins = [PIN, "86420", "97531", "75319"]
    for before, after in pairwise(pins):
        assert "changed" in change(scene, pin=before, new=after)
    assert PinHistory.objects.count() == history + 1
    assert "used before" in change(scene, pin=pins[-1], new=pins[-1])
    expected = "used before" if history else "changed"
    assert expected in change(scene, pin=pins[-1], new=pins[-2])


def test_trivial_pins_and_length_follow_the_policy(scene: Scene) -> None:
    directory.change_policy(actor="a", now=now(), minimum_length=8, refuse_trivial=False)
    assert "8 to 16 digits" in change(scene, new=NEW)
    assert "changed" in change(scene, new="11111111")


@pytest.mark.parametrize(("user_id", "pin"), [("alice", "00000"), ("nobody", PIN), ("ALICE", PIN), ("emproxy", PIN)])
def test_a_wrong_pin_and_an_unknown_user_look_alike_and_change_nothing(scene: Scene, user_id: str, pin: str) -> None:
    assert change(scene, user_id, pin) == "Please try to login again (201)"
    assert not AuditEntry.objects.filter(action="pin.changed", succeeded=True).exists()
    assert AuditEntry.objects.get(action="pin.changed").result == 201


def test_wrong_pins_lock_here_as_at_a_log_in(scene: Scene) -> None:
    for _ in range(5):
        change(scene, pin="00000")
    assert "(201)" in change(scene)
    assert "(201)" in scene.log_in()


@pytest.mark.parametrize(("device", "said"), [("", "(207)"), ("SEP000000000000", "(11)")])
def test_an_unknown_phone_is_refused_before_any_credential_is_looked_at(scene: Scene, device: str, said: str) -> None:
    shown = scene.show(CHANGE, device=device, userid="alice", seq=PIN, newseq=NEW, newseqagain=NEW)
    assert said in text_of(shown)
    assert "Login successful" in scene.log_in()


def test_head_changes_nothing(scene: Scene) -> None:
    query = {"device": LOBBY, "userid": "alice", "seq": PIN, "newseq": NEW, "newseqagain": NEW}
    assert scene.client.head(CHANGE, query).status_code == 405
    assert "Login successful" in scene.log_in(seq=PIN)


@pytest.mark.usefixtures("must_change")
def test_a_pin_that_must_be_changed_leads_to_the_form_and_on_into_the_log_in(scene: Scene) -> None:
    form = scene.open(userid="alice", seq=PIN)
    assert isinstance(form, Input)
    assert [item.parameter for item in form.items] == ["newseq", "newseqagain"]
    assert form.prompt == "Your PIN must be changed"
    assert len(form.url) <= LONGEST_URL
    assert PIN not in form.url
    assert who_is_on() is None
    welcome = scene.submit(form, newseq=NEW, newseqagain=NEW)
    assert "Login successful. Welcome, alice." in text_of(welcome)
    assert who_is_on() == "alice"
    again = scene.submit(form, newseq=NEWER, newseqagain=NEWER)
    assert "(201)" in text_of(again), "a ticket is good once"


@pytest.mark.usefixtures("must_change")
def test_who_has_several_profiles_chooses_after_the_new_pin(scene: Scene) -> None:
    form = scene.open(userid="chen", seq=PIN)
    menu = scene.submit(form, newseq=NEW, newseqagain=NEW)
    assert isinstance(menu, Menu)
    assert "Login successful" in text_of(scene.follow(menu.items[1].url))


@pytest.mark.usefixtures("must_change")
@pytest.mark.parametrize(("login_type", "identifier"), [("DN", "1001"), ("SP", "70001")])
def test_the_login_type_is_kept_on_the_way(scene: Scene, login_type: str, identifier: str) -> None:
    form = scene.open(userid=identifier, seq=PIN, loginType=login_type)
    assert isinstance(form, Input)
    assert f"loginType={login_type}" in form.url
    assert "Login successful" in text_of(scene.submit(form, newseq=NEW, newseqagain=NEW))


@pytest.mark.usefixtures("must_change")
def test_an_objection_leads_back_to_the_form_with_its_ticket(scene: Scene) -> None:
    form = scene.open(userid="alice", seq=PIN)
    refused = scene.submit(form, newseq="11111", newseqagain="11111")
    assert isinstance(refused, Text)
    again = scene.follow(next(key.url for key in refused.soft_keys if key.name == "Retry"))
    assert "Login successful" in text_of(scene.submit(again, newseq=NEW, newseqagain=NEW))


@pytest.mark.usefixtures("must_change")
def test_a_ticket_is_good_on_its_phone_only(scene: Scene) -> None:
    form = scene.open(userid="alice", seq=PIN)
    assert isinstance(form, Input)
    stolen = form.url.replace(LOBBY, FLOOR)
    assert "(201)" in text_of(scene.follow(stolen, newseq=NEW, newseqagain=NEW))


@pytest.mark.usefixtures("must_change")
def test_a_wrong_pin_leads_nowhere(scene: Scene) -> None:
    assert "(201)" in scene.log_in(seq="00000")


def test_an_expired_pin_must_be_changed(scene: Scene) -> None:
    directory.change_policy(actor="a", now=now(), expires_after_days=90)
    Account.objects.update(pin_changed_at=now() - timedelta(days=89))
    assert "Login successful" in scene.log_in()
    scene.log_out()
    Account.objects.update(pin_changed_at=now() - timedelta(days=90, seconds=1))
    assert isinstance(scene.open(userid="alice", seq=PIN), Input)


def test_after_a_reset_by_an_administrator_the_policy_may_want_another(scene: Scene) -> None:
    directory.change_policy(actor="a", now=now(), must_change_after_reset=True)
    from roamline.kernel.secret import Secret

    directory.set_pin(Account.objects.get(user_id="alice"), Secret(NEW), actor="root", now=now())
    form = scene.open(userid="alice", seq=NEW)
    assert isinstance(form, Input)
    assert "Login successful" in text_of(scene.submit(form, newseq=NEWER, newseqagain=NEWER))


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("minimum_length", 3), ("minimum_length", 17), ("history", 25), ("expires_after_days", 3651),
        ("lock_after", 0), ("lock_minutes", 1441), ("history", -1),
    ],
)  # fmt: skip
def test_a_policy_outside_its_ranges_is_refused(scene: Scene, field: str, bad: int) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as refusal:
        directory.change_policy(actor="a", now=now(), **{field: bad})
    assert field in refusal.value.message_dict


def test_the_forms_speak_the_phones_language(scene: Scene) -> None:
    scene.headers = {"HTTP_ACCEPT_LANGUAGE": "zh"}
    form = scene.show(CHANGE, device=LOBBY)
    assert isinstance(form, Input)
    assert form.title == "更改个人识别码"
    assert "16" in change(scene, new="8642")
    assert factories.PIN not in form.url
