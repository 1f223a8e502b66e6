"""The server's document is checked before a phone follows it."""

from typing import Any

import pytest

from roamline_desk_agent.accounts import account_line, accounts_of
from roamline_desk_agent.configuration import ConfigurationError, Line, Registrar, read_configuration, read_registrar


def document(**changes: Any) -> dict[str, Any]:
    whole = {
        "device": "SEP0011AA220006",
        "version": 7,
        "stamp": "5f0d7a3e-0000-4000-8000-000000000000",
        "realm": "roamline",
        "registrar": {"host": "127.0.0.1", "port": 5060, "transport": "udp"},
        "auth_user": "SEP0011AA220006",
        "secret": "s3cret-value",
        "user": {"user_id": "alice", "display_name": "Alice"},
        "locale": "en",
        "lines": [{"index": 1, "number": "1001", "label": "1001", "display_name": "Alice"}],
        "speed_dials": [{"position": 2, "label": "Bob", "number": "1002"}],
        "emergency_numbers": ["112", "911"],
    }
    return {**whole, **changes}


def line(index: int, number: str, display_name: str = "") -> dict[str, Any]:
    return {"index": index, "number": number, "label": number, "display_name": display_name}


def test_a_configuration_is_read() -> None:
    read = read_configuration(document())
    assert read.version == 7
    assert read.lines == (Line(1, "1001", "1001", "Alice"),)
    assert read.registrar == Registrar("127.0.0.1", 5060, "udp")
    assert read.user
    assert read.user.user_id == "alice"


def test_nobody_is_logged_in() -> None:
    assert read_configuration(document(user=None)).user is None


def test_the_secret_does_not_show() -> None:
    assert "s3cret" not in repr(read_configuration(document()))
    assert "s3cret" not in repr(accounts_of(read_configuration(document())))


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": 'a";auth_user=other'},
        {"secret": ""},
        {"realm": "x>;outbound=evil"},
        {"auth_user": "a b"},
        {"registrar": {"host": "127.0.0.1", "port": 0, "transport": "udp"}},
        {"registrar": {"host": "127.0.0.1", "port": 5060, "transport": "tls"}},
        {"registrar": None},
        {"version": True},
        {"version": -1},
        {"lines": [line(1, "1001;x")]},
        {"lines": "1001"},
        {"lines": [line(index, "1001") for index in range(1, 102)]},
        {"emergency_numbers": [112]},
        {"locale": "e n"},
        {"stamp": "x" * 129},
    ],
)
def test_a_broken_configuration_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        read_configuration(document(**changes))
    assert "auth_user=other" not in str(refusal.value)


@pytest.mark.parametrize("whole", [None, [], "x", {}])
def test_something_else_is_no_configuration(whole: object) -> None:
    with pytest.raises(ConfigurationError):
        read_configuration(whole)


def test_lines_become_accounts_in_their_order_and_a_number_registers_once() -> None:
    lines = [line(3, "1003"), line(1, "1001"), line(2, "1002"), line(4, "1001")]
    accounts = accounts_of(read_configuration(document(lines=lines)))
    assert [account.number for account in accounts] == ["1001", "1002", "1003"]


def test_an_account_is_written_as_baresip_takes_it() -> None:
    only = accounts_of(read_configuration(document()))[0]
    assert account_line(only) == (
        '"Alice" <sip:1001@roamline;transport=udp>;auth_user=SEP0011AA220006;auth_pass=s3cret-value'
        ';outbound="sip:127.0.0.1:5060;transport=udp";regint=60'
    )


def test_a_registrar_may_have_an_ipv6_address() -> None:
    registrar = {"host": "2001:db8::7", "port": 5060, "transport": "udp"}
    only = accounts_of(read_configuration(document(registrar=registrar)))[0]
    assert ';outbound="sip:[2001:db8::7]:5060;transport=udp"' in account_line(only)
    assert read_registrar("[::1]:5062/tcp") == Registrar("::1", 5062, "tcp")


def test_a_name_cannot_change_the_account() -> None:
    lines = [line(1, "1001", '"<sip:9@x>;auth_pass=y\r\n')]
    only = accounts_of(read_configuration(document(lines=lines)))[0]
    assert account_line(only).startswith('"sip:9@x  auth_pass=y" <sip:1001@roamline;')


def test_a_hash_in_a_number_is_escaped_in_its_address() -> None:
    only = accounts_of(read_configuration(document(lines=[line(1, "*1#")])))[0]
    assert only.aor == "sip:*1%23@roamline"


def test_another_registrar_can_be_given_by_hand() -> None:
    override = read_registrar("127.0.0.2:5070/tcp")
    assert accounts_of(read_configuration(document()), override)[0].registrar == Registrar("127.0.0.2", 5070, "tcp")


@pytest.mark.parametrize("text", ["host", "host:x", "host:5060/sctp", ":5060"])
def test_a_registrar_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        read_registrar(text)
