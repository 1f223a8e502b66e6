"""Server-Sent Events, as they arrive in pieces. Pure: bytes in, events out.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream (without `retry`).
"""

from dataclasses import dataclass

MOST_BYTES = 256 * 1024


class TooLongError(ValueError):
    """The server sent an event that is over the limit."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event: its name (`message` when the server gave none), its data, and the last id seen."""

    name: str
    data: str
    last_id: str


class EventStream:
    """Collects bytes and gives back whole events; comments and unknown fields vanish."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held = b""
        self._name = ""
        self._data: list[str] = []
        self._size = 0
        self._last_id = ""

    def feed(self, arrived: bytes) -> list[ServerEvent]:
        """The events that are now complete, in order. Raises TooLongError."""
        # A CR at the very end may be half of a CRLF: it waits for the next piece.
        held = self._held + arrived
        tail = b"\r" if held.endswith(b"\r") else b""
        whole = held.removesuffix(tail).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = whole.split(b"\n")
        self._held = rest + tail
        if len(self._held) > self._most_bytes:
            raise TooLongError(f"a line of the event stream is over {self._most_bytes} bytes")
        return [event for line in lines if (event := self._line(line)) is not None]

    def _line(self, line: bytes) -> ServerEvent | None:
        if not line:
            return self._dispatch()
        self._size += len(line)
        if self._size > self._most_bytes:
            raise TooLongError(f"an event is over {self._most_bytes} bytes")
        name, _, value = line.decode("utf-8", "replace").partition(":")
        self._field(name, value.removeprefix(" "))
        return None

    def _field(self, name: str, value: str) -> None:
        match name:
            case "event":
                self._name = value
            case "data":
                self._data.append(value)
            case "id" if "\0" not in value:
                self._last_id = value

    def _dispatch(self) -> ServerEvent | None:
        event = ServerEvent(self._name or "message", "\n".join(self._data), self._last_id) if self._data else None
        self._name, self._data, self._size = "", [], 0
        return event
