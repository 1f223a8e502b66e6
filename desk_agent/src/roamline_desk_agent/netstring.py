"""Netstrings (`5:hello,`), the framing of baresip's ctrl_tcp module. Pure: bytes in, bytes out.

Framing: https://cr.yp.to/proto/netstrings.txt
"""

MOST_BYTES = 256 * 1024
MOST_DIGITS = len(str(MOST_BYTES))


class NetstringError(ValueError):
    """The other side broke the framing, or sent more than the limit."""


def encode(payload: bytes) -> bytes:
    """One netstring around `payload`."""
    return b"%d:%b," % (len(payload), payload)


class Decoder:
    """Collects bytes as they come and gives back whole payloads. Holds at most one unfinished netstring."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held = bytearray()

    def feed(self, arrived: bytes) -> list[bytes]:
        """The payloads that are now complete, in order. Raises NetstringError."""
        self._held += arrived
        complete = []
        while (payload := self._take()) is not None:
            complete.append(payload)
        return complete

    def _take(self) -> bytes | None:
        length = self._length()
        if length is None:
            return None
        start = self._held.index(b":") + 1
        if len(self._held) <= start + length:
            return None
        if self._held[start + length : start + length + 1] != b",":
            raise NetstringError("a netstring does not end with a comma")
        payload = bytes(self._held[start : start + length])
        del self._held[: start + length + 1]
        return payload

    def _length(self) -> int | None:
        digits, colon, _ = self._held[: MOST_DIGITS + 1].partition(b":")
        if not colon and len(digits) <= MOST_DIGITS and (not digits or digits.isdigit()):
            return None
        if not colon or not digits.isdigit():
            raise NetstringError("a netstring does not start with its length")
        if int(digits) > self._most_bytes:
            raise NetstringError(f"a netstring of {int(digits)} bytes is over the limit of {self._most_bytes}")
        return int(digits)
