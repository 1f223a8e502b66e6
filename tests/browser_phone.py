"""The small SIP phone over WebSocket."""

from __future__ import annotations

import socket

from tests.sip_client import WAIT, SipPhone
from tests.sip_message import parse


class BrowserPhone(SipPhone):
    """The same over WebSocket (RFC 7118): its contact is a name that nobody can resolve."""

    def __init__(self, server: tuple[str, int], device: str, secret: str, realm: str = "roamline") -> None:
        super().__init__(server, device, secret, realm)
        self.socket.close()
        self.socket = socket.create_connection(server, timeout=WAIT)
        self.host, self.via = f"{device.lower()}.invalid;transport=ws", f"WS {device.lower()}.invalid"
        self.socket.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://x\r\n"
            b"Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        self.pending = b""
        while b"\r\n\r\n" not in self.pending:
            self.pending += self.socket.recv(4096)
        head, _, self.pending = self.pending.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head

    def send(self, text: str) -> None:
        payload = text.encode()
        length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
        self.socket.sendall(b"\x81" + length + bytes(4) + payload)

    def take_one(self) -> None:
        self.pending += self.socket.recv(65535)
        while (frame := self._frame()) is not None:
            code, payload = frame
            if code in (1, 2) and payload.strip():
                self.take(parse(payload))

    def _frame(self) -> tuple[int, bytes] | None:
        if len(self.pending) < 4:
            return None
        length, start = self.pending[1] & 0x7F, 2
        if length == 126:
            length, start = int.from_bytes(self.pending[2:4], "big"), 4
        if len(self.pending) < start + length:
            return None
        code, payload = self.pending[0] & 0x0F, self.pending[start : start + length]
        self.pending = self.pending[start + length :]
        return code, payload


class WebRtcPhone(BrowserPhone):
    """The same as browsers are: it says so when it registers, and offers and takes DTLS-SRTP with ICE only."""

    def register(self, line: str, expires: int = 60, secret: str | None = None, contact: str | None = None) -> int:
        return super().register(
            line, expires, secret, contact or f"<sip:{line}@{self.host}>;+sip.ice;expires={expires}"
        )

    def sdp(self, direction: str = "") -> str:
        fingerprint = ":".join(["AB"] * 32)
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
            "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:0 PCMU/8000\r\na=mid:0\r\n"
            f"a={direction or 'sendrecv'}\r\na=ice-ufrag:abcd\r\na=ice-pwd:{'x' * 24}\r\n"
            f"a=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\na=rtcp-mux\r\n"
            "a=candidate:1 1 udp 2113937151 127.0.0.1 40000 typ host\r\n"
        )
