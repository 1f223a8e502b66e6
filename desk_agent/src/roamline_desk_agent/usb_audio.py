"""What a USB device can do with sound, told from its descriptors. Pure: bytes in, facts out.

Formats: Universal Serial Bus 2.0, chapter 9.6; USB Audio Class 1.0 (4.3.2) and 2.0 (4.7.2), whose terminals begin
alike; terminal numbers: USB Device Class Definition for Terminal Types 1.0.
"""

from collections.abc import Iterator
from dataclasses import dataclass

INTERFACE, CLASS_SPECIFIC_INTERFACE = 0x04, 0x24
AUDIO, AUDIO_CONTROL = 0x01, 0x01
INPUT_TERMINAL, OUTPUT_TERMINAL = 0x02, 0x03
# The upper byte of a terminal type. Line connectors (06) are no part of a person, streams to the host are 01.
INPUTS, OUTPUTS, BOTH = 0x02, 0x03, 0x04


@dataclass(frozen=True, slots=True)
class Audio:
    """Whether a person can speak into the device and hear it."""

    has_microphone: bool
    has_earpiece: bool

    @property
    def is_two_way(self) -> bool:
        """As a headset is."""
        return self.has_microphone and self.has_earpiece


def read_audio(descriptors: bytes) -> Audio:
    """From a device's descriptors, one after the other, as sysfs has them; what is cut off counts as not there."""
    inputs: set[int] = set()
    outputs: set[int] = set()
    in_audio_control = False
    for kind, body in _descriptors(descriptors):
        if kind == INTERFACE:
            in_audio_control = len(body) >= 7 and (body[5], body[6]) == (AUDIO, AUDIO_CONTROL)
        elif kind == CLASS_SPECIFIC_INTERFACE and in_audio_control and len(body) >= 6:
            terminals = {INPUT_TERMINAL: inputs, OUTPUT_TERMINAL: outputs}.get(body[2])
            if terminals is not None:
                terminals.add(body[5])
    return Audio(bool(inputs & {INPUTS, BOTH}), bool(outputs & {OUTPUTS, BOTH}))


def _descriptors(whole: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and all bytes of each descriptor, up to the first that cannot be one."""
    position = 0
    while position + 2 <= len(whole):
        length = whole[position]
        if length < 2 or position + length > len(whole):
            return
        yield whole[position + 1], whole[position : position + length]
        position += length
