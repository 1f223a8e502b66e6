"""The first datagram: is it a read that can be served, and if not, what is answered?

``netascii`` is accepted and served byte for byte like ``octet``: phones' files are UTF-8 with line feeds, every known
phone asks for octet, and translating would make the announced size wrong. The obsolete ``mail`` mode is refused.
"""

from __future__ import annotations

from roamline.wires.file_names import is_safe_file_name
from roamline.wires.tftp.negotiation import has_repeated_option
from roamline.wires.tftp.packets import (
    ErrorCode,
    ErrorPacket,
    MalformedPacket,
    ReadRequest,
    WriteRequest,
    parse_packet,
)

FILE_NOT_FOUND = ErrorPacket(ErrorCode.FILE_NOT_FOUND, "File not found")
ACCESS_VIOLATION = ErrorPacket(ErrorCode.ACCESS_VIOLATION, "Access violation")
UNKNOWN_TRANSFER = ErrorPacket(ErrorCode.UNKNOWN_TRANSFER, "Unknown transfer")
BUSY = ErrorPacket(ErrorCode.NOT_DEFINED, "Busy, please try again")

_MODES = frozenset({"octet", "netascii"})
_ILLEGAL = ErrorPacket(ErrorCode.ILLEGAL_OPERATION, "Illegal TFTP operation")
_READ_ONLY = ErrorPacket(ErrorCode.ACCESS_VIOLATION, "This server is read-only")
_BAD_NAME = ErrorPacket(ErrorCode.ACCESS_VIOLATION, "Not a name of a file here")
_BAD_OPTIONS = ErrorPacket(ErrorCode.OPTIONS_REFUSED, "An option is given twice")


def receive_request(datagram: bytes) -> ReadRequest | ErrorPacket | None:
    """Read what came to the server's port: a read to serve, an error to send back, or None for silence.

    Silence is the answer to packets that are themselves answers, so that two servers never talk to each other. The
    file name of a ReadRequest is safe to look up (no way out of a folder, at most 128 plain characters).
    """
    try:
        packet = parse_packet(datagram)
    except MalformedPacket:
        return _ILLEGAL if datagram[:2] in (b"\0\1", b"\0\2") else None
    match packet:
        case WriteRequest():
            return _READ_ONLY
        case ReadRequest():
            return _refusal_of(packet) or packet
        case _:
            return None


def _refusal_of(request: ReadRequest) -> ErrorPacket | None:
    if request.mode not in _MODES:
        return _ILLEGAL
    if not is_safe_file_name(request.file_name):
        return _BAD_NAME
    return _BAD_OPTIONS if has_repeated_option(request.options) else None
