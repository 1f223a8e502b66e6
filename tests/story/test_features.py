"""Telephone features on a whole site with real software phones: intercom, prime line, call back."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.parse
import urllib.request

import pytest

from tests.support.agents import Softphone
from tests.support.sites import Site, until

ALICES, BOBS = "SEP0011AA220006", "SEP0011AA220009"

pytestmark = [pytest.mark.needs("kamailio", "baresip"), pytest.mark.timeout(240)]

# The intercom lines of the two software phones' own settings, and of alice's profile a second line.
INTERCOM = """
import django; django.setup()
from django.utils import timezone
from roamline.rooms.dialplan.models import DirectoryNumber, Partition
from roamline.rooms.features.service import intercom
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import DeviceProfile, Phone
inside = Partition.objects.get(name="Intercom")
for device, digits in (("SEP0011AA220006", "8011"), ("SEP0011AA220009", "8012")):
    phone = Phone.objects.get(name=device)
    number = DirectoryNumber.objects.create(pattern=digits, partition=inside)
    phones.add_line(profile=phone.own_profile, number=number, is_intercom=True, actor="test", now=timezone.now())
    intercom.choose_for_own_lines(phone.pk, timezone.now())
    mobility.reconfigure_phones([phone.pk], "test", timezone.now())
"""
PRIME_LINE = """
import django; django.setup()
from roamline.rooms.dialplan.models import DirectoryNumber
from django.utils import timezone
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import DeviceProfile
alice = DeviceProfile.objects.get(name="EM_alice")
phones.add_line(profile=alice, number=DirectoryNumber.objects.get(pattern="1013"), actor="test", now=timezone.now())
DeviceProfile.objects.filter(pk=alice.pk).update(always_use_prime_line="on")
"""


def change(site: Site, script: str) -> None:
    """Change something in the site's database, as its own services do."""
    environment = {
        **os.environ, "ROAMLINE_CONFIG": str(site.data / "roamline.toml"),
        "DJANGO_SETTINGS_MODULE": "roamline.platform.settings",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def service(site: Site, path: str, **parameters: str) -> str:
    """One request of a phone to a phone service."""
    url = f"{site.phones_url}{path}?{urllib.parse.urlencode(parameters)}"
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode())


def log_in(site: Site, device: str, user: str, pin: str) -> None:
    assert "Login successful" in service(site, "/emapp/EMAppServlet", device=device, userid=user, seq=pin)


def rtp_of(phone: Softphone) -> dict[str, int]:
    calls = phone.status()["calls"]
    return {"sent": 0, "received": 0, **((calls[0]["rtp"] if calls else None) or {})}


@pytest.mark.proves("EM-33")
def test_an_intercom_call_is_answered_by_itself_and_one_way_until_the_called_party_talks(fresh_site: Site) -> None:
    alice, bob = Softphone(fresh_site, ALICES), Softphone(fresh_site, BOBS)
    change(fresh_site, INTERCOM)
    alice.waits_for("registered:8011", timeout=60)
    bob.waits_for("registered:8012", timeout=60)
    assert alice.dial("8012") == ""
    bob.waits_for("established", timeout=30)
    until(lambda: rtp_of(bob)["received"] >= 100, 30, "bob hears alice")
    assert rtp_of(alice)["received"] == 0, "and alice does not hear bob"
    assert "talking" in bob.do("talk")
    until(lambda: rtp_of(alice)["received"] >= 50, 30, "alice hears bob")
    alice.do("hangup")
    alice.waits_for("idle")


@pytest.mark.proves("EM-32")
def test_with_the_prime_line_on_an_idle_phone_answers_on_its_first_line_only(fresh_site: Site) -> None:
    alice, bob = Softphone(fresh_site, ALICES), Softphone(fresh_site, BOBS)
    change(fresh_site, PRIME_LINE)
    log_in(fresh_site, ALICES, "alice", "27182")
    alice.waits_for("registered:1013", timeout=60)
    bob.waits_for("registered:1909", timeout=60)
    assert bob.dial("1013", wait="ringing", timeout=30) == ""
    assert "1013" in alice.run("answer").stderr, "it rings on the other line"
    alice.do("answer", "--line", "1013")
    bob.waits_for("established", timeout=30)
    bob.do("hangup")
    bob.waits_for("idle", timeout=30)
    assert bob.dial("1001", timeout=30) == "", "the first line is answered as ever"
    bob.do("hangup")


@pytest.mark.proves("EM-34")
def test_a_call_back_rings_both_software_phones(fresh_site: Site) -> None:
    alice, bob = Softphone(fresh_site, ALICES), Softphone(fresh_site, BOBS)
    bob.waits_for("registered:1909", timeout=60)
    log_in(fresh_site, ALICES, "alice", "27182")
    alice.waits_for("registered:1001", timeout=60)
    change(fresh_site, DND.format(to=True))
    assert "486" in alice.dial("1909", timeout=30)
    until(lambda: "1909 is free" in service(fresh_site, "/callback/CallBackServlet", device=ALICES), 20, "the offer")
    assert "You will be called" in service(fresh_site, "/callback/CallBackServlet", device=ALICES, do="ask")
    change(fresh_site, DND.format(to=False))
    bob.waits_for("established", timeout=60)
    until(lambda: any("1909" in call["peer"] for call in alice.status()["calls"]), 30, "alice called bob")
    until(lambda: len(alice.status()["calls"]) == 1, 60, "only the call to bob is left")
    assert "1909" in alice.status()["calls"][0]["peer"]
    until(lambda: rtp_of(bob)["received"] >= 50, 30, "bob hears alice")
    alice.do("hangup")


DND = """
import django; django.setup()
from roamline.rooms.phones.models import Phone
own = Phone.objects.get(name="SEP0011AA220009").own_profile
own.dnd_enabled = {to}
own.save()
"""
