"""TFTP without I/O: packets, option negotiation and one read transfer as a state machine.

RFC 1350 (the protocol), 2347 (options), 2348 (blksize), 2349 (timeout, tsize) and 7440 (windowsize). Only reading is
offered: phones fetch their files with it where they cannot use HTTP.
"""

from roamline.wires.tftp.negotiation import TftpLimits
from roamline.wires.tftp.packets import (
    Acknowledgement,
    Data,
    ErrorCode,
    ErrorPacket,
    MalformedPacket,
    OptionAcknowledgement,
    Packet,
    ReadRequest,
    WriteRequest,
    encode_packet,
    parse_packet,
)
from roamline.wires.tftp.requests import ACCESS_VIOLATION, BUSY, FILE_NOT_FOUND, UNKNOWN_TRANSFER, receive_request
from roamline.wires.tftp.transfer import TRANSITIONS, Event, ReadTransfer, State

__all__ = [
    "ACCESS_VIOLATION",
    "BUSY",
    "FILE_NOT_FOUND",
    "TRANSITIONS",
    "UNKNOWN_TRANSFER",
    "Acknowledgement",
    "Data",
    "ErrorCode",
    "ErrorPacket",
    "Event",
    "MalformedPacket",
    "OptionAcknowledgement",
    "Packet",
    "ReadRequest",
    "ReadTransfer",
    "State",
    "TftpLimits",
    "WriteRequest",
    "encode_packet",
    "parse_packet",
    "receive_request",
]
