"""What a fetch is answered with, whichever protocol it came by: the same bytes over HTTP and TFTP."""

from __future__ import annotations

import mmap
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import BinaryIO

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from roamline.doors.provisioning import networks, site_files
from roamline.doors.provisioning.device_files import DIAL_TEMPLATE
from roamline.doors.provisioning.freshness import Reader
from roamline.doors.provisioning.rendered import kept
from roamline.rooms.parameters import activation
from roamline.rooms.parameters.rules import TFTP_SERVICE
from roamline.rooms.phones import addressing, asked, files
from roamline.wires.cnf_xml import DEFAULT_FILE_NAME
from roamline.wires.file_names import is_safe_file_name

Content = bytes | mmap.mmap
"""What is served: an uploaded file is mapped, so that many transfers of a large one need its memory once."""

_DEVICE_FILE = re.compile(r"(SEP[0-9A-F]{12})\.cnf\.xml")


class Refusal(Enum):
    """Why a fetch gets no file."""

    NOT_FOUND = "there is no such file"
    FORBIDDEN = "files do not go to that address"
    BAD_NAME = "that is not a name of a file"
    UNAVAILABLE = "the database does not answer, or the service is stopped on this node"


@dataclass(frozen=True, slots=True)
class Found:
    """A file's content. ``is_secret``: it holds a SIP secret, so nothing on the way may keep it."""

    content: Content
    is_secret: bool = False


Answer = Found | Refusal


def answer(name: str, source: str, now: datetime) -> Answer:
    """The file of that name for that source address, which must be the connection's own (S-7).

    What else happens: an unknown phone that goes on to the file for unknown phones is noted (EM-13).
    """
    if not networks.may_fetch(source):
        return Refusal.FORBIDDEN
    if not is_safe_file_name(name):
        return Refusal.BAD_NAME
    if is_stopped():
        return Refusal.UNAVAILABLE
    try:
        return _look(name, source, now)
    except (OperationalError, InterfaceError):
        # A connection that the database has ended says so only when it is used: one fresh one is tried.
        connection.close()
    try:
        return _look(name, source, now)
    except (OperationalError, InterfaceError):
        connection.close()
        return Refusal.UNAVAILABLE


def quick_answer(name: str, source: str, reader: Reader) -> Found | None:
    """A device's file that is kept and still right, by one statement; None for whatever needs more of a look."""
    device = _DEVICE_FILE.fullmatch(name)
    if device is None or not networks.may_fetch(source):
        return None
    try:
        content = kept.kept_for(device.group(1), reader(device.group(1)))
    except (OperationalError, InterfaceError):
        return None
    return Found(content, is_secret=True) if content is not None else None


def is_stopped() -> bool:
    """Whether Cisco Tftp is stopped on this node (EM-1), as of the last second; not while that cannot be told."""
    try:
        return not activation.was_running_lately(TFTP_SERVICE)
    except DatabaseError:
        return False


def _look(name: str, source: str, now: datetime) -> Answer:
    device = _DEVICE_FILE.fullmatch(name)
    if device is not None:
        content = kept.file_of(device.group(1))
        if content is None:
            unknown.missed(device.group(1), source, now)
            return Refusal.NOT_FOUND
        return Found(content, is_secret=True)
    if name == DEFAULT_FILE_NAME:
        _note(source, now)
        return Found(site_files.default_file(addressing.mode_of_source(source)))
    if name == DIAL_TEMPLATE:
        return Found(site_files.dial_template())
    file = files.open_file(name)
    return Found(_mapped(file)) if file is not None else Refusal.NOT_FOUND


def _note(source: str, now: datetime) -> None:
    name = unknown.who_missed(source, now)
    if name is not None:
        asked.note(name, networks.plain(source), now)


def _mapped(file: BinaryIO) -> Content:
    with file:
        if file.seek(0, 2) == 0:
            return b""  # nothing can be mapped
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


class UnknownPhones:
    """Who asked in vain for a file of their own: the request for the file for unknown phones does not say it.

    The last name per source address, for five minutes, of the thousand addresses that asked last.
    """

    MOST = 1000
    REMEMBERED = timedelta(minutes=5)

    def __init__(self) -> None:
        self._by_source: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def missed(self, device: str, source: str, now: datetime) -> None:
        """A device asked for its file from that address, and there is none."""
        with self._lock:
            self._by_source[source] = (device, now)
            self._by_source.move_to_end(source)
            if len(self._by_source) > self.MOST:
                self._by_source.popitem(last=False)

    def who_missed(self, source: str, now: datetime) -> str | None:
        """The device that asked from that address lately."""
        with self._lock:
            device, at = self._by_source.get(source, ("", now))
        return device if device and now - at <= self.REMEMBERED else None

    def forget_all(self) -> None:
        """Remember nobody."""
        with self._lock:
            self._by_source.clear()


unknown = UnknownPhones()
"""This process's memory of unknown phones."""
