"""The USB devices there are now, read from sysfs (Linux). No permission is needed: everybody may read these files.

Files: Documentation/ABI/testing/sysfs-bus-usb and sysfs-driver-hid of the Linux kernel.
"""

import os
from itertools import islice
from pathlib import Path

from roamline_desk_agent.usb_device import UsbDevice

ROOT = Path("/")
DEVICES = "sys/bus/usb/devices"
MOST_DEVICES = 256
MOST_PARTS = 32
MOST_BYTES = 64 * 1024


def read_devices(root: Path = ROOT) -> list[UsbDevice]:
    """At most 256 devices, by name; one that goes away meanwhile may be there in part or not at all."""
    try:
        names = sorted(path.name for path in (root / DEVICES).iterdir() if ":" not in path.name)
    except OSError:
        return []
    return [_device(root / DEVICES / name, root / "dev/snd") for name in names[:MOST_DEVICES]]


def _device(folder: Path, sound: Path) -> UsbDevice:
    interfaces = _parts(folder, f"{folder.name}:*")
    return UsbDevice(
        name=folder.name,
        serial=_text(folder / "serial"),
        vendor=_text(folder / "manufacturer"),
        product=_text(folder / "product"),
        ids=f"{_text(folder / 'idVendor')}:{_text(folder / 'idProduct')}",
        bcd_device=_text(folder / "bcdDevice"),
        descriptors=_bytes(folder / "descriptors"),
        report_descriptors=tuple(_bytes(each) for part in interfaces for each in _parts(part, "*/report_descriptor")),
        card=next((card for part in interfaces if (card := _card(part, sound))), ""),
    )


def _card(interface: Path, sound: Path) -> str:
    for card in _parts(interface, "sound/card*"):
        streams = [sound / each.name for way in "pc" for each in _parts(card, f"pcmC*{way}")[:1]]
        if len(streams) == 2 and all(os.access(each, os.R_OK | os.W_OK) for each in streams):
            return _text(card / "id")
    return ""


def _parts(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(islice(folder.glob(pattern), MOST_PARTS))
    except OSError:
        return []


def _text(file: Path) -> str:
    return _bytes(file).decode("utf-8", "replace").rstrip("\n")


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES)
    except OSError:
        return b""
