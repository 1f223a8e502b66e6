from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline.wires.phone_xml import (
    CLEAR_CALL_HISTORY,
    CLOSE_SERVICES,
    CONTENT_TYPE,
    Execute,
    ExecuteItem,
    Input,
    InputItem,
    InputKind,
    Menu,
    MenuItem,
    PhoneError,
    PhoneObject,
    Response,
    ResponseItem,
    SoftKey,
    Text,
    push_form,
    read,
    render,
)
from roamline.wires.safe_xml import MalformedXml, parse_xml

FORM = Input(
    "Sign in",
    "http://em.example:8080/emapp/EMAppServlet?device=SEP0011AA220001&a=b",
    (InputItem("User ID", "userid", default="alice"), InputItem("PIN", "seq", InputKind.NUMERIC, masked=True)),
    prompt="User and PIN",
    soft_keys=(SoftKey("Submit", 1, "SoftKey:Submit"), SoftKey("<<", 2, "SoftKey:<<"), SoftKey("Exit", 3, "Init:X")),
    method="post",
    app_id="em",
)


def body(phone_object: PhoneObject) -> str:
    declaration, _, rest = render(phone_object).decode().partition("\n")
    assert declaration == '<?xml version="1.0" encoding="UTF-8"?>'
    return rest


def test_a_form_has_its_elements_in_the_order_of_the_schema() -> None:
    assert body(FORM) == (
        '<CiscoIPPhoneInput appId="em"><Title>Sign in</Title><Prompt>User and PIN</Prompt>'
        "<SoftKeyItem><Name>Submit</Name><Position>1</Position><URL>SoftKey:Submit</URL></SoftKeyItem>"
        "<SoftKeyItem><Name>&lt;&lt;</Name><Position>2</Position><URL>SoftKey:&lt;&lt;</URL></SoftKeyItem>"
        "<SoftKeyItem><Name>Exit</Name><Position>3</Position><URL>Init:X</URL></SoftKeyItem>"
        '<URL method="post">http://em.example:8080/emapp/EMAppServlet?device=SEP0011AA220001&amp;a=b</URL>'
        "<InputItem><DisplayName>User ID</DisplayName><QueryStringParam>userid</QueryStringParam>"
        "<InputFlags>A</InputFlags><DefaultValue>alice</DefaultValue></InputItem>"
        "<InputItem><DisplayName>PIN</DisplayName><QueryStringParam>seq</QueryStringParam>"
        "<InputFlags>NP</InputFlags><DefaultValue/></InputItem></CiscoIPPhoneInput>"
    )


def test_the_other_objects_have_their_shapes() -> None:
    assert body(Text("Done", "Phone restarts")) == (
        "<CiscoIPPhoneText><Title>Done</Title><Prompt/><Text>Phone restarts</Text></CiscoIPPhoneText>"
    )
    assert body(Menu("Profiles", (MenuItem("Desk", "http://x/?p=1"),), prompt="Choose")) == (
        "<CiscoIPPhoneMenu><Title>Profiles</Title><Prompt>Choose</Prompt>"
        "<MenuItem><Name>Desk</Name><URL>http://x/?p=1</URL></MenuItem></CiscoIPPhoneMenu>"
    )
    assert body(Execute((CLEAR_CALL_HISTORY, ExecuteItem("http://em/x", 2)))) == (
        '<CiscoIPPhoneExecute><ExecuteItem Priority="0" URL="Init:CallHistory"/>'
        '<ExecuteItem Priority="2" URL="http://em/x"/></CiscoIPPhoneExecute>'
    )
    assert body(Response((ResponseItem(0, "Success", "Init:CallHistory"),))) == (
        '<CiscoIPPhoneResponse><ResponseItem Status="0" Data="Success" URL="Init:CallHistory"/></CiscoIPPhoneResponse>'
    )
    assert body(PhoneError(4)) == '<CiscoIPPhoneError Number="4"/>'
    assert CONTENT_TYPE == "text/xml; charset=utf-8"


def test_texts_for_people_are_cut_to_what_a_phone_shows() -> None:
    screen = parse_xml(render(Text("김" * 40, "x" * 5000, "p" * 33, (SoftKey("s" * 40, 1, "u"),))))
    assert screen.findtext("Title") == "김" * 31 + "…"
    assert screen.findtext("Text") == "x" * 3999 + "…"
    assert screen.findtext("Prompt") == "p" * 31 + "…"
    assert screen.findtext("SoftKeyItem/Name") == "s" * 31 + "…"
    menu = parse_xml(render(Menu("t" * 32, (MenuItem("n" * 65, "u"),))))
    assert menu.findtext("Title") == "t" * 32
    assert menu.findtext("MenuItem/Name") == "n" * 63 + "…"


def test_a_default_that_does_not_fit_is_left_out_whole() -> None:
    screen = parse_xml(render(Input("t", "u", (InputItem("l", "p", default="a" * 33),))))
    assert screen.findtext("InputItem/DefaultValue") == ""


@pytest.mark.parametrize(
    "build",
    [
        lambda: Menu("t", (MenuItem("n", "u"),) * 101),
        lambda: Input("t", "u", (InputItem("l", "p"),) * 6),
        lambda: Input("t", "u", (), method="put"),
        lambda: Input("t", "", ()),
        lambda: InputItem("l", ""),
        lambda: InputItem("l", "p" * 33),
        lambda: MenuItem("n", "http://" + "x" * 250),
        lambda: MenuItem("n", "http://x/a b"),
        lambda: MenuItem("n", "http://x/\r\n"),
        lambda: SoftKey("n", 0, "u"),
        lambda: SoftKey("n", 9, "u"),
        lambda: SoftKey("n", 1, "u", "d" * 257),
        lambda: Text("t", "x", soft_keys=(SoftKey("a", 1, "u"), SoftKey("b", 1, "u"))),
        lambda: Text("t", "x", app_id="a" * 65),
        lambda: Execute(()),
        lambda: Execute((CLEAR_CALL_HISTORY,) * 4),
        lambda: Execute((ExecuteItem("http://a"), ExecuteItem("HTTPS://b"))),
        lambda: ExecuteItem("Init:Services", 3),
    ],
)
def test_what_a_phone_would_refuse_cannot_be_built(build: object) -> None:
    assert callable(build)
    with pytest.raises(ValueError, match=r".+"):
        build()


def test_a_reply_is_read_in_both_forms() -> None:
    expected = Response((ResponseItem(0, "Success", "Init:CallHistory"), ResponseItem(6, "", "")))
    by_attribute = (
        b'<CiscoIPPhoneResponse><ResponseItem Status="0" Data="Success" URL="Init:CallHistory"/>'
        b'<ResponseItem Status="6" Data="" URL=""/></CiscoIPPhoneResponse>'
    )
    by_child = (
        b'<?xml version="1.0" encoding="iso-8859-1"?><CiscoIPhoneResponse><ResponseItem><Status>0</Status>'
        b"<Data>Success</Data><URL>Init:CallHistory</URL></ResponseItem>"
        b"<ResponseItem><Status> 6 </Status></ResponseItem></CiscoIPhoneResponse>"
    )
    assert read(by_attribute) == read(by_child) == expected
    assert not expected.succeeded
    assert read(b'<CiscoIPPhoneError Number="4"/>') == PhoneError(4)
    assert read(b"<CiscoIPPhoneError><Number>1</Number></CiscoIPPhoneError>") == PhoneError(1)


@pytest.mark.parametrize(
    "source",
    [
        b"<html/>",
        b"<CiscoIPPhoneError/>",
        b'<CiscoIPPhoneError Number="x"/>',
        b"<CiscoIPPhoneExecute/>",
        b"<CiscoIPPhoneInput><Title>t</Title></CiscoIPPhoneInput>",
        b"<CiscoIPPhoneInput><URL>u</URL><InputItem><QueryStringParam>p</QueryStringParam>"
        b"<InputFlags>Q</InputFlags></InputItem></CiscoIPPhoneInput>",
    ],
)
def test_what_is_no_phone_object_is_refused(source: bytes) -> None:
    with pytest.raises(MalformedXml):
        read(source)


def test_a_push_is_a_form_field_small_enough_for_old_phones() -> None:
    pushed = push_form(Execute((CLEAR_CALL_HISTORY, CLOSE_SERVICES)))
    assert len(pushed) < 512
    assert read(parse_qs(pushed.decode())["XML"][0]) == Execute((CLEAR_CALL_HISTORY, CLOSE_SERVICES))
    with pytest.raises(ValueError, match="at most"):
        push_form(Menu("t", tuple(MenuItem("김" * 60, "http://x/" + "y" * 200) for _ in range(100))))


words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)
urls = st.from_regex(r"http://[a-z]{1,9}/[a-z?=&#<>]{0,40}", fullmatch=True)
soft_keys = st.lists(
    st.builds(SoftKey, words, st.integers(1, 8), urls, st.none() | urls), max_size=8, unique_by=lambda key: key.position
).map(tuple)
items = st.builds(InputItem, words, words, st.sampled_from(InputKind), st.booleans(), words)
objects = st.one_of(
    st.builds(Text, words, words, words, soft_keys, st.none() | words),
    st.builds(
        Input,
        words,
        urls,
        st.lists(items, max_size=5).map(tuple),
        words,
        soft_keys,
        st.sampled_from([None, "get", "post"]),
        st.none() | words,
    ),
    st.builds(Menu, words, st.lists(st.builds(MenuItem, words, urls), max_size=100).map(tuple), words, soft_keys),
    st.builds(Execute, st.tuples(st.builds(ExecuteItem, urls, st.integers(0, 2)), st.just(CLOSE_SERVICES))),
    st.builds(Response, st.lists(st.builds(ResponseItem, st.integers(-9, 99), words, urls), max_size=3).map(tuple)),
    st.builds(PhoneError, st.integers(0, 9)),
)


@given(objects)
def test_what_is_written_is_read_back(phone_object: PhoneObject) -> None:
    assert read(render(phone_object)) == phone_object


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_can_break_a_screen(title: str, text: str) -> None:
    assert parse_xml(render(Text(title, text, title))).tag == "CiscoIPPhoneText"


@given(objects, st.integers(0, 500), st.integers(0, 9), st.binary(max_size=6))
def test_a_damaged_object_raises_only_the_one_exception(
    phone_object: PhoneObject, at: int, cut: int, inserted: bytes
) -> None:
    document = render(phone_object)
    try:
        read(document[:at] + inserted + document[at + cut :])
    except MalformedXml:
        return
