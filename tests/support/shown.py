"""Which parameters' values and which errors have a test at the door: read from the tests' own marks.

``@pytest.mark.shows("Parameter", "value", …)``: the test shows what that parameter does at those values.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def shown_values() -> dict[str, set[str]]:
    """The values of each parameter, by its name, that some test shows the effect of."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for file in TESTS.rglob("test_*.py"):
        text = file.read_text(encoding="utf-8")
        if "mark.shows(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "shows":
                name, *values = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
                found[str(name)] |= {str(value) for value in values}
    return found
