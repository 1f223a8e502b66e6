"""``python -m benchmarks.administration [COUNT]``: see the README beside this file."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from benchmarks.administration import addresses

COUNT = 100_000
TIMES = int(os.environ.get("TIMES", "20"))
MOST_MS = 200.0


def main() -> int:
    """Fill a site, or take the one in ``KEPT``, and open every page; 1 when one is too slow."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    kept = os.environ.get("KEPT")
    with nullcontext(kept) if kept else tempfile.TemporaryDirectory(prefix="roamline-lists-") as folder:
        set_up(Path(folder), count)
        pages = [page for page in _pages() if os.environ.get("ONLY", "") in page[1]]
        slow = [address for client, address in pages if not _is_quick(client, address)]
    print(f"{len(slow)} of {len(pages)} pages took longer than {MOST_MS:.0f} ms")
    return 1 if slow else 0


def set_up(folder: Path, count: int) -> None:
    """A migrated site in a folder, filled when it is new."""
    from roamline.platform import config

    file = folder / "roamline.toml"
    is_new = not file.exists()
    database = os.environ.get("ROAMLINE_TEST_DATABASE", "sqlite")
    file.write_text(config.render({"site.data": "data", "database.url": database, "call_control.enabled": False}))
    os.environ["ROAMLINE_CONFIG"] = str(file)
    os.environ["DJANGO_SETTINGS_MODULE"] = "roamline.platform.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.administration.filling import fill
    from roamline.rooms.directory.models import Account
    from tests.support import factories

    call_command("migrate", verbosity=0)
    if is_new:
        factories.user("boss", kind=Account.APPLICATION, groups=("Standard CCM Super Users",))
        began = time.monotonic()
        fill(count)
        print(f"filled with {count} users and phones in {time.monotonic() - began:.0f} s", flush=True)


def _pages() -> Iterator[tuple[Any, str]]:
    boss = signed_in("boss")
    yield from ((boss, address) for address in addresses.of_the_administration())
    someone = signed_in("user5", "roamline.doors.self_care.backend.SelfCareBackend")
    yield from ((someone, address) for address in addresses.of_self_care())


def signed_in(user_id: str, backend: str = "roamline.doors.admin_web.backend.AdministrationBackend") -> Any:
    """A browser in which somebody is signed in."""
    from django.test import Client

    from roamline.rooms.directory.models import Account

    client = Client(headers={"host": "localhost"})
    client.force_login(Account.objects.get(user_id=user_id), backend)
    return client


def _is_quick(client: Any, address: str) -> bool:
    took, busy = [], []
    for _ in range(TIMES):
        began, worked = time.perf_counter(), time.process_time()
        status = client.get(address, follow=True).status_code
        took.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - worked) * 1000)
        assert status == 200, f"{address}: {status}"
    late = sorted(took)[max(0, int(TIMES * 0.95) - 1)]
    mark = "" if late < MOST_MS else "  <- too slow"
    numbers = f"{statistics.median(took):7.0f} {late:7.0f} {statistics.median(busy):7.0f} ms"
    print(f"{numbers}  {address}{mark}", flush=True)
    return late < MOST_MS


if __name__ == "__main__":
    sys.exit(main())
