"""A sysfs in a folder, with the devices a test wants."""

import shutil
from pathlib import Path

from tests.desk_agent.usb_headset import PRODUCT, VENDOR, descriptors, report_descriptor


def put_headset(root: Path, port: str, serial: str | None, card: str = "", product: str = PRODUCT) -> Path:
    """Plug a headset into a port (`1-2`, or `1-4.1` behind a hub); its folder."""
    return put_device(root, port, serial, product, descriptors(), report_descriptor(), card)


def put_device(
    root: Path, port: str, serial: str | None, product: str, described: bytes, report: bytes = b"", card: str = ""
) -> Path:
    """Plug any device in."""
    folder = root / "sys/bus/usb/devices" / port
    folder.mkdir(parents=True)
    texts = {"manufacturer": VENDOR, "product": product, "idVendor": "f055", "idProduct": "0040", "bcdDevice": "0150"}
    for name, text in {**texts, **({} if serial is None else {"serial": serial})}.items():
        (folder / name).write_text(f"{text}\n")
    (folder / "descriptors").write_bytes(described)
    if report:
        keys = folder / f"{port}:1.3" / "0003:F055:0040.0007"
        keys.mkdir(parents=True)
        (keys / "report_descriptor").write_bytes(report)
    if card:
        sound = folder / f"{port}:1.0" / "sound/card2"
        for stream in ("pcmC2D0p", "pcmC2D0c"):
            (sound / stream).mkdir(parents=True)
            (root / "dev/snd").mkdir(parents=True, exist_ok=True)
            (root / "dev/snd" / stream).touch()
        (sound / "id").write_text(f"{card}\n")
    return folder


def pull(root: Path, port: str) -> None:
    """Unplug what is in a port."""
    shutil.rmtree(root / "sys/bus/usb/devices" / port)
