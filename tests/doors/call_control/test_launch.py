"""How Kamailio is started, and on what it listens."""

from __future__ import annotations

import socket
import ssl
import subprocess

import pytest

from roamline.doors.call_control import launch
from roamline.platform import config as configuration
from roamline.platform.config import ConfigError


def config(folder, **sections):
    return configuration.parse({"site": {"data": str(folder)}, **sections})


@pytest.mark.needs("kamailio")
def test_the_databases_password_is_neither_on_the_command_line_nor_readable_by_others(tmp_path):
    url = "postgresql://roamline:PASSWORD@127.0.0.1:5432/roamline"
    site = config(tmp_path, database={"url": url})
    command = launch.command(site)
    assert not any("PASSWORD" in part for part in command)
    files = [file for file in launch.run_folder(site).rglob("*") if file.is_file()]
    assert any("PASSWORD" in file.read_text() for file in files)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert launch.run_folder(site).stat().st_mode & 0o777 == 0o700


@pytest.mark.needs("kamailio")
@pytest.mark.parametrize("bad", ['1"2', "1|2", "1\n2", "1 2"])
def test_a_value_that_would_break_the_configuration_is_refused(tmp_path, bad):
    with pytest.raises(ConfigError, match="sos_numbers"):
        launch.command(config(tmp_path, call_control={"emergency_numbers": bad}))


@pytest.mark.needs("kamailio")
@pytest.mark.parametrize(
    "sections",
    [
        {},
        {"database": {"url": "postgresql://a:b@127.0.0.1:5432/c"}},
        {"call_control": {"bind": "0.0.0.0"}, "site": {"advertised_host": "192.0.2.1"}},
        {"call_control": {"bind": "::1"}, "site": {"advertised_host": "::1"}},
        {"secure": {"certificate": "/x/chain.pem", "private_key": "/x/key.pem"}},
    ],
)
def test_kamailio_accepts_the_configuration(tmp_path, sections):
    site = {"data": str(tmp_path), **sections.pop("site", {})}
    command = launch.command(configuration.parse({"site": site, **sections}))
    checked = subprocess.run([*command, "-c"], capture_output=True, text=True, timeout=30, check=False)
    assert "config file ok" in checked.stdout + checked.stderr


def test_the_key_of_the_rpc_stays_the_same(tmp_path):
    site = config(tmp_path)
    assert launch.rpc_key(site) == launch.rpc_key(site)
    assert len(launch.rpc_key(site)) >= 32


@pytest.mark.needs("kamailio")
def test_browsers_and_tcp_phones_are_answered(site):
    options = (
        "OPTIONS sip:roamline SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKx;rport\r\nMax-Forwards: 9\r\n"
        "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: tcp\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    )
    assert ask(site.config["call_control.port"], options).startswith("SIP/2.0 200")
    handshake = (
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://x\r\n\r\n"
    )
    port = site.config["call_control.websocket_port"]
    assert ask(port, handshake).startswith("HTTP/1.1 101")
    assert ask(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").startswith("HTTP/1.1 404")


@pytest.mark.needs("kamailio")
def test_tls_answers_when_there_is_a_certificate(tmp_path, django_db_blocker):
    from tests.doors.call_control.small_site import SmallSite, database, make_config

    certificate, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    site = SmallSite(make_config(tmp_path / "site"), tmp_path / "network.jsonl")
    site.config.values.update({"secure.certificate": str(certificate), "secure.private_key": str(key)})
    site.config.data.mkdir()
    with django_db_blocker.unblock(), database(site.config.database):
        try:
            site.start_kamailio()
            trust = ssl.create_default_context(cafile=str(certificate))
            trust.check_hostname = False
            options = (
                "OPTIONS sip:roamline SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bKx;rport\r\n"
                "Max-Forwards: 9\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: tls\r\nCSeq: 1 OPTIONS\r\n"
                "Content-Length: 0\r\n\r\n"
            )
            assert ask(site.config["call_control.tls_port"], options, trust).startswith("SIP/2.0 200")
        finally:
            site.close()


def ask(port, text, trust=None):
    with socket.create_connection(("127.0.0.1", port), timeout=8) as plain:
        stream = trust.wrap_socket(plain) if trust else plain
        stream.sendall(text.encode())
        return stream.recv(4096).decode()
