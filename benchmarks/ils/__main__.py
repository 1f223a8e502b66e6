"""``python -m benchmarks.ils``: both parts; exit code 1 when a goal is missed."""

from __future__ import annotations

import argparse
import sys

from benchmarks.ils import distance, first


def main() -> int:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ils", description=__doc__)
    parser.add_argument("--part", choices=("distance", "first"), help="one part alone")
    parser.add_argument("--rounds", type=int, default=200, help="log-ins of part distance")
    parser.add_argument("--numbers", type=int, default=1_000_000, help="numbers of part first")
    options = parser.parse_args()
    is_reached = True
    if options.part in (None, "distance"):
        is_reached &= distance.measure(options.rounds)
    if options.part in (None, "first"):
        is_reached &= first.measure(options.numbers)
    return 0 if is_reached else 1


if __name__ == "__main__":
    sys.exit(main())
