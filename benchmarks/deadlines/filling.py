"""``python -m benchmarks.deadlines.filling COUNT``: migrate the configured database and fill it."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta


def main() -> None:
    """Fill it with timers that are all up since a moment ago."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.platform.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.deadlines.ground import fill

    call_command("migrate", verbosity=0)
    fill(int(sys.argv[1]), datetime.now(UTC) - timedelta(minutes=1))


if __name__ == "__main__":
    main()
