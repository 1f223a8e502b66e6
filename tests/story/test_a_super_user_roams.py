"""erin, a super user of HQ, in three real clusters: HQ and EAST are hubs, WEST is a spoke of EAST."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.demo_clusters import OWN_NUMBERS, WITHIN, DemoClusters
from tests.support.sites import until

PIN, NEW_PIN = "66260", "80412"
CHANGE = "/changecredential/ChangeCredentialServlet"

GOODBYE = "로그아웃되었습니다"
"""What a phone says to erin, whose language is Korean."""

pytestmark = [pytest.mark.needs("kamailio", "baresip"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoClusters]:
    """The three clusters, joined, each with erin's PIN."""
    made = DemoClusters(tmp_path_factory.mktemp("clusters") / "data")
    try:
        made.run.start()
        for name in ("HQ", "EAST", "WEST"):
            until(lambda name=name: made.has_pin(name), WITHIN, f"erin's PIN is in {name}")
            made.wait_for_place("1005", "HQ", name)
            made.wait_for_place("3906", "WEST", name)
            made.phone(name).waits_for(f"registered:{OWN_NUMBERS[name]}", timeout=WITHIN)
        yield made
    finally:
        made.run.stop()


@pytest.mark.proves("RO-20", "RO-24", "RO-40")
def test_her_number_rings_where_she_logged_in_and_her_phone_at_home_is_logged_out(clusters: DemoClusters) -> None:
    clusters.log_in("HQ", PIN)
    clusters.phone("HQ").waits_for("registered:1005", timeout=WITHIN)
    clusters.wait_for_place("1005", "HQ", "EAST", "WEST")
    clusters.log_in("EAST", PIN)
    clusters.phone("EAST").waits_for("registered:1005", timeout=WITHIN)
    clusters.phone("HQ").waits_for("registered:1906", timeout=WITHIN)
    assert clusters.phone("HQ").status()["user"] is None
    clusters.wait_for_place("1005", "EAST", "HQ", "WEST")
    clusters.calls("WEST", "1005", answers="EAST")
    clusters.calls("HQ", "1005", answers="EAST")
    clusters.calls("EAST", "3906", answers="WEST")
    assert GOODBYE in clusters.on_phone("EAST", doLogout="true")
    clusters.wait_for_place("1005", "HQ", "HQ", "EAST", "WEST")


@pytest.mark.proves("RO-12")
def test_who_is_no_super_user_gets_201_and_explain_says_whose_they_are(clusters: DemoClusters) -> None:
    assert "(201)" in clusters.on_phone("EAST", userid="bob", seq="31415")
    said = clusters.roamline("EAST", "explain", "--user", "bob", "--device", "SEP0011AA230006")
    assert "user of HQ, not a super user" in said


@pytest.mark.proves("RO-30", "RO-32")
def test_bob_logs_in_on_a_phone_of_east_which_is_a_phone_of_his_home_meanwhile(clusters: DemoClusters) -> None:
    east = clusters.phone("EAST")
    clusters.on_phone("EAST", doLogout="true")
    until(
        lambda: "Login successful" in clusters.on_phone("EAST", EMCC="true", userid="bob", seq="31415"), WITHIN, "bob"
    )
    east.waits_for("registered:1002", timeout=WITHIN)
    clusters.calls("HQ", "1002", answers="EAST")
    clusters.calls("EAST", "1906", answers="HQ")
    assert east.dial("112", timeout=20.0) == ""
    east.do("hangup")
    left = json.loads((clusters.data / "logs" / "pstn-calls.log").read_text().splitlines()[-1])
    assert (left["number"], left["location"]) == ("112", "East office, ground floor")
    assert "Logout successful" in clusters.on_phone("EAST", EMCC="true", doLogout="true")
    east.waits_for("registered:2906", timeout=WITHIN)
    clusters.calls("HQ", "2906", answers="EAST")


@pytest.mark.proves("RO-21", "RO-23", "RO-13")
def test_home_is_off_and_learns_everything_when_it_is_back(clusters: DemoClusters) -> None:
    clusters.log_in("HQ", PIN)
    clusters.wait_for_place("1005", "HQ", "EAST", "WEST")
    clusters.order("stop", "HQ")
    until(lambda: clusters.is_down("HQ"), WITHIN, "HQ is down")

    clusters.log_in("WEST", PIN)
    clusters.phone("WEST").waits_for("registered:1005", timeout=WITHIN)
    clusters.wait_for_place("1005", "WEST", "EAST")
    clusters.calls("EAST", "1005", answers="WEST")
    said = clusters.on_phone("WEST", CHANGE, userid="erin", seq=PIN, newseq=NEW_PIN, newseqagain=NEW_PIN)
    assert "<CiscoIPPhoneText>" in said
    assert "(201)" not in said

    clusters.order("resume", "HQ")
    until(lambda: clusters.is_up("HQ"), WITHIN, "HQ is up again")
    clusters.wait_for_place("1005", "WEST", "HQ")
    home = clusters.phone("HQ")
    until(lambda: home.run("status").returncode == 0, WITHIN, "the agent at home")
    home.waits_for("registered:1906", timeout=WITHIN)
    assert home.status()["user"] is None  # the session from before is logged out
    clusters.wait_for_place("3906", "WEST", "HQ")
    until(lambda: "Login successful" not in clusters.on_phone("HQ", userid="erin", seq=PIN), WITHIN, "the old PIN")

    assert GOODBYE in clusters.on_phone("WEST", doLogout="true")
    clusters.wait_for_place("1005", "HQ", "HQ", "EAST", "WEST")
    clusters.log_in("HQ", NEW_PIN)
    home.waits_for("registered:1005", timeout=WITHIN)
    clusters.calls("WEST", "1005", answers="HQ")
    assert GOODBYE in clusters.on_phone("HQ", doLogout="true")


@pytest.mark.proves("RO-5")
def test_a_spoke_waits_for_its_hub_goes_on_by_itself_and_converges_without_help(clusters: DemoClusters) -> None:
    pin = NEW_PIN if "(201)" in clusters.on_phone("HQ", userid="erin", seq=PIN) else PIN
    clusters.send_home("1005", "HQ")
    clusters.order("stop", "EAST")
    until(lambda: clusters.is_down("EAST"), WITHIN, "EAST is down")

    clusters.log_in("WEST", pin)
    clusters.phone("WEST").waits_for("registered:1005", timeout=WITHIN)
    assert clusters.place_of("1005", "WEST") == "WEST"
    assert clusters.place_of("1005", "HQ") == "HQ"  # nobody could tell HQ

    clusters.order("resume", "EAST")
    until(lambda: clusters.is_up("EAST"), WITHIN, "EAST is up again")
    clusters.wait_for_place("1005", "WEST", "HQ", "EAST")
    clusters.phone("EAST").waits_for("registered:2906", timeout=WITHIN)
    clusters.calls("EAST", "1005", answers="WEST")


@pytest.mark.proves("RO-20")
def test_a_cluster_that_is_cut_off_says_that_others_do_not_know_and_tells_them_later(clusters: DemoClusters) -> None:
    pin = NEW_PIN if "(201)" in clusters.on_phone("EAST", userid="erin", seq=PIN) else PIN
    clusters.send_home("1005", "HQ")
    clusters.order("cut", "WEST")
    until(lambda: "not reachable" in clusters.roamline("WEST", "super-users", "list"), WITHIN, "WEST is cut off")
    said = clusters.on_phone("WEST", userid="erin", seq=pin)
    assert "Login successful" in said
    assert "Other clusters do not know of it yet." in said
    clusters.order("mend", "WEST")
    clusters.wait_for_place("1005", "WEST", "HQ", "EAST")


@pytest.mark.proves("RO-22")
def test_while_one_link_is_cut_she_stands_in_both_and_then_only_where_she_was_last(clusters: DemoClusters) -> None:
    pin = NEW_PIN if "(201)" in clusters.on_phone("HQ", userid="erin", seq=PIN) else PIN
    clusters.send_home("1005", "HQ")
    clusters.log_in("HQ", pin)
    clusters.wait_for_place("1005", "HQ", "EAST", "WEST")
    clusters.order("cut", "HQ", "EAST")
    until(lambda: "cut" in clusters.roamline("HQ", "ils", "status"), WITHIN, "the link is cut")
    clusters.log_in("WEST", pin)
    clusters.wait_for_place("1005", "WEST", "EAST", "WEST")
    clusters.calls("EAST", "1005", answers="WEST")
    assert clusters.place_of("1005", "HQ") == "HQ"
    assert clusters.phone("HQ").status()["user"]
    clusters.order("mend", "HQ", "EAST")
    clusters.wait_for_place("1005", "WEST", "HQ")
    clusters.phone("HQ").waits_for("registered:1906", timeout=WITHIN)
    assert clusters.phone("HQ").status()["user"] is None
