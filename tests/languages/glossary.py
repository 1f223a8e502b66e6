"""The terms of docs/glossary.md, and where a catalogue does not use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts import check_translations

PAGE = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
LANGUAGES = {"zh_Hans": 1, "ko": 2}
_PLACEHOLDERS = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|[`#&$<][\w#-]+|(?<!\w)--?\w[\w-]*|\w*[/_.=]\w[\w/_.=-]*")


@dataclass(frozen=True, slots=True)
class Term:
    """One English term, and what may stand for it, by language; the whole cell, or what it has in brackets."""

    english: str
    others: dict[str, frozenset[str]]

    @property
    def pattern(self) -> re.Pattern[str]:
        """The term as a word of its own, with its plural."""
        return re.compile(rf"(?<![\w-]){re.escape(self.english)}(?:e?s)?(?![\w-])", re.IGNORECASE)


def terms() -> list[Term]:
    """Every term of the page, the longest first: *device pool* is no *device*."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 4 or cells[0] in {"English", "---"}:
            continue
        english = _parts(cells[0])
        for place, term in enumerate(english):
            others = {name: _choices(cells[column], place, len(english)) for name, column in LANGUAGES.items()}
            found.append(Term(term, others))
    return sorted(found, key=lambda term: -len(term.english))


def departures(package: Path, language: str) -> Iterator[tuple[str, str, str]]:
    """Each English text of a catalogue that has a term which its translation has not: term, text, translation."""
    known = terms()
    file = min((package / "locale" / language / "LC_MESSAGES").glob("*.po"))
    for message in check_translations.read(file):
        if not message.id or not message.string:
            continue
        text, shown = check_translations.one(message.id), check_translations.one(message.string)
        rest = _PLACEHOLDERS.sub(" ", text)
        for term in known:
            said = term.pattern.findall(rest)
            rest = term.pattern.sub(" ", rest)
            # A name keeps its English words: Cisco Extension Mobility, the parameter device.
            wanted = {*term.others[language], *said}
            if said and not any(other.lower() in shown.lower() for other in wanted):
                yield term.english, text, shown


def _parts(cell: str) -> list[str]:
    """``manager, assistant`` as two; an abbreviation in brackets is a term, too."""
    plain = [part.strip() for part in re.split(r"[,、]\s*", re.sub(r"\s*\(.*?\)", "", cell))]
    return plain + re.findall(r"\(([A-Z]+)\)", cell)


def _choices(cell: str, place: int, count: int) -> frozenset[str]:
    parts = [part.strip() for part in re.split(r"[,、]\s*", re.sub(r"\s*\(.*?\)", "", cell))]
    inside = re.findall(r"\(([^)]+)\)", cell)
    own = [parts[place]] if len(parts) == count else parts
    return frozenset([*own, *inside])
