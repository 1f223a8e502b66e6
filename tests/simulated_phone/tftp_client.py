"""Reading a file by TFTP (RFC 1350), as phones do: octet mode, blocks of 512 bytes, no options."""

from __future__ import annotations

import socket
import struct

TIMEOUT = 2.0
TRIES = 4
LARGEST = 128 * 1024 * 1024


class TftpError(Exception):
    """The server's error, with its code; -1: it does not answer."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code = code


def read(host: str, port: int, name: str) -> bytes:
    """The file's content; TftpError when there is none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as own:
        own.settimeout(TIMEOUT)
        return _read(own, (host, port), name)


def _read(own: socket.socket, server: tuple[str, int], name: str) -> bytes:
    sent, to, content, expected = b"\0\1" + name.encode() + b"\0octet\0", server, b"", 1
    peer: tuple[str, int] | None = None
    while len(content) < LARGEST:
        datagram, sender = _exchange(own, sent, to, peer)
        peer = peer or sender
        operation, number = struct.unpack("!HH", datagram[:4])
        if operation == 5:
            raise TftpError(number, datagram[4:].rstrip(b"\0").decode("ascii", "replace"))
        if operation != 3:
            raise TftpError(4, f"unexpected operation {operation}")
        if number == expected % 65536:
            content += datagram[4:]
            expected += 1
        sent, to = b"\0\4" + struct.pack("!H", number), peer
        if len(datagram) < 516:
            own.sendto(sent, to)
            return content
    raise TftpError(3, "larger than this phone")


def _exchange(
    own: socket.socket, sent: bytes, to: tuple[str, int], peer: tuple[str, int] | None
) -> tuple[bytes, tuple[str, int]]:
    for _ in range(TRIES):
        own.sendto(sent, to)
        try:
            while True:
                datagram, sender = own.recvfrom(65536)
                if peer is None or sender[:2] == peer[:2]:
                    return datagram, sender
        except TimeoutError:
            continue
        except ConnectionRefusedError:
            break
    raise TftpError(-1, "no answer")
