"""Bare PIN verifications: the very function that a log-in calls, on as many threads as there are cores.

``python -m benchmarks.login.bare`` reads jobs from standard input, one JSON list of [pin, verifier, uuid] per line,
and answers each with one line of JSON: the seconds that it took, and how long processors were busy with it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import django

django.setup()

from roamline.kernel.secret import Secret  # noqa: E402
from roamline.rooms.directory import verifiers  # noqa: E402


def verify(job: tuple[str, str, str]) -> bool:
    """One verification."""
    pin, verifier, uuid = job
    return verifiers.matches(Secret(pin), verifier, UUID(uuid))


def main() -> None:
    """Do each batch as it comes."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for line in sys.stdin:
            jobs = json.loads(line)
            began, busy = time.perf_counter(), time.process_time()
            right = sum(pool.map(verify, jobs))
            found = {"elapsed": time.perf_counter() - began, "busy": time.process_time() - busy, "right": right}
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
