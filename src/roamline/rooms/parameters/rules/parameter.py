"""What a parameter is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

CLUSTER, NODE = "cluster", "node"


class InvalidValue(ValueError):
    """A value that a parameter does not take; the message says what it takes."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: ``parse`` turns its text into the value that the code uses, or raises InvalidValue.

    ``values`` says in words what it takes, where ``choices`` does not; a parameter of scope ``node`` has a value on
    each node, one of scope ``cluster`` has one for all; an ``advanced`` one is shown only when all are asked for;
    one that ``needs_apply`` is saved first and takes effect with *Apply config*.
    """

    service: str
    name: str
    default: str
    help: str
    parse: Callable[[str], object]
    choices: tuple[str, ...] = ()
    advanced: bool = False
    scope: str = CLUSTER
    values: str = ""
    needs_apply: bool = False
