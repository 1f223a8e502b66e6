"""``python -m benchmarks.guessing``: exit code 1 when a guesser could tell anything from an answer."""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from benchmarks.guessing.guesser import DEVICES, METHODS, USERS, Answer, Guess, Whom, guesses
from benchmarks.guessing.ranks import mann_whitney
from benchmarks.login import ground, report
from benchmarks.login.pins import phones_process

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from roamline.rooms.directory.models import Account

WHOM = Whom(known=range(40), supers=range(40, 60), locked=range(60, 80))
SURE = 0.001
"""Below this p value times are called different: with some 60 comparisons a false alarm is rare."""
PART_OF_MEDIAN = 0.02
"""A difference of medians below this is nothing that a network does not drown."""


def main() -> int:
    """Guess, and look at what a guesser would."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guessing", description=__doc__)
    parser.add_argument("--each", type=int, default=200, help="guesses of each of the 30 kinds")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(report.machine(), flush=True)
    with ground.prepared(options.database) as here:
        ground.populate(WHOM.locked.stop, with_pins=True)
        _prepare()
        with phones_process(here):
            list(guesses(here.port, 2, WHOM, seed=0))  # the server's first requests are slower
            answers = list(guesses(here.port, options.each, WHOM, options.seed))
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
    from roamline.rooms.parameters import service as parameters
    from roamline.rooms.parameters.rules import MULTIPLE_LOGIN_BEHAVIOR, TRUSTED_BALANCERS

    now = datetime.now(UTC)
    # The guesses come from many addresses, and known users are not locked by them: the cases stay apart.
    directory.change_policy(actor="benchmark", now=now, lock_after=100)
    for parameter, value in ((TRUSTED_BALANCERS, "127.0.0.1"), (MULTIPLE_LOGIN_BEHAVIOR, "Multiple Logins Allowed")):
        parameters.change(
            service=parameter.service, name=parameter.name, value=value, actor="benchmark", way="", source="", now=now
        )
    _of(WHOM.locked).update(locked_until=now + timedelta(days=1))
    _make_super_users(now)


def _of(numbers: range) -> QuerySet[Account]:
    from roamline.rooms.directory.models import Account

    return Account.objects.filter(user_id__in=[ground.user_id(number) for number in numbers])


def _make_super_users(now: datetime) -> None:
    """A network, and users here who are another cluster's: away from home (RO-11)."""
    from roamline.kernel.secret import Secret
    from roamline.rooms.clusters import service as clusters
    from roamline.rooms.ledger.changes import Author
    from roamline.rooms.parameters import service as parameters
    from roamline.rooms.parameters.rules import CLUSTER_ID, ENTERPRISE
    from roamline.rooms.roaming.models import Replica

    parameters.change(
        service=ENTERPRISE, name=CLUSTER_ID.name, value="EAST", actor="benchmark", way="", source="", now=now
    )
    plan = clusters.Plan(role="hub", password=Secret("a password for this benchmark"))
    clusters.take_part(plan, Author("benchmark", "benchmark"), now)
    for account in _of(WHOM.supers):
        account.home_cluster = False
        account.save()
        Replica.objects.create(
            uuid=account.uuid, user_id=account.user_id, origin="h" * 24, cluster="HQ", account=account, changed_at=now
        )


def _compare(method: str, device: str, found: dict[str, list[Answer]]) -> bool:
    seen = {(answer.status, answer.length, answer.body) for answers in found.values() for answer in answers}
    print(f"{method}, {device} device: {len(seen)} distinct answers (status, length, content) "
          f"{sorted({(status, length) for status, length, _ in seen})}")  # fmt: skip
    seconds = {user: [answer.seconds for answer in answers] for user, answers in found.items()}
    for user, times in seconds.items():
        print(f"  {user:<22} median {statistics.median(times) * 1000:7.3f} ms of {len(times)}")
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
