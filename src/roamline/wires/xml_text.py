"""Writing XML: small builders around lxml that cannot fail on a character.

A name typed by an administrator may hold characters that XML 1.0 has no way to write, even escaped. They are dropped
here, once, instead of breaking a phone's whole file or a service desk's script.
"""

from __future__ import annotations

import re

from lxml import etree

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold (control characters, lone surrogates)."""
    return _UNWRITABLE.sub("", text)


def add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    """Append a child with that text and those attributes; return it."""
    child = etree.SubElement(parent, tag, {name: writable(value) for name, value in attributes.items()})
    if text:
        child.text = writable(text)
    return child


def to_bytes(root: etree._Element, *, pretty: bool = False) -> bytes:
    """The document as UTF-8 bytes with an XML declaration; the same tree gives the same bytes."""
    return DECLARATION + etree.tostring(root, encoding="UTF-8", xml_declaration=False, pretty_print=pretty)
