"""Loose contacts: the last state wins."""

from hypothesis import given
from hypothesis import strategies as st

from roamline_desk_agent.debounce import QUIET_S, Debounce
from roamline_desk_agent.headset import Connected, Disconnected, Headset

ONE, TWO = Headset("ONE"), Headset("TWO")


def present(*headsets: Headset) -> dict[str, Headset]:
    return {each.key: each for each in headsets}


def test_a_headset_is_connected_once_it_was_there_for_300_ms() -> None:
    debounce = Debounce()
    debounce.see(present(ONE), 10.0)
    assert debounce.next_at() == 10.3
    assert debounce.settle(10.29) == []
    assert debounce.settle(10.3) == [Connected(ONE)]
    assert debounce.next_at() is None
    debounce.see(present(), 20.0)
    assert debounce.settle(20.3) == [Disconnected(ONE)]


def test_a_replug_within_300_ms_leaves_no_trace() -> None:
    debounce = Debounce()
    debounce.see(present(ONE), 0.0)
    debounce.settle(1.0)
    debounce.see(present(), 2.0)
    debounce.see(present(ONE), 2.2)
    assert debounce.settle(9.0) == []


def test_a_storm_ends_with_what_was_last() -> None:
    debounce = Debounce()
    for step in range(101):
        debounce.see(present(ONE) if step % 2 == 0 else present(), step * 0.1)
        assert debounce.settle(step * 0.1) == []
    assert debounce.settle(10.0 + QUIET_S) == [Connected(ONE)]


def test_one_headset_in_a_storm_does_not_hold_up_another() -> None:
    debounce = Debounce()
    debounce.see(present(TWO), 0.0)
    told = []
    for step in range(1, 11):
        debounce.see(present(TWO, ONE) if step % 2 else present(TWO), step * 0.1)
        told += debounce.settle(step * 0.1)
    assert told == [Connected(TWO)]


@given(st.lists(st.tuples(st.frozensets(st.sampled_from([ONE, TWO])), st.floats(0, 1)), max_size=40))
def test_changes_take_turns_and_end_with_what_is_there(sights: list[tuple[frozenset[Headset], float]]) -> None:
    debounce, now, connected = Debounce(), 0.0, set()
    for sight, pause in [*sights, (sights[-1][0] if sights else frozenset(), 1.0)]:
        debounce.see(present(*sight), now)
        now += pause
        for change in debounce.settle(now):
            assert (change.headset in connected) == isinstance(change, Disconnected)
            connected ^= {change.headset}
    assert connected == (sights[-1][0] if sights else frozenset())
    assert debounce.next_at() is None
