"""Fetching files: every one by HTTP on the files port first, then by TFTP."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field

from tests.simulated_phone import tftp_client
from tests.simulated_phone.conflicts import Conflicts


class NotFetched(Exception):
    """A file that the phone needs is not there."""


@dataclass
class FileServer:
    """Where this phone fetches files, and what it fetched: (name, how), how is ``http``, ``tftp`` or ``missing``."""

    host: str
    http_port: int
    tftp_port: int
    conflicts: Conflicts = field(default_factory=Conflicts)
    fetched: list[tuple[str, str]] = field(default_factory=list)

    def fetch(self, name: str) -> bytes | None:
        """The file, or None when there is none."""
        status, content = self._by_http(name)
        if status == 200:
            self.fetched.append((name, "http"))
            return content
        if status == 404 and not self.conflicts.falls_back_after_404:
            self.fetched.append((name, "missing"))
            return None
        try:
            content = tftp_client.read(self.host, self.tftp_port, name)
        except tftp_client.TftpError:
            self.fetched.append((name, "missing"))
            return None
        self.fetched.append((name, "tftp"))
        return content

    def must_fetch(self, name: str) -> bytes:
        """The file; NotFetched when there is none."""
        content = self.fetch(name)
        if content is None:
            raise NotFetched(name)
        return content

    def _by_http(self, name: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.host, self.http_port, timeout=10)
        try:
            connection.request("GET", f"/{name}", headers={"User-Agent": "Cisco/SIPPhone", "Connection": "close"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 0, b""
        finally:
            connection.close()
