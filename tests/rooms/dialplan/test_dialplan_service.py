"""Saving route patterns, and asking what a dialled number means."""

from __future__ import annotations

import pytest

from roamline.rooms.dialplan import rules, service
from roamline.rooms.dialplan.models import (
    CallingSearchSpace,
    CallingSearchSpaceMember,
    CompiledPattern,
    DirectoryNumber,
    Partition,
    RoutePattern,
    Trunk,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return Plan()


class Plan:
    def __init__(self):
        self.trunk = Trunk.objects.create(name="Out", host="192.0.2.1")

    def partition(self, name):
        return Partition.objects.get_or_create(name=name)[0]

    def space(self, *names):
        space = CallingSearchSpace.objects.create(name="+".join(names))
        for position, name in enumerate(names):
            CallingSearchSpaceMember.objects.create(css=space, partition=self.partition(name), position=position)
        return space.pk

    def route(self, pattern, partition, trunk=True, **fields):
        return service.save_route_pattern(
            RoutePattern(
                pattern=pattern, partition=self.partition(partition), trunk=self.trunk if trunk else None, **fields
            )
        )

    def number(self, digits, partition):
        DirectoryNumber.objects.create(pattern=digits, partition=self.partition(partition))


def test_a_pattern_that_cannot_be_compiled_is_not_saved(plan):
    assert isinstance(plan.route("9[", "A"), rules.PatternRefused)
    assert not RoutePattern.objects.exists()


def test_a_changed_pattern_loses_its_old_rows(plan):
    saved = plan.route("9[1-3]X", "A")
    assert CompiledPattern.objects.count() == 3
    saved.pattern = "8.!"
    saved.discard_before_dot = True
    service.save_route_pattern(saved)
    assert list(CompiledPattern.objects.values_list("like_pattern", "strip")) == [("8_%", 1)]
    saved.pattern = "8["
    assert isinstance(service.save_route_pattern(saved), rules.PatternRefused)
    assert CompiledPattern.objects.get().like_pattern == "8_%"
    service.delete_route_pattern(saved)
    assert not CompiledPattern.objects.exists()


def test_recompiling_brings_every_pattern_up_to_date(plan):
    RoutePattern.objects.create(pattern="7XX", partition=plan.partition("A"))
    RoutePattern.objects.create(pattern="7[", partition=plan.partition("A"))
    ((pattern, refused),) = service.recompile()
    assert pattern.pattern == "7["
    assert "cannot stand" in refused.reason
    assert CompiledPattern.objects.get().like_pattern == "7__"


def test_the_analyser_lists_every_match_closest_first(plan):
    plan.route("9.1XX", "Wide", discard_before_dot=True, prefix="0")
    plan.route("91[0-4]X", "Block", trunk=False)
    plan.number("9112", "Numbers")
    analysis = service.analyse(plan.space("Wide"), plan.space("Block", "Numbers"), "9112")
    assert [(match.action, match.pattern, match.search) for match in analysis.candidates] == [
        ("number", "9112", 1),
        ("block", "91[0-4]X", 1),
        ("trunk", "9.1XX", 0),
    ]
    assert analysis.chosen is analysis.candidates[0]
    assert analysis.candidates[2].sent_as == "0112"
    assert analysis.candidates[2].trunk == "Out"


def test_a_number_outside_of_the_spaces_is_not_reached(plan):
    plan.number("1001", "Secret")
    inside = plan.space("Inside")
    assert service.analyse(inside, None, "1001").chosen is None
    assert service.analyse(None, None, "1001").chosen is None
    assert service.analyse(inside, inside, "not a number").candidates == []
    assert service.analyse(plan.space("Secret"), inside, "1001").chosen is not None


@pytest.mark.parametrize(("pattern", "number"), [("9XX", "9*1"), ("9!", "9"), ("*XX", "*12"), ("+49!", "+4930")])
def test_sql_and_python_match_alike(plan, pattern, number):
    plan.route(pattern, "A")
    found = service.analyse(plan.space("A"), None, number).candidates
    compiled = rules.compile_pattern(pattern)
    assert bool(found) == any(rules.matches(row, number) for row in compiled)
