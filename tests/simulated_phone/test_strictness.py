"""The simulated phone refuses what a real one refuses: otherwise its tests would prove nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulated_phone import configuration, service_control, xml_objects
from tests.simulated_phone.configuration import Configuration, Rejected
from tests.simulated_phone.conflicts import Conflicts
from tests.simulated_phone.sip_text import Message, digest_answer, md5
from tests.simulated_phone.xml_objects import Refused

FILE = (Path(__file__).parent / "good.cnf.xml").read_text()
CALL_ID = "0011aa22-00010002-1-2@127.0.0.1"
CONTACT = "sip:1001@127.0.0.1:40000;transport=tcp"


def read(text: str, conflicts: Conflicts | None = None) -> Configuration:
    return configuration.read(text.encode(), "8851", conflicts or Conflicts())


def test_a_good_file_is_read() -> None:
    found = read(FILE)
    assert [line.name for line in found.lines] == ["1001", "1002"]
    assert found.keys[0].target == "1003"
    assert found.servers == (("sip1.example", 5060), ("sip2.example", 5062))
    assert found.auth_password not in repr(found)


BAD_FILES = {
    "a node that is not closed": lambda f: f.replace("</phoneLabel>", ""),
    "an unescaped ampersand": lambda f: f.replace("Alice<", "Alice & Bob<"),
    "no versionStamp": lambda f: f.replace("versionStamp", "otherStamp"),
    "UDP": lambda f: f.replace("<transportLayerProtocol>1<", "<transportLayerProtocol>2<"),
    "TLS without security mode": lambda f: f.replace("<transportLayerProtocol>1<", "<transportLayerProtocol>3<"),
    "kpml": lambda f: f.replace("<kpml>0<", "<kpml>3<"),
    "webAccess in words": lambda f: f.replace("<webAccess>0<", "<webAccess>true<"),
    "callWaiting of 7900 phones": lambda f: f.replace("<callWaiting>1<", "<callWaiting>3<", 1),
    "an empty authentication URL": lambda f: f.replace("http://em.example/authenticate", ""),
    "a URL of 256 characters": lambda f: f.replace("http://em.example/em?", "http://em.example/" + "x" * 240),
    "a host of 51 characters": lambda f: f.replace("sip1.example", "s" * 51),
    "a label of 31 characters": lambda f: f.replace("<featureLabel>Chen", "<featureLabel>" + "C" * 31),
    "a phone label of 13 characters": lambda f: f.replace("<phoneLabel>Alice", "<phoneLabel>" + "A" * 13),
    "a password of 31 characters": lambda f: f.replace("not-a-secret", "x" * 31),
    "no credential": lambda f: f.replace("not-a-secret", ""),
    "another credential on line 2": lambda f: f[::-1].replace("terces-a-ton", "rehto", 1)[::-1],
    "six servers": lambda f: f.replace("</members>", '<member priority="2"/>' * 4 + "</members>"),
    "a priority twice": lambda f: f.replace('priority="1"', 'priority="0"'),
    "a line index left out": lambda f: f.replace('lineIndex="2"', 'lineIndex="3"'),
    "a button twice": lambda f: f.replace('button="2"', 'button="1"'),
    "a button that the model has not": lambda f: f.replace('button="3"', 'button="11"'),
    "a key of the 7900 series": lambda f: f.replace("<featureID>2<", "<featureID>1<"),
    "too many calls": lambda f: f.replace("<maxNumCalls>5<", "<maxNumCalls>201<", 1),
    "a speed dial to nowhere": lambda f: f.replace("<speedDialNumber>1003<", "<speedDialNumber><"),
    "a line with a proxy of its own": lambda f: f.replace("USECALLMANAGER", "sip1.example", 1),
    "missed calls of one line": lambda f: f.replace("<MissedCallLoggingOption>11", "<MissedCallLoggingOption>1"),
    "a soft key file that is not used": lambda f: f.replace("<softKeyFile></", "<softKeyFile>Keys.xml</"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_thrown_away_as_a_whole(name: str) -> None:
    spoil: Callable[[str], str] = BAD_FILES[name]
    assert spoil(FILE) != FILE
    with pytest.raises(Rejected):
        read(spoil(FILE))


def test_kpml_is_an_open_point() -> None:
    assert read(FILE.replace("<kpml>0<", "<kpml>3<"), Conflicts(refuses_kpml=False)).lines


# -- NOTIFY ------------------------------------------------------------------------------------------------------------

NO_STAMP = "00000000-0000-0000-0000-000000000000"
BODY = (
    f"action=restart\r\nRegisterCallId={{{CALL_ID}}}\r\nConfigVersionStamp={{{NO_STAMP}}}\r\n"
    f"DialplanVersionStamp={{{NO_STAMP}}}\r\nSoftkeyVersionStamp={{{NO_STAMP}}}\r\n"
)


def notify(body: str = BODY, uri: str = "sip:1001@127.0.0.1:40000;transport=tcp", **headers: str) -> Message:
    all_headers = {
        "From": "<sip:registrar.example>;tag=1",
        "To": "<sip:1001@127.0.0.1:40000>",
        "Event": "service-control",
        "Content-Type": "text/plain",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return Message(f"NOTIFY {uri} SIP/2.0", list(all_headers.items()), body)


def judge(message: Message, conflicts: Conflicts | None = None) -> tuple[int, str]:
    verdict = service_control.judge(
        message, configuration=read(FILE), call_id=CALL_ID, contact=CONTACT, conflicts=conflicts or Conflicts()
    )
    return verdict.status, verdict.action


def test_a_good_order_is_obeyed() -> None:
    assert judge(notify()) == (200, "restart")
    assert judge(notify(BODY.replace("restart", "reset"))) == (200, "reset")


@pytest.mark.parametrize(
    "message",
    [
        notify(uri="sip:1002@127.0.0.1:40000"),
        notify(uri="sip:1001@10.0.0.1:5060"),
        notify(To="<sip:127.0.0.1:40000>"),
        notify(To="<sip:1001@10.0.0.1:40000>"),
        notify(From="<sip:admin@registrar.example>;tag=1"),
        notify(Content_Type="text/html"),
        notify(BODY.replace(CALL_ID, "another")),
        notify(BODY.replace(CALL_ID, "")),
        notify(BODY.replace("\r\n", "\n")),
        notify(BODY.replace("{", "").replace("}", "")),
        notify(BODY.replace("restart", "explode")),
        notify(BODY.replace("SoftkeyVersionStamp", "Softkey")),
        notify(BODY + f"FeatureControlVersionStamp={{{NO_STAMP}}}\r\n"),
        notify(""),
    ],
)
def test_an_order_that_is_wrong_in_one_thing_is_answered_400(message: Message) -> None:
    assert judge(message) == (400, "")


def test_an_unknown_event_is_no_order() -> None:
    assert judge(notify(Event="")) == (489, "")
    assert judge(notify(Event="talk")) == (489, "")


def test_the_open_points_of_an_order_are_switches() -> None:
    assert judge(notify(BODY.replace(CALL_ID, "")), Conflicts(refuses_empty_call_id=False)) == (200, "restart")
    longer = notify(BODY + f"FeatureControlVersionStamp={{{NO_STAMP}}}\r\n")
    assert judge(longer, Conflicts(refuses_feature_control_stamp=False)) == (200, "restart")
    with_user = notify(From="<sip:admin@registrar.example>;tag=1")
    assert judge(with_user, Conflicts(refuses_from_with_user=False)) == (200, "restart")
    assert judge(notify("", Event="check-sync")) == (200, "")
    assert judge(notify("", Event="check-sync"), Conflicts(check_sync_refetches=True)) == (200, "restart")


# -- screens -----------------------------------------------------------------------------------------------------------

HEAD = "<Title>T</Title><Prompt>P</Prompt>"
KEY = "<SoftKeyItem><Name>{}</Name><Position>{}</Position><URL>SoftKey:Exit</URL></SoftKeyItem>"
ITEM = "<MenuItem><Name>a</Name><URL>http://x/</URL></MenuItem>"


def show(xml: str, conflicts: Conflicts | None = None, model: str = "8851") -> xml_objects.Screen:
    return xml_objects.read(xml.encode(), model, conflicts or Conflicts())


def menu(content: str) -> str:
    return f"<CiscoIPPhoneMenu>{content}</CiscoIPPhoneMenu>"


def test_good_screens_are_shown() -> None:
    assert show(menu(HEAD + KEY.format("Exit", 1) + ITEM)).items == (("a", "http://x/"),)
    assert show(f"<CiscoIPPhoneText>{HEAD}<Text>hello</Text></CiscoIPPhoneText>").text == "hello"


@pytest.mark.parametrize(
    "xml",
    [
        "<CiscoIPPhoneMenu>",
        "<CiscoIPPhoneImage/>",
        menu(ITEM + HEAD),
        menu(HEAD + ITEM * 101),
        menu(HEAD.replace("T<", "T" * 33 + "<") + ITEM),
        menu(HEAD + "<Colour>red</Colour>" + ITEM),
        menu(HEAD + ITEM.replace("<URL>", "<Icon>1</Icon><URL>")),
        menu(HEAD + ITEM.replace("http://x/", "http://" + "x" * 250)),
        menu(HEAD + ITEM.replace("http://x/", "Notifi:x")),
        menu(HEAD + "".join(KEY.format("k", place) for place in range(1, 10)) + ITEM),
        menu(HEAD + KEY.format("a", 1) + KEY.format("b", 1) + ITEM),
        menu(HEAD + KEY.format("a", 9) + ITEM),
        f"<CiscoIPPhoneText>{HEAD}<Text>{'x' * 4001}</Text></CiscoIPPhoneText>",
        '<CiscoIPPhoneExecute><ExecuteItem URL="http://a"/><ExecuteItem URL="http://b"/></CiscoIPPhoneExecute>',
        "<CiscoIPPhoneExecute>" + '<ExecuteItem URL="Init:Services"/>' * 4 + "</CiscoIPPhoneExecute>",
    ],
)
def test_a_screen_that_breaks_a_limit_or_the_order_is_an_error_on_the_phone(xml: str) -> None:
    with pytest.raises(Refused):
        show(xml)


def test_some_uris_are_for_88_only() -> None:
    page = menu(HEAD + ITEM.replace("http://x/", "Notify:http:h:80:p:c:d"))
    assert show(page)
    with pytest.raises(Refused):
        show(page, model="7841")


def test_child_order_and_the_number_of_soft_keys_are_open_points() -> None:
    assert show(menu(ITEM + HEAD), Conflicts(insists_on_child_order=False))
    many = menu(HEAD + "".join(KEY.format("k", place) for place in range(1, 17)) + ITEM)
    assert show(many, Conflicts(eight_soft_keys=False))


def test_the_digest_is_that_of_the_standards_own_example() -> None:
    """RFC 2617, section 3.5, without qop as RFC 2069 had it."""
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    answer = digest_answer(challenge, "GET", "/dir/index.html", "Mufasa", "Circle Of Life")
    ha1 = md5("Mufasa:testrealm@host.com:Circle Of Life")
    assert ha1 == "939e7578ed9e3c518a452acee763bce9"
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in answer
