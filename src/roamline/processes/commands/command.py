"""What a subcommand is, and how it gets at Django."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass


def _no_arguments(_parser: argparse.ArgumentParser) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand: ``run`` gets the parsed options and returns the exit code."""

    name: str
    help: str
    run: Callable[[argparse.Namespace], int]
    add_arguments: Callable[[argparse.ArgumentParser], None] = _no_arguments


def set_up_django() -> None:
    """Load Django with the configured site; call it in ``run`` before importing a room's service or store."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.platform.settings")
    django.setup()
