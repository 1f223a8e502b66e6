"""``python -m benchmarks.administration [COUNT]``: see the README beside this file."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

COUNT = 100_000
TIMES = int(os.environ.get("TIMES", "20"))
MOST_MS = 200.0

LISTS = {
    "phones_phone": ("name", "description", "own_profile__lines__directory_number__pattern", "owner"),
    "admin_web_enduser": ("user_id", "last_name", "controlled_profiles__profile__name", "primary_extension__pattern"),
    "phones_deviceprofile": ("name", "lines__directory_number__pattern"),
    "dialplan_directorynumber": ("pattern",),
    "headsets_headset": ("serial", "model"),
    "mobility_loginsession": ("phone__name", "account__user_id"),
    "ledger_auditentry": ("user_id", "device"),
    "phones_devicepool": (),
    "phones_phonemodel": (),
    "dialplan_partition": (),
    "admin_web_applicationuser": (),
    "directory_accesscontrolgroup": (),
    "ledger_deadline": (),
    "ledger_effect": (),
}
FILTERS = {
    "phones_phone": ("logged_in=yes", "logged_in=no", "logged_in=waiting", "em_enabled__exact=1", "o=7", "o=-6",
                     "q=SEP00000001"),
    "admin_web_enduser": ("lock=locked", "is_active__exact=1", "o=5", "o=6", "q=user99"),
    "phones_deviceprofile": ("em_service=missing", "kind__exact=user", "q=EM_user5"),
    "mobility_loginsession": ("state=open", "state=ended", "q=user5"),
    "ledger_auditentry": ("succeeded__exact=0", "kind=em.", "kind=other", "q=user5"),
    "headsets_headset": ("status=active", "status=unassigned"),
}  # fmt: skip


def main() -> int:
    """Fill a fresh SQLite site and open every list; 1 when one is too slow."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory(prefix="roamline-lists-") as name:
        client = _set_up(Path(os.environ.get("KEPT", name)), count)
        slow = [address for address in _addresses() if not _is_quick(client, address)]
    print(f"{len(slow)} of {sum(1 for _ in _addresses())} pages took longer than {MOST_MS:.0f} ms")
    return 1 if slow else 0


def _set_up(folder: Path, count: int):  # type: ignore[no-untyped-def]
    from roamline.platform import config

    file = folder / "roamline.toml"
    is_new = not file.exists()
    file.write_text(config.render({"site.data": "data", "call_control.enabled": False}))
    os.environ["ROAMLINE_CONFIG"] = str(file)
    os.environ["DJANGO_SETTINGS_MODULE"] = "roamline.platform.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from benchmarks.administration.filling import fill
    from roamline.rooms.directory.models import Account
    from tests.support import factories

    if is_new:
        call_command("migrate", verbosity=0)
        factories.user("boss", kind=Account.APPLICATION, groups=("Standard CCM Super Users",))
        began = time.monotonic()
        fill(count)
        print(f"filled with {count} users and phones in {time.monotonic() - began:.0f} s", flush=True)
    client = Client(headers={"host": "localhost"})
    client.force_login(Account.objects.get(user_id="boss"))
    return client


def _addresses():  # type: ignore[no-untyped-def]
    from django.urls import reverse

    yield reverse("admin:index")
    for page, fields in LISTS.items():
        address = reverse(f"admin:{page}_changelist")
        yield address
        yield f"{address}?p=30"
        for field in fields:
            for how, text in (("begins", "user9"), ("contains", "99"), ("is", "user500"), ("filled", "")):
                yield f"{address}?{urlencode({'find': field, 'how': how, 'text': text})}"
        for query in FILTERS.get(page, ()):
            yield f"{address}?{query}"


def _is_quick(client, address: str) -> bool:  # type: ignore[no-untyped-def]
    took, busy = [], []
    for _ in range(TIMES):
        began, worked = time.perf_counter(), time.process_time()
        status = client.get(address).status_code
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
