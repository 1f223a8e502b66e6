"""What differs between two files, for tests and for showing why a phone must restart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from roamline.wires.safe_xml import XmlLimits, parse_xml

_LIMITS = XmlLimits(bytes=1024 * 1024, depth=16, elements=20_000)


def differing_elements(one: bytes, other: bytes) -> set[str]:
    """The paths of elements and attributes (``device/userLocale/name``, ``…/line[2]@button``) that are not the same.

    The second and later of equally named neighbours carry their place in brackets. Never says what the values are.
    """
    left, right = _values(one), _values(other)
    return {path for path in left.keys() | right.keys() if left.get(path) != right.get(path)}


def _values(document: bytes) -> dict[str, str]:
    root = parse_xml(document, _LIMITS)
    return dict(_walk(root, str(root.tag)))


def _walk(element: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    yield path, "" if len(element) else (element.text or "")
    for name, value in element.attrib.items():
        yield f"{path}@{name!s}", str(value)
    places: Counter[str] = Counter()
    for child in element:
        tag = str(child.tag)
        places[tag] += 1
        place = f"[{places[tag]}]" if places[tag] > 1 else ""
        yield from _walk(child, f"{path}/{tag}{place}")
