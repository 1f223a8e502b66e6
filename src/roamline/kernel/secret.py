"""A value that must never be seen in a log, a trace or a stack frame's repr."""

from __future__ import annotations

import hmac


class Secret:
    """Wraps a PIN, password or key: ``repr`` and ``str`` are ``***``; ``reveal()`` gives the value.

    Comparison takes constant time, so that a secret can be compared with one that an outsider sent.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself; call it only where it is used up (hashing, comparing, sending to its owner)."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a Secret is not to be pickled")
