"""Plays USB plugs and unplugs to a programme. Run by Debian's own Python under umockdev-wrapper.

    umockdev-wrapper /usr/bin/python3 udev_player.py PROGRAMME ARGUMENT...

It starts the programme in a world with an empty USB root hub, then follows its standard input: `plug PORT SERIAL`
(SERIAL `-`: none) and `unplug PORT` are answered with `done`; at the end of the input it ends the programme.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
import usb_headset as usb  # noqa: E402


class World:
    """A testbed with one root hub."""

    def __init__(self):
        self.testbed = UMockdev.Testbed.new()
        self.hub = self.add("usb", "usb1", None, {"product": "Root hub", "serial": "0000:00:14.0"}, "usb_device")
        self.plugged = {}
        self.number = 0

    def add(self, subsystem, name, parent, attributes, kind=""):
        flat = [part for item in attributes.items() for part in item]
        return self.testbed.add_device(subsystem, name, parent, flat, ["DEVTYPE", kind] if kind else [])

    def tell(self, path, action):
        self.testbed.uevent(path, action)
        time.sleep(0.02)  # a hand is not faster, and umockdev gives up when ten events wait for the programme

    def plug(self, port, serial):
        self.number += 1  # cards and HID devices have names of their own: umockdev gives up on a second one
        texts = {"manufacturer": usb.VENDOR, "product": usb.PRODUCT, "bcdDevice": "0150"}
        texts |= {"idVendor": "f055", "idProduct": "0040"} | ({} if serial == "-" else {"serial": serial})
        device = self.add("usb", port, self.hub, {name: f"{text}\n" for name, text in texts.items()}, "usb_device")
        self.testbed.set_attribute_binary(device, "descriptors", usb.descriptors())
        speech = self.add("usb", f"{port}:1.0", device, {"bInterfaceClass": "01\n"}, "usb_interface")
        card = self.add("sound", f"sound/card{self.number}", speech, {"id": f"Tala_{self.number}\n"})
        streams = [self.add("sound", name, card, {}) for name in self.streams()]
        keys = self.add("usb", f"{port}:1.3", device, {"bInterfaceClass": "03\n"}, "usb_interface")
        hid = self.add("hid", f"0003:F055:0040.{self.number:04X}", keys, {})
        self.testbed.set_attribute_binary(hid, "report_descriptor", usb.report_descriptor())
        for path in (device, card, hid):
            self.tell(path, "add")
        self.plugged[port] = [*streams, card, hid, speech, keys, device]

    def streams(self):
        return [f"pcmC{self.number}D0{way}" for way in "pc"]

    def unplug(self, port):
        gone = self.plugged.pop(port)
        self.tell(gone[-1], "remove")  # the kernel, too, tells just before the folder goes
        for path in gone:
            self.testbed.remove_device(path)


def main(command):
    world = World()
    # The testbed's place is in the C library's environment, which os.environ does not see.
    programme = subprocess.Popen(command, env={**os.environ, "UMOCKDEV_DIR": world.testbed.get_root_dir()})
    for line in sys.stdin:
        match line.split():
            case ["plug", port, serial]:
                world.plug(port, serial)
            case ["unplug", port]:
                world.unplug(port)
        print("done", flush=True)
    programme.terminate()
    programme.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
