"""What must be done before a node starts: ``python -m roamline.processes.prepare``, once, in a process of its own.

A process of its own, so that the supervisor stays small and holds neither database connections nor threads.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from roamline.kernel.secret import Secret
from roamline.platform import certificate, config, logs
from roamline.platform.config import Config
from roamline.processes.words import speak

if TYPE_CHECKING:
    from roamline.demo.site import Shared

DEMO_SECRET = "ROAMLINE_DEMO_SECRET"  # noqa: S105 - the name of the environment variable
EMPROXY_SECRET = "ROAMLINE_DEMO_EMPROXY_SECRET"  # noqa: S105 - as above; the same in all clusters of a demo
ILS_PASSWORD = "ROAMLINE_DEMO_ILS_PASSWORD"  # noqa: S105 - as above; given, the demo's clusters are joined
CREATED = "site-created"
"""File in the data folder that says that the site's first content is in; a crash before it starts anew."""


def main(argv: list[str] | None = None) -> int:
    """Collect static files and see to the certificate; with options also migrate and create the first content."""
    speak()
    parser = argparse.ArgumentParser(prog="roamline prepare")
    parser.add_argument("--migrate", action="store_true", help="bring the database to the newest schema first")
    parser.add_argument("--create", choices=("demo", "empty"), help="create the first content of a new site")
    parser.add_argument("--cluster", default="HQ", help="which of the demo's clusters")
    options = parser.parse_args(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.platform.settings")
    logs.configure("prepare")
    import django

    django.setup()
    settings = config.load()
    if options.migrate:
        migrate()
    collect_static(settings)
    certificate.ensure(settings, datetime.now(UTC))
    if options.create:
        create(settings, options.create, options.cluster)
    return 0


def migrate() -> None:
    """Bring the database to the newest schema."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def begin(settings: Config) -> bool:
    """Give a site without any phone model what a new one begins with; whether that was so."""
    from roamline.rooms.phones import catalogue
    from roamline.rooms.phones.addressing import bracketed

    host = str(settings["site.advertised_host"])
    return catalogue.begin(
        host=host,
        port=settings["phones.port"],
        secure_port=settings["secure.port"],
        sip_server=f"{bracketed(host)}:{settings['call_control.port']}",
        now=datetime.now(UTC),
    )


def collect_static(settings: Config) -> None:
    """Copy the web interface's static files below the data folder, when the installed versions are other ones."""
    from django.conf import settings as django_settings
    from django.core.management import call_command

    versions = [f"{name} {metadata.version(name)}" for name in ("roamline", "Django", "django-unfold")]
    stamp = "\n".join([*versions, *django_settings.INSTALLED_APPS, _newest_own_file()])
    file = settings.data / "static-versions"
    if file.exists() and file.read_text() == stamp:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    file.write_text(stamp)


def _newest_own_file() -> str:
    package = Path(__file__).parent.parent
    times = [file.stat().st_mtime_ns for file in package.glob("**/static/**/*") if file.is_file()]
    return str(max(times, default=0))


def create(settings: Config, kind: str, cluster: str = "HQ") -> None:
    """Create a new site's first content and print its credentials, once; nothing on a site that has it."""
    from django.contrib.auth import get_user_model
    from django.db import transaction

    from roamline.demo import site
    from roamline.demo.clusters import CLUSTERS

    marker = settings.data / CREATED
    secret = os.environ.get(DEMO_SECRET) or None
    if marker.exists():
        return
    if get_user_model().objects.exists():  # made, but stopped before it could be noted
        marker.touch()
        return
    with transaction.atomic():
        credentials = site.load(secret, CLUSTERS[cluster], _shared()) if kind == "demo" else site.load_empty(secret)
    begin(settings)
    marker.write_text(f"{kind}\n")
    print(credentials, flush=True)


def _shared() -> Shared | None:
    from roamline.demo.site import Shared

    if ILS_PASSWORD not in os.environ:
        return None
    return Shared(emproxy=Secret(os.environ[EMPROXY_SECRET]), ils_password=Secret(os.environ[ILS_PASSWORD]))


if __name__ == "__main__":
    sys.exit(main())
