"""Which usage pages a HID report descriptor speaks of. Pure: bytes in, numbers out.

Format: Device Class Definition for Human Interface Devices 1.11, chapter 6.2.2; page numbers: HID Usage Tables 1.4.
"""

from collections.abc import Iterator

TELEPHONY = 0x0B
LONG_ITEM = 0xFE
SIZES = (0, 1, 2, 4)
GLOBAL, LOCAL = 1, 2
USAGE_PAGE, USAGE = 0, 0


def usage_pages(descriptor: bytes) -> frozenset[int]:
    """All usage pages named; a descriptor that ends in the middle of an item is read up to there."""
    pages = set()
    for kind, tag, data in _items(descriptor):
        value = int.from_bytes(data, "little")
        if (kind, tag) == (GLOBAL, USAGE_PAGE) and data:
            pages.add(value & 0xFFFF)
        elif (kind, tag) == (LOCAL, USAGE) and len(data) == 4:
            pages.add(value >> 16)  # a four-byte usage carries its page in the upper half
    return frozenset(pages)


def _items(descriptor: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Type, tag and data of each short item; long items are reserved and skipped."""
    position = 0
    while position < len(descriptor):
        prefix = descriptor[position]
        if prefix == LONG_ITEM:
            position += 3 + (descriptor[position + 1] if position + 1 < len(descriptor) else 0)
            continue
        end = position + 1 + SIZES[prefix & 3]
        if end > len(descriptor):
            return
        yield (prefix >> 2) & 3, prefix >> 4, descriptor[position + 1 : end]
        position = end
