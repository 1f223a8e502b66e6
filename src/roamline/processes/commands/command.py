"""What a subcommand is, and how it gets at Django."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass

from roamline.processes.language import CHINESE, KOREAN

TAGS = {CHINESE: "zh-hans", KOREAN: "ko"}


def _no_arguments(_parser: argparse.ArgumentParser) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand: ``run`` gets the parsed options and returns the exit code; ``help`` is marked, not translated."""

    name: str
    help: str
    run: Callable[[argparse.Namespace], int]
    add_arguments: Callable[[argparse.ArgumentParser], None] = _no_arguments


def worded(problem: Exception) -> str:
    """What a refusal says, in the language of the command line."""
    from roamline.platform.wording import said

    return said(problem)


def set_up_django() -> None:
    """Load Django with the configured site; call it in ``run`` before importing a room's service or store.

    What rooms say is in the language of the command line from then on.
    """
    import django
    from django.utils.translation import activate

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roamline.platform.settings")
    django.setup()
    activate(TAGS.get(os.environ.get("LANGUAGE", ""), "en"))
