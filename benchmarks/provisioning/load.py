"""The load: wrk for HTTP, and small clients of our own where each file is fetched once, or by TFTP."""

from __future__ import annotations

import http.client
import re
import selectors
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

WRK_SCRIPT = """
local names, at = {{{names}}}, 0
request = function()
  at = at % #names + 1
  return wrk.format("GET", "/" .. names[at], {headers})
end
done = function(summary, latency, requests)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.status + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d %d\\n", summary.requests, summary.duration, bad,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
"""
RESULT = re.compile(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: files, seconds, and percentiles of the time for one file in milliseconds."""

    files: int
    seconds: float
    p50: float
    p95: float
    p99: float

    @property
    def rate(self) -> float:
        """Files per second."""
        return self.files / self.seconds


def http_load(wrk: str, folder: Path, port: int, names: list[str], seconds: float, *, keeps: bool) -> Measured:
    """As many files as go in that time over 8 connections; without ``keeps`` every file has a connection of its own."""
    script = folder / f"{port}-{keeps}.lua"
    headers = "{}" if keeps else '{["Connection"] = "close"}'
    quoted = ", ".join(f'"{name}"' for name in names)
    script.write_text(WRK_SCRIPT.format(names=quoted, headers=headers))
    command = [wrk, "-t1", "-c8", f"-d{seconds}s", "--timeout", "10s", "-s", str(script), f"http://127.0.0.1:{port}"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = RESULT.search(printed)
    assert found, printed
    files, micros, bad, *percentiles = (int(text) for text in found.groups())
    assert bad == 0, f"{bad} fetches failed"
    return Measured(files, micros / 1e6, *(value / 1000 for value in percentiles))


def http_once_each(port: int, names: list[str]) -> Measured:
    """Each file once, 8 at a time, each over a connection of its own."""

    def fetch(name: str) -> float:
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", f"/{name}", headers={"Connection": "close"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200, answer.status
        return time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        times = list(pool.map(fetch, names))
    return _measured(times, time.perf_counter() - began)


def tftp_load(port: int, names: list[str], sizes: dict[str, int], at_once: int = 8) -> Measured:
    """Each file once, ``at_once`` at a time, in blocks of 512 bytes as phones ask for them; nothing may be lost."""
    waiting = iter(names)
    selector = selectors.DefaultSelector()
    times: list[float] = []
    began = time.perf_counter()
    under_way = sum(1 for _ in range(at_once) if _begin(selector, port, waiting))
    while under_way:
        events = selector.select(5)
        assert events, "a transfer stopped"
        for key, _mask in events:
            transfer: _Transfer = key.data
            if transfer.receive():
                assert transfer.size == sizes[transfer.name], transfer.name
                times.append(time.perf_counter() - transfer.began)
                selector.unregister(transfer.socket)
                transfer.socket.close()
                under_way -= 0 if _begin(selector, port, waiting) else 1
    selector.close()
    return _measured(times, time.perf_counter() - began)


def _begin(selector: selectors.BaseSelector, port: int, waiting: Iterator[str]) -> bool:
    name = next(waiting, None)
    if name is None:
        return False
    transfer = _Transfer(name, port)
    selector.register(transfer.socket, selectors.EVENT_READ, transfer)
    return True


class _Transfer:
    def __init__(self, name: str, port: int) -> None:
        self.name, self.size, self._expected = name, 0, 1
        self.began = time.perf_counter()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.sendto(b"\0\1" + name.encode() + b"\0octet\0", ("127.0.0.1", port))

    def receive(self) -> bool:
        """Take one block and acknowledge it; whether it was the last."""
        datagram, sender = self.socket.recvfrom(1024)
        assert datagram[:2] == b"\0\3", datagram
        if int.from_bytes(datagram[2:4], "big") == self._expected % 65536:
            self.size += len(datagram) - 4
            self._expected += 1
        self.socket.sendto(b"\0\4" + datagram[2:4], sender)
        return len(datagram) < 516


def _measured(times: list[float], seconds: float) -> Measured:
    cuts = statistics.quantiles(times, n=100)
    return Measured(len(times), seconds, cuts[49] * 1000, cuts[94] * 1000, cuts[98] * 1000)
