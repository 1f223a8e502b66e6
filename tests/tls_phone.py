"""A phone over TLS, on one connection that it keeps open: messages are told apart by their Content-Length."""

from __future__ import annotations

import re
import socket
import ssl

from tests.sip_client import WAIT, SipPhone
from tests.sip_message import parse

_LENGTH = re.compile(rb"\r\nContent-Length: *(\d+)", re.IGNORECASE)


class TlsPhone(SipPhone):
    """Like a SipPhone; trusts what ``trust`` trusts."""

    def __init__(self, server: tuple[str, int], device: str, secret: str, trust: ssl.SSLContext) -> None:
        secured = trust.wrap_socket(socket.create_connection(server, timeout=WAIT), server_hostname=server[0])
        super().__init__(server, device, secret)
        self.socket.close()
        self.socket = secured
        self.port = self.socket.getsockname()[1]
        self.host, self.via = f"127.0.0.1:{self.port};transport=tls", f"TLS 127.0.0.1:{self.port}"
        self.pending = b""

    def send(self, text: str) -> None:
        self.socket.sendall(text.encode())

    def take_one(self) -> None:
        self.socket.settimeout(0)  # what came may be TLS's own business, and then there is nothing to read
        try:
            self.pending += self.socket.recv(65535)
        except ssl.SSLWantReadError:
            return
        finally:
            self.socket.settimeout(WAIT)
        while (end := self.pending.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self.pending[: end + 2])
            whole = end + 4 + (int(length.group(1)) if length else 0)
            if len(self.pending) < whole:
                return
            message, self.pending = self.pending[:whole], self.pending[whole:]
            if message.strip():
                self.take(parse(message))
