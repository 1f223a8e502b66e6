"""A load generator that costs little: raw sockets, keep-alive, one thread, nothing of Roamline imported.

``python load.py HOST PORT CONNECTIONS`` reads one request target per line from standard input, sends each once over
the given number of connections as fast as they are answered, and prints JSON: seconds in all, seconds of each
request in order of completion, and how often each marker was in an answer.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

MARKERS = (b"Login successful", b"unavailable", b"Please try", b"Not Allowed")


@dataclass(slots=True)
class Connection:
    """One keep-alive connection with at most one request on its way."""

    socket: socket.socket
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def send(self, target: str) -> None:
        """Send a GET as a phone does."""
        self.received.clear()
        self.sent_at = time.perf_counter()
        self.socket.sendall(f"GET {target} HTTP/1.1\r\nHost: phones\r\nAccept-Language: en\r\n\r\n".encode())

    def answer(self) -> bytes | None:
        """The whole answer once it is there."""
        self.received += self.socket.recv(65_536) or _closed()
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = next(
            int(line[15:]) for line in bytes(head).lower().split(b"\r\n") if line.startswith(b"content-length")
        )
        return bytes(self.received) if len(body) >= length else None


def _closed() -> bytes:
    raise ConnectionError("the server closed the connection")


def drive(host: str, port: int, connections: int, targets: list[str]) -> dict[str, object]:
    """Send every target once."""
    waiting = iter(targets)
    selector = selectors.DefaultSelector()
    opened = [Connection(socket.create_connection((host, port))) for _ in range(min(connections, len(targets)))]
    for each in opened:
        each.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(each.socket, selectors.EVENT_READ, each)
    seconds: list[float] = []
    seen: Counter[str] = Counter()
    began = time.perf_counter()
    for each in opened:
        each.send(next(waiting))
    while len(seconds) < len(targets):
        for key, _ in selector.select(30):
            connection: Connection = key.data
            answer = connection.answer()
            if answer is None:
                continue
            seconds.append(time.perf_counter() - connection.sent_at)
            seen.update([_marker(answer)])
            target = next(waiting, None)
            if target is not None:
                connection.send(target)
    return {"elapsed": time.perf_counter() - began, "seconds": seconds, "answers": seen}


def _marker(answer: bytes) -> str:
    status = answer[9:12].decode()
    return next((marker.decode() for marker in MARKERS if marker in answer), f"HTTP {status}")


if __name__ == "__main__":
    print(json.dumps(drive(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.stdin.read().split())))
