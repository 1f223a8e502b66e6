"""The ``proves`` mark: which tests prove which sentence of the specification.

The sentences are the list items of ``docs/spec/*.md`` that begin with an id (``- EM-20 …``). In every run a mark that
names an id which no page has is an error. With ``--product-docs DIR`` the run writes, for each page, what is proved
and by which tests, all of which passed; whatever no test proves is *not built yet*.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SPEC = Path(__file__).resolve().parents[2] / "docs" / "spec"
ITEM = re.compile(
    r"^\s*[-*]\s+\*{0,2}([A-Z][A-Z0-9]{0,5}-\d+)\*{0,2}[.:]?\s+(.*?)(?=^\s*[-*]\s|^\s*$|^#|\Z)",
    re.MULTILINE | re.DOTALL,
)
SEVERAL = re.compile(r"(?<=[.:;])\s+(?=[A-Z][A-Z0-9]{0,5}-\d+\s)")
LINK = re.compile(r"\]\((?!\w+:|\.\./)([^)#][^)]*)\)")
"""A link of a sentence, which starts from ``docs/spec``."""
ID = re.compile(r"([A-Z][A-Z0-9]{0,5}-\d+)\s+(.*)", re.DOTALL)


@dataclass(slots=True)
class Page:
    """One page of the specification: its title and its sentences by id."""

    name: str
    title: str
    sentences: dict[str, str] = field(default_factory=dict)


def read_pages(folder: Path) -> list[Page]:
    """The pages of the specification; a line may hold several ids (``MT-1 … MT-2 …``)."""
    pages = []
    for file in sorted(folder.glob("*.md")):
        text = file.read_text(encoding="utf-8")
        heading = re.search(r"^#\s+(.+)$", text, re.MULTILINE)
        page = Page(file.name, heading.group(1) if heading else file.stem)
        for found in ITEM.finditer(text):
            for part in SEVERAL.split(f"{found.group(1)} {found.group(2)}"):
                one = ID.match(part)
                if one:
                    page.sentences[one.group(1)] = " ".join(one.group(2).split())
        pages.append(page)
    return pages


class Proofs:
    """The plugin: checks the marks' ids and, when asked, writes the product pages."""

    def __init__(self, config: pytest.Config) -> None:
        self._folder: str | None = config.getoption("--product-docs")
        self._pages = read_pages(SPEC)
        self._tests: dict[str, set[str]] = defaultdict(set)
        self._bad: set[str] = set()
        self._passed: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note what each test proves, and refuse ids that the specification does not have."""
        known = {each for page in self._pages for each in page.sentences}
        wrong = []
        for item in items:
            for each in _ids(item):
                self._tests[each].add(item.nodeid)
                if known and each not in known:
                    wrong.append(f"{item.nodeid}: proves {each}, which docs/spec does not have")
        if wrong:
            raise pytest.UsageError("\n".join(wrong))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which tests ran and passed, all their phases."""
        if report.when == "call" and report.passed:
            self._passed.add(report.nodeid)
        if report.failed or report.skipped:
            self._bad.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Write the product pages."""
        if self._folder is None:
            return
        folder = Path(self._folder)
        folder.mkdir(parents=True, exist_ok=True)
        for page in self._pages:
            if page.sentences:
                (folder / page.name).write_text(self._render(page), encoding="utf-8")

    def _render(self, page: Page) -> str:
        lines = [
            f"# {page.title}",
            "",
            "Written by `./test --product-docs docs/product`: what is built, and what proves it.",
            "",
        ]
        for each, sentence in page.sentences.items():
            lines += [f"## {each}", "", LINK.sub(r"](../spec/\1)", sentence), ""]
            proofs = sorted(_function(test) for test in self._tests[each] & (self._passed - self._bad))
            lines += [f"- `{proof}`" for proof in dict.fromkeys(proofs)] or ["*not built yet*"]
            lines.append("")
        return "\n".join(lines)


def _ids(item: pytest.Item) -> Iterator[str]:
    for mark in item.iter_markers("proves"):
        yield from mark.args


def _function(nodeid: str) -> str:
    return nodeid.split("[", maxsplit=1)[0]
