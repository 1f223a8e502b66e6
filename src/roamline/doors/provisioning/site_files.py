"""The files that are the same for every phone: the one for unknown phones, and the dial template."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings

from roamline.doors.provisioning.device_files import call_managers
from roamline.platform import sql
from roamline.rooms.phones import addressing, files
from roamline.wires import cnf_xml
from roamline.wires.cnf_xml import DialRule

_LENGTHS = """
SELECT SUBSTR(pattern, 1, 1), LENGTH(pattern) FROM dialplan_directorynumber
GROUP BY SUBSTR(pattern, 1, 1), LENGTH(pattern)
"""
_FIRST_SYMBOLS = """
SELECT SUBSTR(pattern, 1, 1) FROM dialplan_routepattern
UNION SELECT SUBSTR(pattern, 1, 1) FROM dialplan_translationpattern
"""
_STARTING_WITH = "SELECT pattern FROM dialplan_directorynumber WHERE pattern LIKE %s LIMIT 1"

_MODELS = {number: model for model, number in cnf_xml.MODEL_NUMBERS.items()}
LATER = 3
"""Seconds to wait for another digit when a number is also the beginning of a longer one."""


def default_file(mode: str = addressing.BOTH) -> bytes:
    """``XMLDefault.cnf.xml``: the servers, and the firmware that is really served."""
    loads = {_MODELS[number]: load for number, load in files.served_loads().items() if number in _MODELS}
    authentication = f"{addressing.own_base_url(mode)}/authenticate"
    return cnf_xml.render_default_file(call_managers((), mode), loads, authentication_url=authentication)


def dial_template() -> bytes:
    """The dial template: emergency numbers at once, internal numbers as soon as they are complete."""
    emergency = [n for n in str(settings.CONFIG["call_control.emergency_numbers"]).split(";") if n.strip()]
    lengths = [(str(first), int(length)) for first, length in sql.rows(_LENGTHS)]
    open_symbols = {str(first) for (first,) in sql.rows(_FIRST_SYMBOLS)}
    rules = [*_emergency(emergency), *_internal(lengths, open_symbols)]
    return cnf_xml.render_dial_template(rules)


def _emergency(numbers: Iterable[str]) -> list[DialRule]:
    return [DialRule(_literal(number), LATER if sql.row(_STARTING_WITH, [f"{number}_%"]) else 0) for number in numbers]


def _internal(lengths: list[tuple[str, int]], open_symbols: set[str]) -> list[DialRule]:
    """One rule for a first digit whose numbers all have one length and that no pattern begins with."""
    by_first: dict[str, set[int]] = defaultdict(set)
    for first, length in lengths:
        by_first[first].add(length)
    anything = bool(open_symbols - set("+*#0123456789"))  # a pattern that begins with X or a set may mean any digit
    complete = {} if anything else {f: n for f, n in by_first.items() if f.isdigit() and f not in open_symbols}
    return [
        DialRule(first + "." * (next(iter(found)) - 1)) for first, found in sorted(complete.items()) if len(found) == 1
    ]


def _literal(number: str) -> str:
    return number.strip().replace("*", "\\*")
