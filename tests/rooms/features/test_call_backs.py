"""What a call back waits for, how long it lasts, how many there may be (EM-34)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roamline.rooms.features.models import CallBack, UnansweredCall
from roamline.rooms.features.people import AtPhone, at_phone
from roamline.rooms.features.service import call_backs
from roamline.rooms.features.service.call_backs import LASTS, MOST_AT_ONE_PHONE, OFFERED_FOR, End, NoCallBack
from roamline.rooms.ledger.changes import Author
from roamline.rooms.ledger.models import AuditEntry
from tests.support import factories
from tests.support.factories import NOW

pytestmark = pytest.mark.django_db
HERE, THERE = "SEP0011AA220001", "SEP0011AA220002"
BY = Author("alice", "phone")


@pytest.fixture
def here() -> AtPhone:
    """A phone of 1901, and one of 1002."""
    factories.phone(HERE, own_number="1901")
    factories.phone(THERE, own_number="1002")
    found = at_phone(HERE)
    assert found is not None
    return found


def missed(status: int, number: str = "1002") -> None:
    number_id = factories.number(number).pk
    call_backs.call_failed(device=HERE, line="1901", number_id=number_id, status=status, now=NOW)


def asked(here: AtPhone, status: int = 486) -> CallBack:
    missed(status)
    made = call_backs.ask(here, author=BY, now=NOW)
    assert isinstance(made, CallBack)
    return made


@pytest.mark.parametrize(
    ("status", "waits_for"), [(486, "idle"), (603, "idle"), (600, "idle"), (408, "use"), (480, "use"), (487, "use")]
)
def test_after_busy_it_waits_for_an_idle_phone_and_after_no_answer_for_a_used_one(
    here: AtPhone, status: int, waits_for: str
) -> None:
    assert asked(here, status).waits_for == waits_for
    assert len(call_backs.due(NOW)) == (waits_for == "idle")
    call_backs.phone_was_used(THERE)
    assert [each.number for each in call_backs.due(NOW)] == ["1002"]


@pytest.mark.parametrize("status", [403, 404, 503])
def test_a_call_that_could_not_be_made_cannot_be_called_back(here: AtPhone, status: int) -> None:
    missed(status)
    assert call_backs.ask(here, author=BY, now=NOW) is NoCallBack.NOTHING_UNANSWERED


def test_it_is_offered_for_an_hour_and_lasts_for_twelve(here: AtPhone) -> None:
    missed(486)
    assert call_backs.unanswered(here, NOW + OFFERED_FOR) is None
    asked(here)
    assert call_backs.due(NOW + LASTS - timedelta(seconds=1))
    assert call_backs.due(NOW + LASTS) == []
    assert not CallBack.objects.exists()
    assert AuditEntry.objects.get(action="call_back.cancelled").way == "timer"


def test_a_phone_has_ten_at_most(here: AtPhone) -> None:
    for n in range(MOST_AT_ONE_PHONE):
        missed(486, f"20{n:02}")
        assert isinstance(call_backs.ask(here, author=BY, now=NOW), CallBack)
    missed(486, "2999")
    assert call_backs.ask(here, author=BY, now=NOW) is NoCallBack.TOO_MANY
    assert UnansweredCall.objects.exists()


def test_one_node_rings_it_and_after_busy_it_pauses(here: AtPhone) -> None:
    asked(here)
    (due,) = call_backs.due(NOW)
    until = NOW + timedelta(minutes=4)
    assert call_backs.begin(due, until, NOW)
    assert not call_backs.begin(due, until, NOW)
    assert call_backs.due(NOW) == []
    call_backs.over(due, End.BUSY_AGAIN, NOW)
    assert call_backs.due(NOW + timedelta(seconds=9)) == []
    assert call_backs.due(NOW + timedelta(seconds=11)) == [due]


@pytest.mark.parametrize("end", [End.CONNECTED, End.NOT_ANSWERED, End.FAILED])
def test_it_rings_once(here: AtPhone, end: End) -> None:
    asked(here)
    (due,) = call_backs.due(NOW)
    call_backs.over(due, end, NOW)
    call_backs.over(due, end, NOW)
    assert not CallBack.objects.exists()
    assert AuditEntry.objects.filter(action__startswith="call_back.").count() == 2


def test_who_knows_of_a_users_call_backs(here: AtPhone) -> None:
    alice = factories.user("alice")
    made = asked(here)
    assert call_backs.active_of(alice.pk) == []
    CallBack.objects.update(account=alice)
    assert call_backs.active_of(alice.pk) == [made]
    assert call_backs.cancel(made, author=BY, now=NOW)
    assert not call_backs.cancel(made, author=BY, now=NOW)
