from __future__ import annotations

from dataclasses import replace

import pytest

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.rooms.mobility.rules.log_in import (
    BEFORE_ADMISSION,
    BEFORE_CREDENTIAL,
    CONDITIONS,
    Granted,
    LogInFacts,
    PhoneFacts,
    ProfileFacts,
    UserFacts,
    decide_log_in,
    explain_log_in,
    first_failing,
)

PHONE = PhoneFacts(1, "SEP0011AA220001", em_enabled=True, protected=False, model="Cisco 8851", locale="")
DESK = ProfileFacts(1, "EM_chen_desk", "Cisco 8851", "zh", is_default=False)
LAB = ProfileFacts(2, "EM_chen_lab", "Cisco 7841", "zh", is_default=True)
CHEN = UserFacts(7, "chen", "zh", pin_must_change=False, profiles=(DESK, LAB))
GOOD = LogInFacts(
    login_type="UID",
    device=PHONE.name,
    phone=PHONE,
    identifier="chen",
    is_blank=False,
    credential="",
    credential_error=Error.AUTHENTICATION_ERROR,
    user=CHEN,
)

# What makes each condition fail alone, in the order of EM-21.
FAULTS: list[tuple[int, dict[str, object]]] = [
    (215, {"login_type": "uid"}),
    (207, {"device": ""}),
    (208, {"service": "off"}),
    (26, {"admission": "busy"}),
    (30, {"proxy": "through a proxy"}),
    (28, {"source": "not trusted"}),
    (11, {"phone": None}),
    (22, {"phone": replace(PHONE, em_enabled=False)}),
    (202, {"is_blank": True}),
    (201, {"credential": "wrong PIN"}),
    (41, {"user": replace(CHEN, pin_must_change=True)}),
    (205, {"user": replace(CHEN, profiles=())}),
    (12, {"wanted_profile": "EM_alice"}),
    (18, {"phone": replace(PHONE, taken_by="alice")}),
    (25, {"user": replace(CHEN, logged_in_on=("SEP0011AA220002",))}),
]
ORDER = [number for number, _ in FAULTS]


def refusal(**changes: object) -> int:
    outcome = decide_log_in(replace(GOOD, **changes))  # type: ignore[arg-type]
    assert isinstance(outcome, Refused)
    assert outcome.reason
    return outcome.error.number


def test_without_a_fault_the_log_in_is_granted_with_the_default_profile() -> None:
    assert decide_log_in(GOOD) == Granted(PHONE, CHEN, LAB)


@pytest.mark.parametrize(("number", "fault"), FAULTS, ids=[str(number) for number in ORDER])
def test_each_fault_alone_gives_its_number(number: int, fault: dict[str, object]) -> None:
    assert refusal(**fault) == number


@pytest.mark.proves("EM-21")
@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_faults_the_first_in_order_is_shown(first: int) -> None:
    merged: dict[str, object] = {}
    for _, fault in reversed(FAULTS[first:]):
        merged |= fault
    # Faults of one noun are put together, so that each later fault really is there too.
    users = [fault["user"] for _, fault in FAULTS[first:] if "user" in fault]
    if users:
        merged["user"] = replace(
            CHEN,
            pin_must_change=any(u.pin_must_change for u in users),  # type: ignore[attr-defined]
            profiles=() if any(not u.profiles for u in users) else CHEN.profiles,  # type: ignore[attr-defined]
            logged_in_on=("SEP0011AA220002",),
        )
    phones = [fault["phone"] for _, fault in FAULTS[first:] if "phone" in fault]
    if phones and None not in phones:
        merged["phone"] = replace(PHONE, em_enabled=first > ORDER.index(22), taken_by="alice")
    assert refusal(**merged) == FAULTS[first][0]


@pytest.mark.proves("EM-21")
def test_the_conditions_stand_in_the_order_of_the_specification() -> None:
    assert [condition.error(GOOD).number for condition in CONDITIONS] == ORDER
    assert [condition.error(GOOD).number for condition in BEFORE_ADMISSION] == [215, 207, 208]
    assert [condition.error(GOOD).number for condition in BEFORE_CREDENTIAL] == ORDER[:9]


def test_a_protected_phone_is_refused_even_when_it_is_enabled() -> None:
    assert refusal(phone=replace(PHONE, protected=True, em_enabled=True)) == 22


def test_the_credentials_own_error_is_shown() -> None:
    assert refusal(credential="extension of several users", credential_error=Error.DN_HAS_MULTIPLE_USERS) == 216
    assert refusal(credential="unknown user", credential_error=Error.USER_DOES_NOT_EXIST, user=None) == 23


def test_a_trusted_asker_logs_in_a_user_who_must_change_the_pin() -> None:
    assert isinstance(decide_log_in(replace(GOOD, is_trusted=True, user=replace(CHEN, pin_must_change=True))), Granted)


def test_a_named_profile_wins_over_the_default_and_without_a_default_the_first_is_taken() -> None:
    named = decide_log_in(replace(GOOD, wanted_profile="EM_chen_desk"))
    first = decide_log_in(replace(GOOD, user=replace(CHEN, profiles=(DESK, replace(LAB, is_default=False)))))
    assert isinstance(named, Granted)
    assert isinstance(first, Granted)
    assert (named.profile, first.profile) == (DESK, DESK)


def test_a_user_who_is_elsewhere_may_log_in_where_that_is_allowed() -> None:
    there = replace(CHEN, logged_in_on=("SEP0011AA220002",))
    assert isinstance(decide_log_in(replace(GOOD, user=there, second_login_refused=False)), Granted)


@pytest.mark.proves("EM-21")
def test_explain_goes_through_all_conditions_and_finds_every_fault_at_once() -> None:
    broken = replace(
        GOOD,
        phone=replace(PHONE, em_enabled=False, taken_by="alice"),
        user=replace(CHEN, profiles=(), logged_in_on=("SEP0011AA220002",)),
    )
    findings = list(explain_log_in(broken))
    assert [finding.error.number for finding in findings] == ORDER
    assert [finding.error.number for finding in findings if not finding.holds] == [22, 205, 18, 25]
    assert all(finding.remedy and finding.title for finding in findings)
    assert all(bool(finding.reason) != finding.holds for finding in findings)


@pytest.mark.parametrize(("number", "fault"), FAULTS, ids=[str(number) for number in ORDER])
def test_explain_and_a_log_in_never_disagree(number: int, fault: dict[str, object]) -> None:
    facts = replace(GOOD, **fault)  # type: ignore[arg-type]
    first = next(finding for finding in explain_log_in(facts) if not finding.holds)
    refused = first_failing(facts)
    assert refused is not None
    assert (first.error, first.reason) == (refused.error, refused.reason)
