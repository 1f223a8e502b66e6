"""The pages that come from registries say what the registries say."""

from __future__ import annotations

import re

from roamline.rooms.parameters.rules import REGISTRY
from scripts import generate_docs


def test_generated_pages_are_up_to_date() -> None:
    out_of_date = [str(file) for file, text in generate_docs.pages().items() if file.read_text() != text]
    assert out_of_date == [], "run scripts/generate_docs.py"


def test_the_parameters_page_knows_every_parameter_with_its_default() -> None:
    page = (generate_docs.DOCS / "spec" / "parameters.md").read_text()
    rows = dict(re.findall(r"^\| ([^|]+?)(?: \(ours\))? \| ([^|]+?) \|", page, re.MULTILINE))
    wrong = [p.name for p in REGISTRY.values() if not rows.get(p.name, "").startswith(p.default or "empty")]
    assert wrong == []
