"""SIP over TLS with the site's own, self-signed certificate: phones that trust it register and call."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import pytest

from roamline.platform import certificate
from tests.tls_phone import TlsPhone

pytestmark = [pytest.mark.needs("kamailio")]


@pytest.fixture(scope="module")
def tls_site(tmp_path_factory, django_db_blocker):
    from tests.doors.call_control.small_site import SmallSite, database, make_config

    folder = tmp_path_factory.mktemp("tls")
    site = SmallSite(make_config(folder / "site"), folder / "network.jsonl")
    site.config.data.mkdir()
    own = certificate.ensure(site.config, datetime.now(UTC))
    site.config.values.update(
        {"secure.certificate": str(own.chain.relative_to(site.config.data)), "secure.private_key": str(own.private_key)}
    )
    with django_db_blocker.unblock(), database(site.config.database):
        try:
            site.start_network()
            site.start_kamailio()
            yield site
        finally:
            site.hang_up()
            site.close()


@pytest.fixture
def connect(tls_site):
    """A function that connects a phone which trusts the site's certificate, and its name."""
    trust = ssl.create_default_context(cafile=str(certificate.configured(tls_site.config).chain))
    server = ("127.0.0.1", tls_site.config["call_control.tls_port"])

    def made(device: str) -> TlsPhone:
        tls_site.phones.append(TlsPhone(server, device, f"secret-of-{device}", trust))
        return tls_site.phones[-1]

    return made


def test_phones_register_and_call_over_tls(tls_site, connect):
    for number in (1, 2):
        tls_site.phone(f"SEP0{number}", f"100{number}")
    alice, bob = connect("SEP01"), connect("SEP02")
    assert alice.register("1001") == 200
    assert bob.register("1002") == 200
    outgoing = alice.dial("1002", "1001")
    bob.rings().answer()
    assert alice.finish(outgoing).status == 200
    assert outgoing.hang_up().status == 200
    assert bob.expect("BYE")


def test_a_phone_on_udp_is_reached_from_one_on_tls(tls_site, connect):
    tls_site.phone("SEP03", "1003")
    tls_site.phone("SEP04", "1004")
    secure, plain = connect("SEP03"), tls_site.sip("SEP04")
    assert secure.register("1003") == 200
    assert plain.register("1004") == 200
    outgoing = secure.dial("1004", "1003")
    plain.rings().answer()
    assert secure.finish(outgoing).status == 200
    outgoing.hang_up()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1")
def test_an_older_protocol_than_1_2_is_refused(tls_site):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, OSError)):
        TlsPhone(("127.0.0.1", tls_site.config["call_control.tls_port"]), "SEP05", "x", old)
