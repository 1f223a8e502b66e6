"""The Mann-Whitney rank test with ties, by its normal approximation: do two samples come from one distribution?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby


def mann_whitney(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """``(p, share)``: the two-sided p value, and how often one of the first is larger than one of the second.

    A share of 0.5 says nothing, 0 or 1 tells the samples apart with a single measurement. Needs some twenty values on
    each side for the approximation to be good.
    """
    n, m = len(first), len(second)
    ranks, ties, place = 0.0, 0.0, 0
    merged = sorted([(value, True) for value in first] + [(value, False) for value in second])
    for _value, group in groupby(merged, key=lambda each: each[0]):
        same = list(group)
        middle = place + (len(same) + 1) / 2
        ranks += middle * sum(1 for _, is_first in same if is_first)
        ties += len(same) ** 3 - len(same)
        place += len(same)
    larger = ranks - n * (n + 1) / 2
    spread = n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1)))
    if spread <= 0:
        return 1.0, 0.5
    z = (abs(larger - n * m / 2) - 0.5) / math.sqrt(spread)
    return math.erfc(max(z, 0.0) / math.sqrt(2)), larger / (n * m)
