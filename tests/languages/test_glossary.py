"""The translations use the glossary's terms."""

from __future__ import annotations

import pytest

from scripts.check_translations import AGENT, PACKAGE
from tests.languages import glossary

NOT_THE_TERM = {
    "host:port, one per line, in order.": "a line of a text",
    "One per line.": "a line of a text",
    "command line": "of a terminal",
    "file whose first line is the password": "a line of a text",
    "a request is one line of at most %(most)s bytes": "a line of a text",
    "read the PIN from standard input, one line": "a line of a text",
    "a PIN on the command line can be seen by others: use --pin-stdin": "a command line",
    "the token file %(file)s must hold one line, the device token": "a line of a text",
    "Associate the headset with a user.": "Korean has the object between the term's words",
    "Associate headsets with their owners, or dissociate them.": "Korean has the object between the term's words",
}


@pytest.mark.parametrize("language", glossary.LANGUAGES)
@pytest.mark.parametrize("package", [PACKAGE, AGENT], ids=lambda package: package.name)
def test_a_term_is_translated_as_the_glossary_has_it(package: object, language: str) -> None:
    found = [each for each in glossary.departures(package, language) if each[1] not in NOT_THE_TERM]  # type: ignore[arg-type]
    assert found == []


def test_the_glossary_has_a_term_in_three_languages_on_each_row() -> None:
    terms = glossary.terms()
    assert len(terms) > 90
    assert [term.english for term in terms if not all(all(term.others.values()) for _ in term.others)] == []
    assert next(term for term in terms if term.english == "DND").others["ko"] == {"방해 사절"}
