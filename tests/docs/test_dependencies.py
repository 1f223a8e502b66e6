"""Whatever the project asks for itself is explained in docs/dependencies.md."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def named() -> set[str]:
    """Every direct dependency: Python packages and Debian packages."""
    wanted: list[str] = []
    for project in ("pyproject.toml", "desk_agent/pyproject.toml"):
        wanted += tomllib.loads((ROOT / project).read_text())["project"]["dependencies"]
    for file in ("requirements.in", "requirements-dev.in"):
        wanted += [line for line in (ROOT / file).read_text().splitlines() if line and not line.startswith("#")]
    packages = re.search(r"KAMAILIO_PACKAGES=\((.*?)\)", (ROOT / "scripts/setup.sh").read_text(), re.DOTALL)
    for_tests = re.search(r'"for the tests" "\$\{CALL_PACKAGES\[@\]\}" (.*)', (ROOT / "test").read_text())
    assert packages is not None
    assert for_tests is not None
    media = re.search(r"MEDIA_PACKAGES=\((.*?)\)", (ROOT / "scripts/setup.sh").read_text())
    assert media is not None
    npm = json.loads((ROOT / "package.json").read_text())
    wanted += [*media[1].split(), *npm["dependencies"], *npm["devDependencies"]]
    wanted += packages[1].split() + for_tests[1].split()
    return {re.split(r"[\[<>=!~ ;]", each, maxsplit=1)[0] for each in wanted}


def test_every_dependency_says_why_it_is_there() -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE)
    explained = {name.removeprefix("Debian: ").strip() for row in rows for name in row.split(", ")}
    assert sorted(named() - explained) == []
