"""A refusal is a value: it travels from the rule that decides it to the door that words it."""

from __future__ import annotations

from dataclasses import dataclass

from roamline.kernel.errors import Error


@dataclass(frozen=True, slots=True)
class Refused:
    """The request was understood and is refused.

    ``error`` is what the outside is told; ``reason`` is the true reason, for the audit and administrators.
    """

    error: Error
    reason: str = ""
