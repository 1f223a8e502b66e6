"""Is this USB device a headset, and which? Pure."""

import re
from dataclasses import dataclass

from roamline_desk_agent.headset import Headset, HeadsetError, Unusable, clean, read_serial
from roamline_desk_agent.hid_report import TELEPHONY, usage_pages
from roamline_desk_agent.usb_audio import read_audio

BCD = re.compile(r"[0-9]{4}")
CARD = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """What sysfs says about one USB device. `card` is the id of its ALSA card, when that can play
    and record and we may use it; else empty."""

    name: str
    serial: str = ""
    vendor: str = ""
    product: str = ""
    ids: str = ""
    bcd_device: str = ""
    descriptors: bytes = b""
    report_descriptors: tuple[bytes, ...] = ()
    card: str = ""


def is_headset(device: UsbDevice) -> bool:
    """Whether it has telephony keys (HID usage page 0B), or a microphone and an earpiece."""
    has_keys = any(TELEPHONY in usage_pages(each) for each in device.report_descriptors)
    return has_keys or read_audio(device.descriptors).is_two_way


def judge(device: UsbDevice) -> Headset | Unusable | None:
    """The headset this device is; why it cannot be somebody's; or None: it is no headset."""
    if not is_headset(device):
        return None
    model = clean(device.product) or f"USB device {clean(device.ids)}"
    try:
        serial = read_serial(device.serial)
    except HeadsetError as trouble:
        return Unusable(model, str(trouble))
    return Headset(serial, model, clean(device.vendor), firmware_of(device.bcd_device))


def firmware_of(bcd_device: str) -> str:
    """`0150` is release 1.50 (USB 2.0, 9.6.1: binary-coded decimal); anything else stays as it is."""
    if not BCD.fullmatch(bcd_device):
        return clean(bcd_device, 16)
    return f"{int(bcd_device[:2])}.{bcd_device[2:]}"


def card_of(device: UsbDevice) -> str:
    """The ALSA card's id, when it is one that can be named to baresip; else empty."""
    return device.card if CARD.fullmatch(device.card) else ""
