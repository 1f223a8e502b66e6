"""An invented USB headset's descriptors, laid out as real ones are. Only the standard library: the player of
test_udev.py reads this with the system's Python, too."""

import struct

VENDOR, PRODUCT = "Nordlyd", "Tala 40"
MICROPHONE, LOUDSPEAKER, HEADPHONES, HEADSET, LINE, STREAM = 0x0201, 0x0301, 0x0302, 0x0402, 0x0603, 0x0101
CONSUMER, LEDS, TELEPHONY = 0x0C, 0x08, 0x0B


def device_descriptor() -> bytes:
    return struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0, 0, 0, 64, 0xF055, 0x0040, 0x0150, 1, 2, 3, 1)


def interface(number: int, kind: int, subclass: int, endpoints: int = 0) -> bytes:
    return bytes([9, 4, number, 0, endpoints, kind, subclass, 0, 0])


def input_terminal(number: int, kind: int) -> bytes:
    return struct.pack("<BBBBHBBHBB", 12, 0x24, 2, number, kind, 0, 1, 0, 0, 0)


def output_terminal(number: int, kind: int, source: int) -> bytes:
    return struct.pack("<BBBBHBBB", 9, 0x24, 3, number, kind, 0, source, 0)


def audio_control(hears: int | None, speaks: int | None) -> bytes:
    """An audio control interface: speech from a terminal to the host, and from the host to a terminal."""
    units = b""
    if hears:
        units += input_terminal(1, hears) + output_terminal(2, STREAM, 1)
    if speaks:
        units += input_terminal(3, STREAM) + output_terminal(4, speaks, 3)
    header = struct.pack("<BBBHHBB", 9, 0x24, 1, 0x0100, 9 + len(units), 1, 1)
    return interface(0, 1, 1) + header + units


def audio_streaming(number: int, endpoint: int) -> bytes:
    general = bytes([7, 0x24, 1, number, 1, 1, 0])
    return interface(number, 1, 2, 1) + general + struct.pack("<BBBBHBBB", 9, 5, endpoint, 0x0D, 96, 1, 0, 0)


def hid_interface(number: int, report_length: int) -> bytes:
    hid = struct.pack("<BBHBBBH", 9, 0x21, 0x0111, 0, 1, 0x22, report_length)
    return interface(number, 3, 0, 1) + hid + bytes([7, 5, 0x83, 3, 16, 0, 4])


def descriptors(hears: int | None = MICROPHONE, speaks: int | None = HEADPHONES, *, has_keys: bool = True) -> bytes:
    """All descriptors of a device, as sysfs has them."""
    body = audio_control(hears, speaks) + audio_streaming(1, 0x01) + audio_streaming(2, 0x82)
    if has_keys:
        body += hid_interface(3, len(report_descriptor()))
    return device_descriptor() + struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), 4, 1, 0, 0x80, 50) + body


def report_descriptor(page: int = TELEPHONY) -> bytes:
    """A headset's keys: hook switch and mute as input, a ring light as output."""
    keys = bytes([0x05, page, 0x09, 0x05, 0xA1, 0x01, 0x85, 0x01, 0x15, 0x00, 0x25, 0x01])
    keys += bytes([0x09, 0x20, 0x09, 0x2F, 0x75, 0x01, 0x95, 0x02, 0x81, 0x22, 0x95, 0x06, 0x81, 0x03])
    lights = bytes([0x05, LEDS, 0x09, 0x18, 0x95, 0x01, 0x91, 0x22, 0x95, 0x07, 0x91, 0x03])
    return keys + lights + b"\xc0"
