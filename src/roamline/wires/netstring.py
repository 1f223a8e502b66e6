"""Netstrings: ``5:hello,``. Kamailio's evapi and baresip's ctrl_tcp frame their JSON with them.

A stream has no resynchronisation point, so a framing error is final: close the connection and open a new one. The
framing is D. J. Bernstein's; leading zeros in a length are refused, as his definition says.
"""

from __future__ import annotations

DEFAULT_LIMIT = 256 * 1024


class NetstringError(ValueError):
    """The stream is not made of netstrings, or one is larger than agreed. The text never quotes the stream."""


def encode_netstring(payload: bytes) -> bytes:
    """The payload in its frame."""
    return b"%d:%b," % (len(payload), payload)


class NetstringDecoder:
    """Cuts a byte stream into payloads, whatever pieces it arrives in.

    It never holds more than one frame of ``limit`` bytes and what came with it; a larger one is refused when its
    length is read, before its payload.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._limit = limit
        self._longest_length = len(str(limit))
        self._pending = bytearray()
        self._broken = False

    def feed(self, received: bytes) -> list[bytes]:
        """Take what was received; return the payloads that are now complete, in order.

        Raises NetstringError on a framing error, and on every call after it. Payloads completed by the very call that
        meets the error are lost with the connection.
        """
        if self._broken:
            raise NetstringError("the stream is already broken")
        self._pending += received
        try:
            return self._complete()
        except NetstringError:
            self._broken = True
            self._pending.clear()
            raise

    @property
    def is_between_frames(self) -> bool:
        """Whether the stream may end here without anything being cut off."""
        return not self._pending and not self._broken

    def _complete(self) -> list[bytes]:
        payloads = []
        at = 0
        while (frame := self._frame(at)) is not None:
            start, end = frame
            payloads.append(bytes(self._pending[start:end]))
            at = end + 1
        del self._pending[:at]
        return payloads

    def _frame(self, at: int) -> tuple[int, int] | None:
        """Start and end of the payload of the frame at that place; None while it is incomplete."""
        colon = self._pending.find(b":", at, at + self._longest_length + 1)
        digits = self._pending[at : colon if colon >= 0 else at + self._longest_length + 1]
        self._check_length(digits, is_whole=colon >= 0)
        if colon < 0:
            return None
        start, end = colon + 1, colon + 1 + int(digits)
        if len(self._pending) <= end:
            return None
        if self._pending[end] != ord(","):
            raise NetstringError("a netstring does not end with a comma")
        return start, end

    def _check_length(self, digits: bytearray, *, is_whole: bool) -> None:
        if digits and not digits.isdigit():
            raise NetstringError("a length is not a number")
        if is_whole and not digits:
            raise NetstringError("a length is missing")
        if len(digits) > 1 and digits.startswith(b"0"):
            raise NetstringError("a length has leading zeros")
        if len(digits) > self._longest_length or (digits and int(digits) > self._limit):
            raise NetstringError(f"a netstring of more than {self._limit} bytes")
