"""A flood from one address is cut off; everybody else, and emergency calls from that very address, pass."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.sip_client import SipPhone, eventually
from tests.sip_message import NoAnswer

pytestmark = [pytest.mark.needs("kamailio", "sipp")]
FLOODER = "127.0.0.2"
SCENARIO = Path(__file__).with_name("flood.xml")


@pytest.fixture
def flooder(site) -> SipPhone:
    """A phone at another address."""
    made = SipPhone(("127.0.0.1", int(site.config["call_control.port"])), "SEP02", "secret-of-SEP02", address=FLOODER)
    site.phones.append(made)
    return made


def flood(site, count: int = 3000, rate: int = 1500) -> None:
    server = f"127.0.0.1:{site.config['call_control.port']}"
    subprocess.run(
        ["sipp", server, "-sf", SCENARIO, "-i", FLOODER, "-m", str(count), "-r", str(rate), "-nostdin", "-trace_err"],
        cwd=site.config.data, capture_output=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_flood_is_cut_off_and_emergency_calls_pass(site, flooder):
    site.phone("SEP01", "1001", pool=site.floor)
    site.phone("SEP02", "1002", pool=site.floor)
    assert flooder.register("1002") == 200
    flood(site)
    flooder.patience = 1.0
    with pytest.raises(NoAnswer):
        flooder.register("1002")
    call = flooder.call("112", "1002")
    assert call.final.status == 200
    call.hang_up()
    assert site.left_the_site()[-1]["number"] == "112"
    assert site.sip("SEP01").register("1001") == 200, "others are not cut off"


def test_it_is_forgiven_when_it_ends(site, flooder):
    site.phone("SEP02", "1002")
    flood(site)
    flooder.patience = 1.0

    def is_answered() -> bool:
        try:
            return flooder.register("1002") == 200
        except NoAnswer:
            return False

    eventually(is_answered, "an answer", seconds=60)


def test_a_call_from_an_address_that_no_trunk_names_needs_a_secret(site, flooder):
    site.phone("SEP01", "1001")
    site.trunk()
    phone = site.sip("SEP01")
    assert phone.register("1001") == 200
    assert flooder.call("1001", "5551234", anonymous=True).final.status == 407
    assert flooder.call("95551234", "5551234", anonymous=True).final.status == 407
    assert phone.stays_silent()
