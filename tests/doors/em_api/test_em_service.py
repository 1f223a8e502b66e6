from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from roamline.kernel.errors import Error
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.parameters.rules import ALLOWED
from tests.doors.em_api.application import DISABLED, FLOOR, LOBBY, PATH, Application, result
from tests.support import factories
from tests.support.factories import PASSWORD, PROXY_RIGHTS

pytestmark = pytest.mark.django_db

ALICE = Application("alice")
NAMED = "<deviceProfile>{}</deviceProfile>"
LASTING = "<exclusiveDuration>{}</exclusiveDuration>"


def who_is_on(device: str = LOBBY) -> str | None:
    return mobility.users_on([device])[device.lower()].user_id


def test_an_application_logs_a_user_in_and_out(proxy: Application) -> None:
    assert proxy.login("alice") == 0
    assert who_is_on() == "alice"
    assert proxy.logout() == 0
    assert who_is_on() is None
    entries = AuditEntry.objects.filter(action__startswith="em.").order_by("id")
    assert [(e.action, e.actor, e.user_id, e.way) for e in entries] == [
        ("em.login", "emproxy", "alice", "em api"),
        ("em.logout", "emproxy", "alice", "em api"),
    ]


def test_without_a_profile_the_default_one_is_used_and_a_named_one_otherwise(proxy: Application) -> None:
    assert proxy.login("chen") == 0
    assert LoginSession.objects.get().profile.name == "EM_chen_desk"
    proxy.logout()
    assert proxy.login("chen", more=NAMED.format("EM_chen_lab")) == 0
    assert LoginSession.objects.latest("id").profile.name == "EM_chen_lab"


@pytest.mark.parametrize(
    ("lasting", "minutes"),
    [
        ("", 480),
        (LASTING.format("<time>60</time>"), 60),
        (LASTING.format("<indefinite/>"), None),
        (LASTING.format("<indefinite></indefinite>"), None),
    ],
)
def test_a_log_in_lasts_as_long_as_the_application_says_else_as_the_cluster_does(
    proxy: Application, lasting: str, minutes: int | None
) -> None:
    factories.set_parameter(factories.parameter("Intra-cluster Maximum Login Time"), "8:00")
    assert proxy.login("alice", more=lasting) == 0
    session = LoginSession.objects.get()
    lasts = session.expires_at - session.started_at if session.expires_at else None
    assert lasts == (timedelta(minutes=minutes) if minutes else None)


@pytest.mark.parametrize(
    ("number", "user", "device", "more"),
    [
        (23, "nobody", LOBBY, ""),
        (23, "emproxy", LOBBY, ""),
        (23, "ALICE", LOBBY, ""),
        (11, "alice", "SEP0", ""),
        (22, "alice", DISABLED, ""),
        (12, "alice", LOBBY, NAMED.format("EM_bob")),
        (205, "dana", LOBBY, ""),
        (18, "alice", FLOOR, ""),
        (202, "", LOBBY, ""),
        (1, "alice", LOBBY, LASTING.format("<time>0</time>")),
        (1, "alice", LOBBY, "<colour>red</colour>"),
    ],
)
def test_a_log_in_that_cannot_be_is_refused_with_its_number_and_short_name(
    proxy: Application, number: int, user: str, device: str, more: str
) -> None:
    factories.user("dana", pin=None, profiles=())
    proxy.login("bob", FLOOR)
    operation = f"<login><deviceName>{device}</deviceName><userID>{user}</userID>{more}</login>"
    child = proxy.answer("request", operation)
    assert result(child) == number
    assert child.findtext("error") == Error.of(number).short_name
    assert who_is_on() is None
    assert who_is_on(FLOOR) == "bob"


def test_a_user_who_is_elsewhere_gives_25(proxy: Application) -> None:
    assert [proxy.login("alice"), proxy.login("alice", FLOOR)] == [0, 25]


@pytest.mark.parametrize(("number", "device"), [(19, LOBBY), (11, "SEP0"), (5, DISABLED), (207, "")])
def test_a_log_out_that_cannot_be_is_refused_with_its_number(proxy: Application, number: int, device: str) -> None:
    assert proxy.logout(device) == number


def test_log_out_all_logs_everybody_out(proxy: Application) -> None:
    proxy.login("alice")
    proxy.login("bob", FLOOR)
    assert proxy.request("<logoutAll></logoutAll>") == 0
    assert (who_is_on(), who_is_on(FLOOR)) == (None, None)


def test_who_is_on_a_device_with_both_slots(proxy: Application) -> None:
    proxy.login("bob")
    proxy.logout()
    proxy.login("alice")
    asked = "".join(f"<deviceName>{name}</deviceName>" for name in (LOBBY, FLOOR, "SEPX"))
    assert proxy.query(f"<deviceUserQuery>{asked}</deviceUserQuery>") == (
        f'<deviceUserResults><device name="{LOBBY}"><userID>alice</userID><lastlogin>bob</lastlogin>'
        f'<emccDevice>no</emccDevice></device><device name="{FLOOR}"><none/><none/><emccDevice>no</emccDevice></device>'
        '<device name="SEPX"><doesNotExist/></device></deviceUserResults>'
    )


def test_on_which_devices_a_user_is(proxy: Application) -> None:
    factories.set_parameter(factories.parameter("Multiple Login Behavior"), ALLOWED)
    proxy.login("alice")
    proxy.login("alice", FLOOR)
    asked = "".join(f"<userID>{name}</userID>" for name in ("alice", "bob", "nobody"))
    assert proxy.query(f"<userDevicesQuery>{asked}</userDevicesQuery>") == (
        f'<userDevicesResults><user id="alice"><deviceName>{LOBBY}</deviceName><deviceName>{FLOOR}</deviceName></user>'
        '<user id="bob"><none/></user><user id="nobody"><doesNotExist/></user></userDevicesResults>'
    )


@pytest.mark.parametrize("spelling", ["deviceProfileQuery", "userDeviceProfileQuery"])
def test_which_profiles_a_user_has_in_both_spellings(proxy: Application, spelling: str) -> None:
    factories.user("dana", pin=None, profiles=())
    asked = "".join(f"<userID>{name}</userID>" for name in ("chen", "dana", "nobody"))
    assert proxy.query(f"<{spelling}>{asked}</{spelling}>") == (
        '<deviceProfileResults><user id="chen">'
        "<deviceProfile><deviceProfileName>EM_chen_desk</deviceProfileName>"
        "<isDefaultDeviceProfile>t</isDefaultDeviceProfile></deviceProfile>"
        "<deviceProfile><deviceProfileName>EM_chen_lab</deviceProfileName>"
        "<isDefaultDeviceProfile>f</isDefaultDeviceProfile></deviceProfile></user>"
        '<user id="dana"><none/></user><user id="nobody"><doesNotExist/></user></deviceProfileResults>'
    )


def test_whether_a_user_exists(proxy: Application) -> None:
    asked = "<checkUser><userID>alice</userID><userID>nobody</userID></checkUser>"
    assert proxy.query(asked) == (
        '<checkUserResults><user id="alice"><exists>alice</exists></user>'
        '<user id="nobody"><doesNotExist/></user></checkUserResults>'
    )


def test_user_ids_are_percent_encoded_both_ways(proxy: Application) -> None:
    factories.user("dora@example.com", pin=None)
    assert proxy.login("dora%40example.com") == 0
    assert who_is_on() == "dora@example.com"
    answer = proxy.query("<userDevicesQuery><userID>dora%40example.com</userID></userDevicesQuery>")
    assert f'<user id="dora%40example.com"><deviceName>{LOBBY}</deviceName></user>' in answer
    asked = f"<deviceUserQuery><deviceName>{LOBBY}</deviceName></deviceUserQuery>"
    assert "<userID>dora%40example.com</userID>" in proxy.query(asked)


@pytest.mark.parametrize(
    ("number", "application"),
    [
        (2, Application("")),
        (2, Application("emproxy", "")),
        (2, Application("", "")),
        (3, Application("emproxy", "wrong")),
        (3, Application("nobody")),
        (3, Application("EMPROXY")),
        (3, Application("bob")),
        (10, Application("plain")),
    ],
)
def test_a_caller_who_is_not_known_or_has_no_right_gets_nothing(
    proxy: Application, number: int, application: Application
) -> None:
    factories.user("plain", kind="application", password=PASSWORD)
    assert application.login("alice") == number
    assert application.logout() == (number if number != 10 else 19)
    assert application.request("<logoutAll/>") == number
    for query in (
        f"<deviceUserQuery><deviceName>{LOBBY}</deviceName></deviceUserQuery>",
        "<userDevicesQuery><userID>alice</userID></userDevicesQuery>",
        "<deviceProfileQuery><userID>alice</userID></deviceProfileQuery>",
        "<checkUser><userID>alice</userID></checkUser>",
    ):
        assert result(application.answer("query", query)) == number
    assert not LoginSession.objects.exists()


def test_an_encrypted_certificate_is_not_taken(proxy: Application) -> None:
    app_info = f"<appInfo><appID>emproxy</appID><appEncryptedCertificate>{PASSWORD}</appEncryptedCertificate></appInfo>"
    answer = proxy.post(f"<request>{app_info}<logoutAll/></request>")
    assert b'code="3"' in answer.content


@pytest.mark.proves("S-3", "EM-36")
@pytest.mark.parametrize("in_the_proxy_group", [False, True])
def test_an_end_user_acts_for_themselves_only_also_when_put_into_the_proxy_group(
    proxy: Application, in_the_proxy_group: bool
) -> None:
    if in_the_proxy_group:
        from roamline.rooms.directory import service as directory
        from roamline.rooms.directory.models import Account

        alice = Account.objects.get(user_id="alice")
        directory.join_group(alice, factories.group(PROXY_RIGHTS), actor="admin", now=factories.NOW)
    proxy.login("bob", FLOOR)
    assert ALICE.login("alice") == 0
    assert ALICE.login("bob") == 10
    assert ALICE.logout(FLOOR) == 10
    assert ALICE.request("<logoutAll/>") == 10
    assert who_is_on(FLOOR) == "bob"
    queries = {
        "<userDevicesQuery><userID>alice</userID></userDevicesQuery>": True,
        "<userDevicesQuery><userID>alice</userID><userID>bob</userID></userDevicesQuery>": False,
        "<deviceProfileQuery><userID>alice</userID></deviceProfileQuery>": True,
        "<deviceProfileQuery><userID>bob</userID></deviceProfileQuery>": False,
        "<checkUser><userID>bob</userID></checkUser>": False,
        f"<deviceUserQuery><deviceName>{LOBBY}</deviceName></deviceUserQuery>": False,
    }
    for query, allowed in queries.items():
        child = ALICE.answer("query", query)
        assert (child.tag != "failure") == allowed, query
        assert allowed or result(child) == 10
    assert ALICE.logout() == 0


def test_a_guessed_password_locks_the_caller(proxy: Application) -> None:
    for _ in range(5):
        assert Application("emproxy", "wrong").login("alice") == 3
    assert proxy.login("alice") == 3


def test_the_address_that_the_caller_names_is_in_the_audit(proxy: Application) -> None:
    proxy.login("alice", more="<remoteIPAddr>192.0.2.77</remoteIPAddr>")
    assert AuditEntry.objects.get(action="em.login").source == "192.0.2.77"
    proxy.logout()
    assert AuditEntry.objects.get(action="em.logout").source == "127.0.0.1"


def test_an_unknown_query_gives_8(proxy: Application) -> None:
    assert result(proxy.answer("query", "<devicesUserQuery><userID>alice</userID></devicesUserQuery>")) == 8
    assert result(proxy.answer("query", "")) == 8


BOMB = (
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><request>&c;</request>'
)
HOSTILE = {
    "nothing": "",
    "no XML": "log alice in",
    "not closed": "<request><appInfo>",
    "two operations": "<request><appInfo/><login/><logout/></request>",
    "another root": "<response><success/></response>",
    "doctype": '<!DOCTYPE request SYSTEM "http://127.0.0.1:1/x.dtd"><request/>',
    "external entity": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><request>&x;</request>',
    "entity bomb": BOMB,
    "undefined entity": "<request>&x;</request>",
    "deep": "<request>" * 5000,
    "many": "<request>" + "<a/>" * 20_000 + "</request>",
    "100 kB": f"<request><appInfo><appID>{'a' * 100_000}</appID></appInfo></request>",
    "NUL": "<request>\0</request>",
    "lone surrogate": "<request>&#xD800;</request>",
    "declared as UTF-32": '<?xml version="1.0" encoding="utf-32"?><request/>',
}


@pytest.mark.proves("S-4")
@pytest.mark.parametrize("xml", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_xml_gives_1_and_changes_nothing(proxy: Application, xml: str) -> None:
    before = AuditEntry.objects.count()
    answer = proxy.post(xml)
    assert answer.status_code == 200
    assert b'<error code="1">' in answer.content
    assert b"root:" not in answer.content
    assert AuditEntry.objects.count() == before
    assert not LoginSession.objects.exists()


def test_a_request_without_the_xml_field_gives_1(proxy: Application) -> None:
    assert b'code="1"' in proxy.client.post(PATH, {"XML": "<request/>"}).content
    assert b'code="1"' in proxy.client.post(PATH, b"<request/>", content_type="text/xml").content


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch", "options"])
def test_other_methods_than_post_are_refused(proxy: Application, method: str) -> None:
    assert getattr(Client(), method)(PATH).status_code == 405


@pytest.mark.parametrize("path", [PATH.lower(), PATH + "/", "/emservice/"])
def test_a_path_in_the_wrong_case_is_not_found(proxy: Application, path: str) -> None:
    assert Client().post(path, {"xml": "<request/>"}).status_code == 404


def test_a_locked_end_user_can_still_be_logged_in_by_an_application(proxy: Application) -> None:
    from roamline.rooms.directory.models import Account

    Account.objects.filter(user_id="bob").update(locked_until=datetime.now(UTC) + timedelta(minutes=5))
    assert proxy.login("bob") == 0
