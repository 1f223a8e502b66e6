"""``python -m benchmarks.login``: all three parts; exit code 1 when a goal is missed."""

from __future__ import annotations

import argparse
import subprocess
import sys

from benchmarks.login import report


def main() -> int:
    """Run the parts that were asked for, each in a process of its own: Django is set up once per process."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.login", description=__doc__)
    parser.add_argument("--part", choices=("pins", "statements", "footprint"), help="one part alone")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="one database alone (default: both)")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--per-round", type=int, default=480, help="log-ins of one round")
    parser.add_argument("--connections", type=int, default=16, help="connections of the load generator")
    parser.add_argument("--users", type=int, default=100_000, help="users and phones of part (b)")
    options = parser.parse_args()
    if options.part and (options.database or options.part == "footprint"):
        return 0 if _measure(options) else 1
    print(report.machine(), flush=True)
    failed = False
    for part in [options.part] if options.part else ["pins", "statements", "footprint"]:
        for database in [options.database] if options.database else ["sqlite", "postgresql"]:
            if part == "footprint" and database == "postgresql":
                continue
            command = [sys.executable, "-m", "benchmarks.login", "--part", part, "--database", database,
                       "--rounds", str(options.rounds), "--per-round", str(options.per_round),
                       "--connections", str(options.connections), "--users", str(options.users)]  # fmt: skip
            failed |= subprocess.run(command, check=False).returncode != 0
    return 1 if failed else 0


def _measure(options: argparse.Namespace) -> bool:
    if options.part == "pins":
        from benchmarks.login import pins

        return pins.measure(options.database, options.rounds, options.per_round, options.connections)
    if options.part == "statements":
        from benchmarks.login import statements

        return statements.measure(options.database, options.rounds, options.per_round, options.users)
    from benchmarks.login import footprint

    return footprint.measure()


if __name__ == "__main__":
    sys.exit(main())
