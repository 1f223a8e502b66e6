from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline.wires.safe_xml import MalformedXml, XmlLimits, parse_xml
from roamline.wires.xml_text import writable

BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><request>&b;</request>"""


@pytest.mark.parametrize(
    "source",
    [
        b"<a><b>x</b></a>",
        "<a><b>x</b></a>",
        b'<?xml version="1.0" encoding="UTF-8"?><a><b>x</b></a>',
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<a><b>x</b></a>',
        b'\n  <?xml version="1.0"?>\n <!-- hello <!DOCTYPE --> <?style x?> <a>\n<b>x</b></a>\n',
        b"\xef\xbb\xbf<a><b>x</b></a>",
        '<?xml version="1.0" encoding="UTF-16"?><a><b>x</b></a>'.encode("utf-16"),
        "\ufeff<a><b>x</b></a>",
    ],
)
def test_every_usual_way_of_writing_a_document_is_read(source: bytes | str) -> None:
    root = parse_xml(source)
    assert root.tag == "a"
    assert root.findtext("b") == "x"


def test_a_declared_encoding_is_honoured_in_bytes_and_ignored_in_text() -> None:
    declaration = '<?xml version="1.0" encoding="iso-8859-1"?>'
    assert parse_xml(declaration.encode() + "<a>é</a>".encode("latin-1")).text == "é"
    assert parse_xml(declaration + "<a>김</a>").text == "김"


@pytest.mark.parametrize(
    "source",
    [
        BILLION_LAUGHS,
        BILLION_LAUGHS.decode().encode("utf-16"),
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/LoginQuery.dtd"><a/>',
        b"<!-- first --><!DOCTYPE a><a/>",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ATTLIST a x CDATA "default">]><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        b"<a>&x;</a>",
        b"<a><!DOCTYPE a></a>",
    ],
)
def test_document_types_and_entities_are_refused(source: bytes) -> None:
    with pytest.raises(MalformedXml):
        parse_xml(source)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"   ",
        b"text",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a/>trailing",
        b"<!-- never ends",
        b"<?never ends",
        b"<a>\x00</a>",
        b"<a>\xff</a>",
        "<a>\ud800</a>",
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b'<?xml version="1.0" encoding="rot13"?><a/>',
        b"<a>" * 5,
        b"<x:a/>",
        b"<a b='1' b='2'/>",
    ],
)
def test_whatever_is_not_well_formed_gives_the_one_exception(source: bytes | str) -> None:
    with pytest.raises(MalformedXml):
        parse_xml(source)


def test_size_depth_and_number_of_elements_are_limited() -> None:
    limits = XmlLimits(bytes=200, depth=3, elements=5)
    assert parse_xml(b"<a><b><c/></b></a>", limits).tag == "a"
    for source in (b"<a>" + b"x" * 200 + b"</a>", b"<a><b><c><d/></c></b></a>", b"<a>" + b"<b/>" * 5 + b"</a>"):
        with pytest.raises(MalformedXml, match=r"more than|deeper"):
            parse_xml(source, limits)
    with pytest.raises(MalformedXml):
        parse_xml("<a>" + "김" * 100 + "</a>", limits)


def test_the_exception_never_quotes_what_was_sent() -> None:
    for source in (b"<appCertificate>31415</appCertificates>", b"<a>&p31415;</a>", b"<a><p31415></a>"):
        with pytest.raises(MalformedXml) as caught:
            parse_xml(source)
        assert "31415" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300), st.text(alphabet='<>!/?-[]& "=aDOCTYPE', max_size=80)))
def test_no_input_raises_anything_else(source: bytes | str) -> None:
    try:
        parse_xml(source)
    except MalformedXml:
        return


@given(st.text(max_size=50))
def test_what_is_written_can_be_read_back(text: str) -> None:
    from lxml import etree

    root = etree.Element("a")
    root.text = writable(text)
    assert (parse_xml(etree.tostring(root)).text or "") == writable(text).replace("\r\n", "\n") or "\r" in text
