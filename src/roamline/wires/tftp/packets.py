"""The six kinds of TFTP packet, both ways (RFC 1350 section 5, RFC 2347)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

LARGEST_REQUEST = 512
LARGEST_PACKET = 4 + 65464
LONGEST_MESSAGE = 200


class ErrorCode(IntEnum):
    """The error codes of RFC 1350 and RFC 2347."""

    NOT_DEFINED = 0
    FILE_NOT_FOUND = 1
    ACCESS_VIOLATION = 2
    DISK_FULL = 3
    ILLEGAL_OPERATION = 4
    UNKNOWN_TRANSFER = 5
    FILE_EXISTS = 6
    NO_SUCH_USER = 7
    OPTIONS_REFUSED = 8


Options = tuple[tuple[str, str], ...]


class MalformedPacket(ValueError):
    """The datagram is no TFTP packet."""


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A client asks for a file. Mode and names of options are lower-cased; options keep their order."""

    file_name: str
    mode: str = "octet"
    options: Options = ()


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """A client wants to send a file."""

    file_name: str
    mode: str = "octet"
    options: Options = ()


@dataclass(frozen=True, slots=True)
class Data:
    """One block of a file; a block shorter than agreed is the last. ``block`` is the number on the wire, 16 bits."""

    block: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """All blocks up to this one have arrived."""

    block: int


@dataclass(frozen=True, slots=True)
class ErrorPacket:
    """The transfer is over, badly. It is never answered."""

    code: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class OptionAcknowledgement:
    """The server agrees to these options, with these values."""

    options: Options


Packet = ReadRequest | WriteRequest | Data | Acknowledgement | ErrorPacket | OptionAcknowledgement


def encode_packet(packet: Packet) -> bytes:
    """The packet as a datagram."""
    match packet:
        case ReadRequest() | WriteRequest():
            operation = 1 if isinstance(packet, ReadRequest) else 2
            return struct.pack("!H", operation) + _strings(packet.file_name, packet.mode, *_flat(packet.options))
        case Data():
            return struct.pack("!HH", 3, packet.block) + packet.payload
        case Acknowledgement():
            return struct.pack("!HH", 4, packet.block)
        case ErrorPacket():
            return struct.pack("!HH", 5, packet.code) + _strings(packet.message[:LONGEST_MESSAGE])
        case OptionAcknowledgement():
            return struct.pack("!H", 6) + _strings(*_flat(packet.options))


def parse_packet(datagram: bytes) -> Packet:
    """Read a datagram; MalformedPacket when it is no TFTP packet or larger than one may be."""
    if not 2 <= len(datagram) <= LARGEST_PACKET:
        raise MalformedPacket("the size of no packet")
    operation = int.from_bytes(datagram[:2], "big")
    match operation:
        case 1 | 2:
            return _request(operation, datagram)
        case 3:
            return Data(_number(datagram), datagram[4:])
        case 4:
            return Acknowledgement(_number(datagram))
        case 5:
            return ErrorPacket(_number(datagram), _error_message(datagram[4:]))
        case 6:
            return OptionAcknowledgement(_pairs(_split(datagram[2:])))
        case _:
            raise MalformedPacket("an unknown operation")


def _strings(*texts: str) -> bytes:
    return b"".join(text.encode("ascii", errors="replace").replace(b"\0", b"?") + b"\0" for text in texts)


def _flat(options: Options) -> list[str]:
    return [text for option in options for text in option]


def _number(datagram: bytes) -> int:
    if len(datagram) < 4:
        raise MalformedPacket("too short")
    return int.from_bytes(datagram[2:4], "big")


def _request(operation: int, datagram: bytes) -> ReadRequest | WriteRequest:
    if len(datagram) > LARGEST_REQUEST:
        raise MalformedPacket(f"a request of more than {LARGEST_REQUEST} bytes")
    texts = _split(datagram[2:])
    if len(texts) < 2:
        raise MalformedPacket("a request without a file name or a mode")
    kind = ReadRequest if operation == 1 else WriteRequest
    return kind(texts[0], texts[1].lower(), _pairs(texts[2:]))


def _split(payload: bytes) -> list[str]:
    """The zero-terminated ASCII texts of a payload."""
    if not payload:
        return []
    if not payload.endswith(b"\0"):
        raise MalformedPacket("a text without its end")
    try:
        return [text.decode("ascii") for text in payload[:-1].split(b"\0")]
    except UnicodeDecodeError:
        raise MalformedPacket("a text that is not ASCII") from None


def _pairs(texts: list[str]) -> Options:
    if len(texts) % 2:
        raise MalformedPacket("an option without its value")
    return tuple((name.lower(), value) for name, value in zip(texts[::2], texts[1::2], strict=True))


def _error_message(payload: bytes) -> str:
    """Free text of a client, for a log: shortened, with nothing in it that could forge a line."""
    text = payload.split(b"\0", 1)[0][:LONGEST_MESSAGE].decode("ascii", errors="replace")
    return "".join(character if character.isprintable() else "?" for character in text)
