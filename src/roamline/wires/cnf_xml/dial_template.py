"""The dial template: patterns that tell the phone when a number is complete.

A template of more than 8191 bytes is ignored by the phone without a word, and every call then waits for its time-out.
Source: public documentation of the usecallmanager project.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from roamline.wires.cnf_xml.stamp import stamped
from roamline.wires.xml_text import add

LARGEST_TEMPLATE = 8191
LONGEST_TIMEOUT = 60

_MATCH = re.compile(r"[0-9A-D.*#+,\\]{0,64}")


@dataclass(frozen=True, slots=True)
class DialRule:
    """Dial after ``timeout`` seconds what matches: ``.`` is one digit, ``*`` any number of them, ``,`` a dial tone.

    A backslash takes the meaning off the next character. ``rewrite`` replaces what was dialled; with an empty
    ``match`` it is dialled at once when the phone is picked up. ``line`` limits the rule to one line index.
    """

    match: str
    timeout: int = 0
    rewrite: str | None = None
    line: int | None = None

    def __post_init__(self) -> None:
        if not _MATCH.fullmatch(self.match) or not 0 <= self.timeout <= LONGEST_TIMEOUT:
            raise ValueError("not a pattern that a phone understands")
        if self.rewrite is not None and not re.fullmatch(r"[0-9A-D.*#+%]{1,64}", self.rewrite):
            raise ValueError("not a rewriting that a phone understands")


CATCH_ALL = DialRule("*", timeout=5)


def render_dial_template(rules: Sequence[DialRule], otherwise: DialRule = CATCH_ALL) -> bytes:
    """The template with those rules in their order and ``otherwise`` at the end, always small enough for a phone.

    Rules that do not fit are left out from the end; ``fitting_rules`` says which stay. A number whose rule is left
    out is still dialled, after the time-out of ``otherwise``.
    """
    return _render([*fitting_rules(rules, otherwise), otherwise])


def fitting_rules(rules: Sequence[DialRule], otherwise: DialRule = CATCH_ALL) -> Sequence[DialRule]:
    """The longest beginning of the rules that fits into a template."""
    fitting, too_many = 0, len(rules) + 1
    while too_many - fitting > 1:
        middle = (fitting + too_many) // 2
        if len(_render([*rules[:middle], otherwise])) <= LARGEST_TEMPLATE:
            fitting = middle
        else:
            too_many = middle
    return rules[:fitting]


def _render(rules: Sequence[DialRule]) -> bytes:
    root = etree.Element("dialTemplate")
    add(root, "versionStamp")
    for rule in rules:
        element = add(root, "TEMPLATE", match=rule.match, timeout=str(rule.timeout))
        if rule.rewrite is not None:
            element.set("rewrite", rule.rewrite)
        if rule.line is not None:
            element.set("line", str(rule.line))
    return stamped(root)
