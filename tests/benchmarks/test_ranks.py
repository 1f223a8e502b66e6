"""The rank test of the guessing benchmark, beside values worked out by hand."""

from __future__ import annotations

import random

import pytest

from benchmarks.guessing.ranks import mann_whitney


def test_samples_that_do_not_overlap_are_told_apart() -> None:
    p, share = mann_whitney([float(n) for n in range(30)], [float(n) for n in range(100, 130)])
    assert (p < 1e-9, share) == (True, 0.0)


def test_equal_samples_and_single_values_say_nothing() -> None:
    assert mann_whitney([1.0] * 20, [1.0] * 20) == (1.0, 0.5)
    p, share = mann_whitney([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert (p, share) == (1.0, 0.5)


def test_a_worked_example() -> None:
    # Ranks of the first: 1, 2, 4, 6, 8 of ten; U = 21 - 15 = 6; sigma = sqrt(5 * 5 * 11 / 12); z = 6 / sigma.
    p, share = mann_whitney([1, 2, 4, 6, 8], [3, 5, 7, 9, 10])
    assert share == pytest.approx(6 / 25)
    assert p == pytest.approx(0.2101, abs=0.001)


def test_samples_of_one_distribution_are_rarely_told_apart() -> None:
    chance = random.Random(7)
    said = [
        mann_whitney([chance.gauss(0, 1) for _ in range(40)], [chance.gauss(0, 1) for _ in range(40)])[0] < 0.05
        for _ in range(200)
    ]
    assert 0.01 < sum(said) / len(said) < 0.12
