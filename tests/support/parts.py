"""Outside parts: which are on this machine, and which must be (``ROAMLINE_REQUIRE``)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from roamline.doors.web_phone import library

DEBIAN_PACKAGES = {
    "postgres": "postgresql",
    "kamailio": "kamailio",
    "baresip": "baresip-core",
    "sipp": "sip-tester",
    "chromium": "chromium",
    "umockdev": "umockdev gir1.2-umockdev-1.0 python3-gi",
    "rtpengine": "rtpengine-daemon",
    "jssip": "npm",
}
SERVES = {"rtpengine": {"kamailio", "chromium"}, "jssip": {"chromium"}}
"""What is needed by calls in a browser: as soon as all of these are required, it is, too."""


def postgresql_bin() -> Path | None:
    """The folder of the newest PostgreSQL server programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parent.parent.name))
    return found[-1].parent if found else None


def umockdev_player() -> str | None:
    """umockdev's wrapper, when Debian's own Python can build a testbed with it, or None."""
    has_types = any(Path("/usr/lib").glob("*/girepository-1.0/UMockdev-1.0.typelib"))
    has_python = Path("/usr/bin/python3").exists() and Path("/usr/lib/python3/dist-packages/gi").is_dir()
    return shutil.which("umockdev-wrapper") if has_types and has_python else None


LOOKS: dict[str, Callable[[], object]] = {
    "postgres": postgresql_bin,
    "kamailio": lambda: shutil.which("kamailio", path=f"{os.environ['PATH']}:/usr/sbin"),
    "baresip": lambda: shutil.which("baresip"),
    "sipp": lambda: shutil.which("sipp"),
    "chromium": lambda: shutil.which("chromium") or shutil.which("chromium-browser"),
    "umockdev": umockdev_player,
    "rtpengine": lambda: shutil.which("rtpengine", path=f"{os.environ['PATH']}:/usr/sbin"),
    "jssip": library.has_library,
}


def required() -> set[str]:
    """The parts that must be there; an unknown name is a mistake in the call."""
    names = {name.strip() for name in os.environ.get("ROAMLINE_REQUIRE", "").split(",") if name.strip()}
    unknown = names - LOOKS.keys()
    if unknown:
        raise pytest.UsageError(
            f"ROAMLINE_REQUIRE: unknown part {', '.join(sorted(unknown))}; known: {', '.join(LOOKS)}"
        )
    return names | {part for part, served in SERVES.items() if served <= names}


def need(part: str) -> None:
    """Skip the running test when ``part`` is missing, or fail it when it is required."""
    if LOOKS[part]():
        return
    reason = f"{part} is missing (Debian: apt-get install {DEBIAN_PACKAGES[part]})"
    if part in required():
        pytest.fail(f"{reason}, and ROAMLINE_REQUIRE asks for it", pytrace=False)
    pytest.skip(reason)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The ``needs`` mark."""
    for mark in item.iter_markers("needs"):
        for part in mark.args:
            if part not in LOOKS:
                pytest.fail(f"needs: unknown part {part!r}", pytrace=False)
            need(part)
