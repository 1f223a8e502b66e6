"""What client and server agree on before the first block (RFC 2347 to 2349, RFC 7440).

A value that a server may lower is lowered to our limit (blksize, windowsize). One that it may only take or leave
(timeout), an unknown option and nonsense are left out of the answer, which means "not agreed". A read is never
refused for its options, but for the same option twice, which the RFC forbids.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from roamline.wires.tftp.packets import Options

DEFAULT_BLOCK_SIZE = 512
SMALLEST_BLOCK_SIZE = 8
LARGEST_BLOCK_SIZE = 65464


@dataclass(frozen=True, slots=True)
class TftpLimits:
    """What the server allows; the defaults suit phones on a LAN.

    ``burst`` bounds the bytes sent at once (window times block size). ``timeout`` is the wait before the first
    retransmission when the client asks for none; it doubles up to ``longest_timeout``. A client may ask for a fixed
    one of up to ``longest_timeout``. After ``tries`` transmissions without progress, or after ``longest_transfer``
    in all, the transfer is given up.
    """

    block_size: int = LARGEST_BLOCK_SIZE
    window_size: int = 16
    burst: int = 64 * 1024
    timeout: timedelta = timedelta(seconds=1)
    longest_timeout: timedelta = timedelta(seconds=8)
    tries: int = 5
    longest_transfer: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one transfer; ``answers`` is what the OACK says, empty when there is none to send."""

    block_size: int = DEFAULT_BLOCK_SIZE
    window_size: int = 1
    fixed_timeout: timedelta | None = None
    answers: Options = ()


def has_repeated_option(options: Options) -> bool:
    """Whether an option is given twice."""
    return len({name for name, _value in options}) != len(options)


def agree(options: Options, size: int, limits: TftpLimits) -> Terms:
    """The terms for a file of that many bytes, answers in the order asked."""
    asked = {name: number for name, value in options if (number := _number(value)) is not None}
    block_size = _block_size(asked.get("blksize"), limits)
    window_size = _window_size(asked.get("windowsize"), block_size or DEFAULT_BLOCK_SIZE, limits)
    timeout = _timeout(asked.get("timeout"), limits)
    agreed = {
        "blksize": block_size,
        "windowsize": window_size,
        "timeout": timeout,
        "tsize": size if "tsize" in asked else None,
    }
    answers = tuple((name, str(agreed[name])) for name, _ in options if agreed.get(name) is not None)
    return Terms(
        block_size or DEFAULT_BLOCK_SIZE,
        window_size or 1,
        timedelta(seconds=timeout) if timeout else None,
        answers,
    )


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 12 else None


def _block_size(asked: int | None, limits: TftpLimits) -> int | None:
    if asked is None or asked < SMALLEST_BLOCK_SIZE:
        return None
    return min(asked, limits.block_size, LARGEST_BLOCK_SIZE)


def _window_size(asked: int | None, block_size: int, limits: TftpLimits) -> int | None:
    if asked is None or asked < 1:
        return None
    return min(asked, limits.window_size, max(1, limits.burst // block_size))


def _timeout(asked: int | None, limits: TftpLimits) -> int | None:
    if asked is None or not 1 <= asked <= 255 or timedelta(seconds=asked) > limits.longest_timeout:
        return None
    return asked
