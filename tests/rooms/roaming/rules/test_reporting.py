from __future__ import annotations

from roamline.rooms.roaming.rules.reporting import Answer, UserOutcome, outcome_after, outcome_before


def answer(digest: str = "d", outcome: str = "added", failure: str = "", stamp: int = 5) -> Answer:
    return Answer("erin", digest, outcome, ("service Weather",), failure, stamp)


def test_a_run_is_answered_by_what_each_cluster_has_then() -> None:
    assert outcome_after("erin", "d", None, 1).outcome == "waiting"
    assert outcome_after("erin", "d", answer("old"), 1).outcome == "waiting"
    assert outcome_after("erin", "d", answer(), 1) == UserOutcome("erin", "added", ("service Weather",))
    assert outcome_after("erin", "d", answer(stamp=1), 3).outcome == "same"
    assert outcome_after("erin", "d", answer(failure="taken"), 1).failure == "taken"
    assert outcome_after("erin", "", answer(""), 1).outcome == "removed"


def test_a_dry_run_says_what_would_happen() -> None:
    assert outcome_before("erin", "d", None, ("service Weather",)).lacks == ("service Weather",)
    assert [outcome_before("erin", wanted, answer(), ()).outcome for wanted in ("d", "e", "")] == [
        "same",
        "changed",
        "removed",
    ]


def test_an_answer_that_is_not_as_it_should_be_counts_as_empty() -> None:
    assert Answer.read({"lacks": "all", "digest": None}, 1).lacks == ()
