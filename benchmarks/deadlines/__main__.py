"""``python -m benchmarks.deadlines [COUNT]``: see the README beside this file."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.deadlines import race
from tests.support.postgresql import private_postgresql

COUNT = 100_000
LONGEST_SECONDS = 3600.0


def main() -> int:
    """Fill, race, and say how it ended; 1 when any user was not logged out exactly once."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with private_postgresql() as database, tempfile.TemporaryDirectory(prefix="roamline-deadlines-") as name:
        began = time.monotonic()
        race.prepare(Path(name), database, count)
        print(f"{count} sessions whose timers are due within one minute, made in {time.monotonic() - began:.0f} s")
        finish = race.run(Path(name), database, count, LONGEST_SECONDS)
    print(f"{finish.log_outs} log-outs in {finish.seconds:.0f} s ({finish.log_outs / finish.seconds:.0f}/s),")
    print(
        f"two engines, one killed with -9 half way: {finish.still_in} users still in, {finish.logged_out_twice} logged"
    )
    print(f"out twice, {finish.on_wrong_profile} phones on a wrong profile, {finish.left_to_do} rows left to do")
    return 0 if finish.is_right and finish.log_outs == count else 1


if __name__ == "__main__":
    sys.exit(main())
