from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline.kernel.errors import Error
from roamline.kernel.secret import Secret
from roamline.wires.em_api import (
    INDEFINITE,
    AppInfo,
    CheckUserQuery,
    DeviceProfileQuery,
    DeviceUserQuery,
    ExclusiveDuration,
    LoginRequest,
    LoginType,
    LogoutAllRequest,
    LogoutRequest,
    ParseFailure,
    Request,
    UserDevicesQuery,
    parse_request,
    render_request,
)

APP = "<appInfo><appID>emproxy</appID><appCertificate>s3cret</appCertificate></appInfo>"
CALLER = AppInfo("emproxy", Secret("s3cret"))


def request(operation: str) -> Request | ParseFailure:
    return parse_request(f"<request>{APP}{operation}</request>")


def query(operation: str) -> Request | ParseFailure:
    return parse_request(f"<query>{APP}{operation}</query>")


def is_parse_error(answer: Request | ParseFailure) -> bool:
    return isinstance(answer, ParseFailure) and answer.error is Error.PARSE_ERROR


@pytest.mark.proves("API-1")
def test_every_operation_of_the_grammar_is_understood() -> None:
    source = "<remoteIPAddr>10.0.0.9</remoteIPAddr><isViaHeaderSet>false</isViaHeaderSet>"
    assert request(
        "<login><deviceName>SEP1</deviceName><userID>alice</userID><deviceProfile>EM_alice</deviceProfile>"
        f"<exclusiveDuration><time>60</time></exclusiveDuration>{source}</login>"
    ) == LoginRequest(CALLER, "SEP1", "alice", "EM_alice", ExclusiveDuration(60), "10.0.0.9", False)
    assert request(f"<logout><deviceName>SEP1</deviceName>{source}</logout>") == LogoutRequest(
        CALLER, "SEP1", "10.0.0.9", False
    )
    assert request(f"<logoutAll>{source}</logoutAll>") == LogoutAllRequest(CALLER, "10.0.0.9", False)
    assert query(
        "<deviceUserQuery><deviceName>SEP1</deviceName><deviceName>SEP2</deviceName><loginType>SP</loginType>"
        "<remoteIPAddr>10.0.0.9</remoteIPAddr></deviceUserQuery>"
    ) == DeviceUserQuery(CALLER, ("SEP1", "SEP2"), LoginType.SELF_SERVICE_ID, "10.0.0.9")
    users = "<userID>alice</userID><userID>bob</userID>"
    assert query(f"<userDevicesQuery>{users}</userDevicesQuery>") == UserDevicesQuery(CALLER, ("alice", "bob"))
    assert query(f"<checkUser>{users}{source}</checkUser>") == CheckUserQuery(
        CALLER, ("alice", "bob"), "10.0.0.9", False
    )
    for spelling in ("deviceProfileQuery", "userDeviceProfileQuery"):
        assert query(f"<{spelling}>{users}</{spelling}>") == DeviceProfileQuery(CALLER, ("alice", "bob"))


def test_old_clients_are_understood_however_they_write() -> None:
    indented = """
        <?xml version="1.0" encoding="UTF-8"?>
        <request>
          <appInfo>
            <appID> emproxy </appID>
            <appCertificate>s3cret</appCertificate>
          </appInfo>
          <login>
            <userID> alice%40example.com </userID>
            <deviceName> SEP1 </deviceName>
            <deviceProfile/>
            <remoteIPAddr></remoteIPAddr>
            <exclusiveDuration><indefinite></indefinite></exclusiveDuration>
          </login>
        </request>
    """
    expected = LoginRequest(CALLER, "SEP1", "alice@example.com", exclusive_duration=INDEFINITE)
    assert parse_request(indented) == expected
    assert parse_request(indented.encode()) == expected
    assert request("<logoutAll/>") == LogoutAllRequest(CALLER)


def test_a_user_id_is_percent_encoded_utf_8() -> None:
    answer = query("<checkUser><userID>%EA%B9%80%40x%2Ey</userID><userID>a+b</userID></checkUser>")
    assert isinstance(answer, CheckUserQuery)
    assert answer.user_ids == ("김@x.y", "a+b")
    assert is_parse_error(query("<checkUser><userID>%FF%FE</userID></checkUser>"))
    assert is_parse_error(query("<checkUser><userID>a%00b</userID></checkUser>"))
    assert is_parse_error(query("<checkUser><userID>a%0Ab</userID></checkUser>"))


@pytest.mark.parametrize("minutes", ["0", "-5", "+5", "1.5", "ten", "", "10081", "9" * 400, "٣", "5 5"])
def test_a_nonsensical_duration_is_refused(minutes: str) -> None:
    duration = f"<exclusiveDuration><time>{minutes}</time></exclusiveDuration>"
    assert is_parse_error(request(f"<login><deviceName>S</deviceName><userID>a</userID>{duration}</login>"))


@pytest.mark.parametrize("minutes", [1, 480, 10080])
def test_a_duration_is_minutes_up_to_a_week(minutes: int) -> None:
    duration = f"<exclusiveDuration><time> {minutes} </time></exclusiveDuration>"
    answer = request(f"<login><deviceName>S</deviceName><userID>a</userID>{duration}</login>")
    assert isinstance(answer, LoginRequest)
    assert answer.exclusive_duration == ExclusiveDuration(minutes)


def test_an_ipv6_address_and_every_spelling_of_a_flag_are_read() -> None:
    for text, flag in (("true", True), ("False", False), ("T", True), ("f", False), ("1", True), ("", None)):
        answer = request(
            f"<logoutAll><remoteIPAddr>[2001:DB8::0:1]</remoteIPAddr><isViaHeaderSet>{text}</isViaHeaderSet></logoutAll>"
        )
        assert answer == LogoutAllRequest(CALLER, "2001:db8::1", flag)


@pytest.mark.parametrize("kind", ["<devicesUserQuery/>", "<loginQuery><x/></loginQuery>", "<login/>", ""])
def test_an_unknown_query_says_so(kind: str) -> None:
    answer = query(kind)
    assert isinstance(answer, ParseFailure)
    assert answer.error is Error.QUERY_TYPE_UNDETERMINED


@pytest.mark.parametrize(
    "source",
    [
        "",
        "nonsense",
        "<request/>",
        f"<Request>{APP}<logoutAll/></Request>",
        "<request><logoutAll/></request>",
        f"<request>{APP}</request>",
        f"<request>{APP}<loginALL/></request>",
        f"<request>{APP}<deviceUserQuery><deviceName>S</deviceName></deviceUserQuery></request>",
        f"<request>{APP}{APP}<logoutAll/></request>",
        f"<request>{APP}<logoutAll/><logoutAll/></request>",
        f"<query>{APP}<checkUser/><checkUser/></query>",
        f"<query>{APP}<checkUser/></query>",
        f"<query>{APP}<deviceUserQuery/></query>",
        f"<query>{APP}<deviceUserQuery><deviceName>S</deviceName><loginType>X</loginType></deviceUserQuery></query>",
        f"<request>{APP}<logout/></request>",
        f"<request>{APP}<login><deviceName>S</deviceName></login></request>",
        f"<request>{APP}<login><userID>a</userID></login></request>",
        f"<request>{APP}<logout><deviceName>S</deviceName><deviceName>S</deviceName></logout></request>",
        f"<request>{APP}<logout><deviceName>S<b/></deviceName></logout></request>",
        f"<request>{APP}<logout><deviceName>S</deviceName><colour>red</colour></logout></request>",
        f"<request>{APP}<logoutAll><remoteIPAddr>10.0.0.300</remoteIPAddr></logoutAll></request>",
        f"<request>{APP}<logoutAll><isViaHeaderSet>perhaps</isViaHeaderSet></logoutAll></request>",
        f"<request>{APP}<logout><deviceName>{'S' * 129}</deviceName></logout></request>",
        "<request><appInfo><appCertificate>x</appCertificate></appInfo><logoutAll/></request>",
        "<request><appInfo><appID>a</appID><appCertificate>x</appCertificate>"
        "<appEncryptedCertificate>x</appEncryptedCertificate></appInfo><logoutAll/></request>",
        f"<request>{APP}<login><deviceName>S</deviceName><userID>a</userID><exclusiveDuration/></login></request>",
        f"<!DOCTYPE request [<!ENTITY x 'y'>]><request>{APP}<logoutAll/></request>",
        f"<query>{APP}<checkUser>{'<userID>a</userID>' * 1001}</checkUser></query>",
    ],
)
@pytest.mark.proves("S-4")
def test_whatever_breaks_the_grammar_is_error_1(source: str) -> None:
    assert is_parse_error(parse_request(source))


def test_the_caller_may_be_unauthenticated_and_that_is_not_a_parsing_matter() -> None:
    def caller(inside: str) -> AppInfo:
        answer = parse_request(f"<request><appInfo><appID>a</appID>{inside}</appInfo><logoutAll/></request>")
        assert isinstance(answer, LogoutAllRequest)
        return answer.app_info

    assert caller("") == AppInfo("a", None)
    assert caller("<appCertificate/>") == AppInfo("a", Secret(""))
    assert caller("<appCertificate> p w </appCertificate>") == AppInfo("a", Secret(" p w "))
    assert caller("<appCertificate>\n  pw\n</appCertificate>") == AppInfo("a", Secret("pw"))
    assert caller("<appEncryptedCertificate>x</appEncryptedCertificate>") == AppInfo("a", Secret("x"), encrypted=True)


def test_neither_reprs_nor_reasons_show_the_password() -> None:
    assert "s3cret" not in repr(request("<logoutAll/>"))
    assert "s3cret" not in repr(parse_request(f"<request>{APP}<login/></request>"))
    assert "s3cret" not in repr(parse_request("<request><appCertificate>s3cret</request>"))


names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)
addresses = st.none() | st.ip_addresses().map(str)
flags = st.none() | st.booleans()
callers = st.builds(AppInfo, names, st.none() | names.map(Secret)) | st.builds(
    AppInfo, names, names.map(Secret), st.just(True)
)
several = st.lists(names, min_size=1, max_size=5).map(tuple)
durations = st.none() | st.just(INDEFINITE) | st.builds(ExclusiveDuration, st.integers(1, 10080))
requests = st.one_of(
    st.builds(LoginRequest, callers, names, names, st.none() | names, durations, addresses, flags),
    st.builds(LogoutRequest, callers, names, addresses, flags),
    st.builds(LogoutAllRequest, callers, addresses, flags),
    st.builds(DeviceUserQuery, callers, several, st.none() | st.sampled_from(LoginType), addresses),
    st.builds(UserDevicesQuery, callers, several, addresses),
    st.builds(CheckUserQuery, callers, several, addresses, flags),
    st.builds(DeviceProfileQuery, callers, several, addresses, flags),
)


@given(requests)
def test_what_is_written_is_read_back(request: Request) -> None:
    assert parse_request(render_request(request)) == request


@given(requests, st.integers(0, 600), st.integers(0, 10), st.binary(max_size=8))
def test_a_damaged_request_never_raises(request: Request, at: int, cut: int, inserted: bytes) -> None:
    document = render_request(request)
    parse_request(document[:at] + inserted + document[at + cut :])


@given(st.binary(max_size=400) | st.text(max_size=400))
def test_noise_is_error_1(noise: bytes | str) -> None:
    assert isinstance(parse_request(noise), ParseFailure)
