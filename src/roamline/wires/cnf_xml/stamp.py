"""The version stamp of a file: made of its content, so that the same content is the same bytes.

A phone compares stamps to see whether its configuration changed; so does whoever asks whether a phone must restart.
"""

from __future__ import annotations

import re
import uuid

from lxml import etree

from roamline.wires.xml_text import to_bytes

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:roamline:version-stamp")
_EMPTY = b"<versionStamp/>"
_STAMPED = re.compile(rb"<versionStamp>([0-9a-f-]{36})</versionStamp>")


def stamped(root: etree._Element) -> bytes:
    """The document with its one empty ``versionStamp`` element filled: uuid5 of the document without it."""
    content = to_bytes(root, pretty=True)
    stamp = uuid.uuid5(_NAMESPACE, content.decode())
    return content.replace(_EMPTY, b"<versionStamp>%s</versionStamp>" % str(stamp).encode(), 1)


def version_stamp_of(document: bytes) -> str | None:
    """The stamp that a rendered file carries; None when it has none."""
    found = _STAMPED.search(document)
    return found.group(1).decode() if found else None


def stamp_matches(document: bytes) -> bool:
    """Whether a rendered file carries the stamp of its own content."""
    stamp = version_stamp_of(document)
    content = _STAMPED.sub(_EMPTY, document, count=1)
    return stamp == str(uuid.uuid5(_NAMESPACE, content.decode()))
