"""Which accounts come and go when the server sends a configuration."""

from collections.abc import Iterable, Sequence
from itertools import product

from roamline_desk_agent.accounts import Account
from roamline_desk_agent.configuration import Registrar
from roamline_desk_agent.plan import Add, Remove, Step, after, dialling_account, plan
from roamline_desk_agent.secret import Secret


def account(number: str, secret: str = "one") -> Account:
    return Account(number, "test.invalid", "", "SEP1", Secret(secret), Registrar("127.0.0.1", 5060, "udp"))


OWN, ALICE, ALICE_ANEW, BOB = account("1906"), account("1001"), account("1001", "two"), account("1002")


def carry_out(present: Sequence[Account], steps: Iterable[Step]) -> tuple[Account, ...]:
    for step in steps:
        present = after(present, step)
    return tuple(present)


def test_a_first_configuration_adds_its_lines_in_order() -> None:
    assert plan((), (ALICE, BOB)) == (Add(ALICE), Add(BOB))


def test_a_log_in_adds_the_users_line_before_the_phones_own_goes() -> None:
    assert plan((OWN,), (ALICE,)) == (Add(ALICE), Remove(OWN))


def test_an_unchanged_number_with_a_new_secret_is_added_before_the_old_one_goes() -> None:
    assert plan((ALICE,), (ALICE_ANEW,)) == (Add(ALICE_ANEW), Remove(ALICE))


def test_nothing_new_changes_nothing() -> None:
    assert plan((ALICE, BOB), (ALICE, BOB)) == ()


def test_another_order_of_the_same_lines_only_changes_who_dials() -> None:
    assert plan((ALICE, BOB), (BOB, ALICE)) == ()
    assert dialling_account((ALICE, BOB), (BOB, ALICE)) == BOB


def test_an_account_whose_registration_failed_is_made_anew() -> None:
    assert plan((ALICE, BOB), (ALICE, BOB), stale=[ALICE]) == (Add(ALICE), Remove(ALICE))


def test_a_phone_without_lines_keeps_no_account() -> None:
    assert plan((ALICE, BOB), ()) == (Remove(ALICE), Remove(BOB))


def test_a_return_to_an_account_that_is_no_longer_the_newest_makes_it_anew() -> None:
    # uadel removes the oldest account of an address, so an older one cannot be the one that stays.
    steps = plan((ALICE, ALICE_ANEW), (ALICE,))
    assert steps == (Add(ALICE), Remove(ALICE), Remove(ALICE_ANEW))
    assert carry_out((ALICE, ALICE_ANEW), steps) == (ALICE,)


def test_every_change_ends_at_what_is_wanted_even_when_it_is_interrupted_and_planned_again() -> None:
    wishes: list[tuple[Account, ...]] = [(), (OWN,), (ALICE,), (ALICE_ANEW,), (ALICE, BOB), (BOB, ALICE_ANEW)]
    for first, second, third in product(wishes, repeat=3):
        steps = plan(first, second)
        for reached in range(len(steps) + 1):
            present = carry_out(first, steps[:reached])
            assert set(carry_out(present, plan(present, third))) == set(third)


def test_there_is_an_account_to_dial_from_at_every_instant_of_a_change() -> None:
    present: tuple[Account, ...] = (OWN,)
    for step in plan(present, (ALICE, BOB)):
        present = after(present, step)
        assert dialling_account(present, (ALICE, BOB)) is not None


def test_before_any_configuration_there_is_nothing_to_dial_from() -> None:
    assert dialling_account((), (ALICE,)) is None
