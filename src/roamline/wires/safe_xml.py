"""The one way in for XML that an outsider sent: locked down, limited, and with a single exception.

What is refused, and why (S-4):

* any DOCTYPE, with or without an internal subset. Entities, default attributes and external subsets all begin
  there, and no client needs one: the EM API service of the original writes a DOCTYPE into its own log only;
* input larger than ``XmlLimits.bytes``, deeper than ``depth`` or with more than ``elements`` elements. Parsing stops
  at the first element over a limit, so that refusing is cheap;
* encodings other than a short list, so that what is scanned for a DOCTYPE is what the parser reads.

Nothing is ever fetched. Texts of exceptions never quote the input, which may hold PINs and passwords.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

_CHUNK = 4096
_DECLARATION = re.compile(r"<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(r"""encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = frozenset({"utf-8", "ascii", "iso8859-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be"})
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class MalformedXml(ValueError):
    """The XML is not well-formed, breaks a limit or carries a DOCTYPE. The text never quotes the input."""


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """How much XML is accepted: size in bytes as UTF-8, depth of nesting and number of elements."""

    bytes: int = 64 * 1024
    depth: int = 32
    elements: int = 8000


DEFAULT_LIMITS = XmlLimits()


def parse_xml(source: bytes | str, limits: XmlLimits = DEFAULT_LIMITS) -> etree._Element:
    """Parse a whole document and return its root; comments and processing instructions are dropped.

    ``bytes`` are decoded by their byte order mark or declared encoding (UTF-8 without either); in a ``str`` the
    declared encoding means nothing any more and is ignored. Raises MalformedXml, and nothing else.
    """
    if len(source) > limits.bytes:
        raise MalformedXml(f"more than {limits.bytes} bytes")
    text = source if isinstance(source, str) else _decode(source)
    text = _without_declaration(text)
    _refuse_doctype(text)
    return _parse_limited(_as_utf8(text, limits), limits)


def _decode(source: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if source.startswith(mark):
            return _decode_as(source[len(mark) :], encoding)
    return _decode_as(source, _declared_encoding(source))


def _declared_encoding(source: bytes) -> str:
    declaration = _DECLARATION.match(source[:200].lstrip().decode("latin-1"))
    declared = _ENCODING.search(declaration.group()) if declaration else None
    if declared is None:
        return "utf-8"
    try:
        encoding = codecs.lookup(declared.group(1)).name
    except LookupError:
        raise MalformedXml("unknown encoding") from None
    if encoding not in _ENCODINGS:
        raise MalformedXml("encoding not accepted")
    return encoding


def _decode_as(source: bytes, encoding: str) -> str:
    try:
        return source.decode(encoding)
    except UnicodeDecodeError:
        raise MalformedXml("the bytes do not fit their encoding") from None


def _without_declaration(text: str) -> str:
    """Drop white space, a byte order mark and the XML declaration, which old clients indent or leave out."""
    text = text.lstrip("\ufeff \t\r\n")
    declaration = _DECLARATION.match(text)
    return text[declaration.end() :] if declaration else text


def _refuse_doctype(text: str) -> None:
    """A DOCTYPE may stand only before the root element: skip comments and instructions, then look."""
    at = 0
    while True:
        at = text.find("<", at)
        if text.startswith("<!--", at):
            at = _end_of(text, "-->", at + 4)
        elif text.startswith("<?", at):
            at = _end_of(text, "?>", at + 2)
        elif text.startswith("<!", at):
            raise MalformedXml("a DOCTYPE is not accepted")
        else:
            return


def _end_of(text: str, closing: str, start: int) -> int:
    end = text.find(closing, start)
    if end < 0:
        raise MalformedXml("an unfinished comment or instruction")
    return end + len(closing)


def _as_utf8(text: str, limits: XmlLimits) -> bytes:
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        raise MalformedXml("characters that XML cannot hold") from None
    if len(encoded) > limits.bytes:
        raise MalformedXml(f"more than {limits.bytes} bytes")
    return encoded


def _locked_parser() -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def _parse_limited(encoded: bytes, limits: XmlLimits) -> etree._Element:
    parser = _locked_parser()
    count = _Count(limits)
    try:
        for chunk in _chunks(encoded):
            parser.feed(chunk)
            count.take(parser)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        line = error.lineno if isinstance(error.lineno, int) else 0
        raise MalformedXml(f"not well-formed at line {line}") from None
    count.take(parser)
    return root


def _chunks(encoded: bytes) -> Iterator[bytes]:
    for start in range(0, len(encoded), _CHUNK):
        yield encoded[start : start + _CHUNK]


class _Count:
    """Counts elements and depth while the parser runs."""

    def __init__(self, limits: XmlLimits) -> None:
        self._limits = limits
        self._elements = 0
        self._depth = 0

    def take(self, parser: etree.XMLPullParser) -> None:
        for event, _element in parser.read_events():
            if event == "end":
                self._depth -= 1
                continue
            self._elements += 1
            self._depth += 1
            if self._elements > self._limits.elements:
                raise MalformedXml(f"more than {self._limits.elements} elements")
            if self._depth > self._limits.depth:
                raise MalformedXml(f"deeper than {self._limits.depth} elements")
