"""Brings a database from the first released schema, with data and Kamailio's views in place, to the newest.

Run as ``python -m tests.processes.migrating FOLDER DATABASE_URL``; prints what the views say before and after as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

FIRST_RELEASE = {
    "ledger": "0002",
    "parameters": "0001",
    "dialplan": "0001",
    "phones": "0001",
    "directory": "0002",
    "mobility": "0001",
}

# A view of that release, which stands in the way of later migrations until it is dropped.
FIRST_VIEW = """
CREATE VIEW kamailio_line AS
SELECT p.name AS name, n.pattern AS dn, p.ha1 AS ha1
  FROM phones_phone p
  JOIN phones_line l ON l.profile_id = p.current_profile_id
  JOIN dialplan_directorynumber n ON n.id = l.directory_number_id
"""


def main() -> None:
    """Migrate there, fill it, migrate on."""
    folder, database = Path(sys.argv[1]), sys.argv[2]
    from roamline.platform import config

    file = folder / "roamline.toml"
    file.write_text(config.render({"site.data": "data", "site.demo": True, "database.url": database}))
    os.environ["ROAMLINE_CONFIG"] = str(file)
    os.environ["DJANGO_SETTINGS_MODULE"] = "roamline.platform.settings"
    import django

    django.setup()
    from django.core.management import call_command

    for app, number in FIRST_RELEASE.items():
        call_command("migrate", app, number, verbosity=0)
    fill()
    before = seen()
    call_command("migrate", verbosity=0)
    print(json.dumps({"before": before, "after": seen()}))


def fill() -> None:
    """One phone with a line, one user with a profile, one session, through the models as they were then."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    nodes = [node for node in executor.loader.applied_migrations if node[0] in FIRST_RELEASE]
    models = executor.loader.project_state(sorted(nodes)).apps

    def make(app: str, noun: str, /, **values: Any) -> Any:
        return models.get_model(app, noun).objects.create(uuid=uuid4(), **values)

    inside = make("dialplan", "Partition", name="Internal")
    number = make("dialplan", "DirectoryNumber", pattern="1906", partition=inside)
    pool = make("phones", "DevicePool", name="Lobby", location="Lobby", emergency_callback="1906")
    model = make("phones", "PhoneModel", name="Software phone", is_software=True, keys=12, max_lines=6)
    profile = make("phones", "DeviceProfile", name="ADP", kind="auto", model=model)
    make("phones", "Line", profile=profile, index=1, button=1, directory_number=number)
    make(
        "phones", "Phone", name="SEP0011AA220006", folded_name="sep0011aa220006", model=model, device_pool=pool,
        own_profile=profile, current_profile=profile, em_enabled=True, ha1="0" * 32,
    )  # fmt: skip
    make("directory", "Account", user_id="alice", password="!")
    with connection.cursor() as cursor:
        cursor.execute(FIRST_VIEW)


def seen() -> dict[str, Any]:
    """What call control sees, and how many users there are."""
    from roamline.platform import sql

    lines = [list(row) for row in sql.rows("SELECT name, dn, ha1 FROM kamailio_line")]
    users = [row[0] for row in sql.rows("SELECT user_id FROM directory_account")]
    return {"lines": lines, "users": users}


if __name__ == "__main__":
    main()
