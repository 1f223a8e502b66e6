"""Pattern syntax, its compilation to rows, and which of several matches is the closest (EM-40).

A pattern is a sequence of places: a literal digit, ``*``, ``#`` or leading ``+``; ``X`` (one digit); ``[2-9]`` or
``[^5]`` (one of, or one digit that is none of); ``!`` (one or more digits). One dot marks where a trunk that
discards digits cuts. A pattern becomes rows that SQL's ``LIKE`` can match on both databases, so Kamailio and the
analyser read the same thing.

The closest match is the pattern that matches the fewest numbers. For numbers of one length that is a sum over the
places, so it can be stored: 1000 for a literal, ``1000 - 1000·log10(n)`` for one of n, nothing for any digit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _

DIGITS = "0123456789"
SYMBOLS = "*#+"
MOST_TRANSLATIONS = 5
MOST_ROWS = 64
LITERAL = 1000

LONGEST_LEAD = 6
_TOKEN = re.compile(r"\[(?P<class>[^\[\]]*)\]|(?P<any>X)|(?P<many>!)|(?P<dot>\.)|(?P<literal>[0-9*#+])")
_CLASS = re.compile(r"(?P<first>[0-9])-(?P<last>[0-9])|(?P<one>[0-9*#])")
_NUMBER = re.compile(r"\+?[0-9*#]{1,24}")


@dataclass(frozen=True, slots=True)
class PatternRefused:
    """A pattern that cannot be compiled, and why, in words for the administrator."""

    reason: str


@dataclass(frozen=True, slots=True)
class CompiledRow:
    """One row of the compiled dial plan; ``strip`` is how many digits stand before the dot."""

    like_pattern: str
    specificity: int
    strip: int
    symbols: int

    @property
    def lead(self) -> str:
        """What a number must begin with, at most :data:`LONGEST_LEAD` characters: an index finds rows by it."""
        return re.split("[_%]", self.like_pattern, maxsplit=1)[0][:LONGEST_LEAD]


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a pattern: which characters fit; ``many`` for one or more digits."""

    characters: str
    many: bool = False

    @property
    def is_any_digit(self) -> bool:
        """Whether every digit fits, and nothing else."""
        return self.characters == DIGITS


@dataclass(frozen=True, slots=True)
class Match:
    """Something a dialled number could mean: ``search`` is 0 for the line's space and 1 for the device's.

    ``action`` is *number*, *trunk*, *block* or *translate*; ``sent_as`` is what a trunk is sent or a translation
    makes of the number, which is then looked up in ``next_css`` (0: where this one was). ``noun_id`` is the row's own.
    """

    search: int
    position: int
    specificity: int
    action: str
    partition: str
    pattern: str
    trunk: str = ""
    sent_as: str = ""
    next_css: int = 0
    noun_id: int = 0


def compile_pattern(pattern: str) -> list[CompiledRow] | PatternRefused:
    """The rows of a pattern: at most 64, else refused with the reason."""
    parsed = parse(pattern)
    if isinstance(parsed, PatternRefused):
        return parsed
    places, strip = parsed
    count = math.prod(1 if place.is_any_digit else len(place.characters) for place in places)
    if count > MOST_ROWS:
        text = _("Its choices make %(count)d combinations; at most %(most)d are allowed. Use X.")
        return PatternRefused(Wording(text, count=count, most=MOST_ROWS))
    specificity = sum(_closeness(place) for place in places)
    texts = ("".join(parts) for parts in product(*(_alternatives(place) for place in places)))
    return [CompiledRow(text, specificity, strip, _symbols(text)) for text in texts]


def parse(pattern: str) -> tuple[list[Place], int] | PatternRefused:
    """The places of a pattern and how many stand before its dot."""
    places: list[Place] = []
    dot: int | None = None
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None or (token["literal"] == "+" and at > 0):
            text = _("'%(character)s' cannot stand at place %(place)d.")
            return PatternRefused(Wording(text, character=pattern[at], place=at + 1))
        if token["dot"]:
            if dot is not None:
                return PatternRefused(_("Only one dot is allowed."))
            if any(place.many for place in places):
                return PatternRefused(_("No ! may stand before the dot: how many digits to discard would be unknown."))
            dot = len(places)
        else:
            place = _place(token)
            if place is None:
                text = _("%(listed)s is not a list of digits and ranges such as [2-9] or [^05].")
                return PatternRefused(Wording(text, listed=token[0]))
            places.append(place)
        at = token.end()
    if not places:
        return PatternRefused(_("A pattern needs at least one digit."))
    return places, dot or 0


def matches(row: CompiledRow, number: str) -> bool:
    """Whether a dialled number fits a row, by the same rule as Kamailio's SQL."""
    expression = re.escape(row.like_pattern).replace("_", ".").replace("%", ".*")
    return _symbols(number) == row.symbols and re.fullmatch(expression, number) is not None


def example_of(pattern: str) -> str:
    """A number that a pattern matches; empty when it cannot be compiled."""
    parsed = parse(pattern)
    return "" if isinstance(parsed, PatternRefused) else "".join(place.characters[0] for place in parsed[0])


def is_number(text: str) -> bool:
    """Whether a text can be dialled: 1 to 24 digits, ``*`` or ``#``, with an optional ``+`` in front."""
    return _NUMBER.fullmatch(text) is not None


def closest_first(candidates: Iterable[Match]) -> list[Match]:
    """Closest match first; between equally close ones the line's space, then the partition's place, decides."""
    return sorted(candidates, key=lambda match: (-match.specificity, match.search, match.position))


def exact_specificity(number: str) -> int:
    """How close a directory number is: every place is a literal."""
    return LITERAL * len(number)


def sent_as(number: str, strip: int, prefix: str) -> str:
    """What a trunk is sent for a dialled number, or what a translation makes of it."""
    return prefix + number[strip:]


def _place(token: re.Match[str]) -> Place | None:
    if token["any"] or token["many"]:
        return Place(DIGITS, many=bool(token["many"]))
    if token["literal"]:
        return Place(token["literal"])
    listed = token["class"]
    negated = listed.startswith("^")
    members = _members(listed[1:] if negated else listed)
    if negated and members is not None:
        members = "".join(digit for digit in DIGITS if digit not in members)
    return Place(members) if members else None


def _members(listed: str) -> str | None:
    found: set[str] = set()
    at = 0
    while at < len(listed):
        item = _CLASS.match(listed, at)
        if item is None:
            return None
        found |= {item["one"]} if item["one"] else set(DIGITS[int(item["first"]) : int(item["last"]) + 1])
        at = item.end()
    return "".join(sorted(found)) or None


def _closeness(place: Place) -> int:
    if place.many:
        return -1  # of two that match as many numbers of a length, the one of fixed length is closer
    return LITERAL - round(LITERAL * math.log10(len(place.characters)))


def _alternatives(place: Place) -> list[str]:
    if place.many:
        return ["_%"]
    return ["_"] if place.is_any_digit else list(place.characters)


def _symbols(text: str) -> int:
    return sum(text.count(symbol) for symbol in SYMBOLS)
