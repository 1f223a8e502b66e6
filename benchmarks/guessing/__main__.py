"""``python -m benchmarks.guessing``: exit code 1 when a guesser could tell anything from an answer."""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import combinations

from benchmarks.guessing.guesser import DEVICES, METHODS, USERS, Answer, Guess, guesses
from benchmarks.guessing.ranks import mann_whitney
from benchmarks.login import ground, report
from benchmarks.login.pins import phones_process

KNOWN, LOCKED = range(40), range(40, 60)
SURE = 0.001
"""Below this p value times are called different: with some 36 comparisons a false alarm is rare."""
PART_OF_MEDIAN = 0.02
"""A difference of medians below this is nothing that a network does not drown."""


def main() -> int:
    """Guess, and look at what a guesser would."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guessing", description=__doc__)
    parser.add_argument("--each", type=int, default=200, help="guesses of each of the 24 kinds")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(report.machine(), flush=True)
    with ground.prepared(options.database) as here:
        ground.populate(LOCKED.stop, with_pins=True)
        _prepare()
        with phones_process(here):
            list(guesses(here.port, 2, KNOWN, LOCKED, seed=0))  # the server's first requests are slower
            answers = list(guesses(here.port, options.each, KNOWN, LOCKED, options.seed))
    found = defaultdict(list)
    for answer in answers:
        found[answer.guess].append(answer)
    is_good = True
    for method in METHODS:
        for device in DEVICES:
            is_good &= _compare(method, device, {user: found[Guess(method, device, user)] for user in USERS})
    return 0 if is_good else 1


def _prepare() -> None:
    from roamline.rooms.directory import service as directory
    from roamline.rooms.directory.models import Account
    from roamline.rooms.parameters import service as parameters
    from roamline.rooms.parameters.rules import MULTIPLE_LOGIN_BEHAVIOR, TRUSTED_BALANCERS

    now = datetime.now(UTC)
    # The guesses come from many addresses, and known users are not locked by them: the cases stay apart.
    directory.change_policy(actor="benchmark", now=now, lock_after=100)
    for parameter, value in ((TRUSTED_BALANCERS, "127.0.0.1"), (MULTIPLE_LOGIN_BEHAVIOR, "Multiple Logins Allowed")):
        parameters.change(
            service=parameter.service, name=parameter.name, value=value, actor="benchmark", way="", source="", now=now
        )
    names = [ground.user_id(number) for number in LOCKED]
    Account.objects.filter(user_id__in=names).update(locked_until=now + timedelta(days=1))


def _compare(method: str, device: str, found: dict[str, list[Answer]]) -> bool:
    seen = {(answer.status, answer.length, answer.body) for answers in found.values() for answer in answers}
    print(f"{method}, {device} device: {len(seen)} distinct answers (status, length, content) "
          f"{sorted({(status, length) for status, length, _ in seen})}")  # fmt: skip
    seconds = {user: [answer.seconds for answer in answers] for user, answers in found.items()}
    for user, times in seconds.items():
        print(f"  {user:<20} median {statistics.median(times) * 1000:7.3f} ms of {len(times)}")
    is_good = len(seen) == 1
    for one, other in combinations(USERS, 2):
        p, share = mann_whitney(seconds[one], seconds[other])
        apart = abs(statistics.median(seconds[one]) - statistics.median(seconds[other]))
        tells = p < SURE and apart > PART_OF_MEDIAN * statistics.median(seconds[one])
        is_good &= not tells
        told = "  TELLS THEM APART" if tells else ""
        print(f"  {one} / {other}: p = {p:.3f}, the first is slower in {share:.0%}{told}")
    return is_good


if __name__ == "__main__":
    sys.exit(main())
