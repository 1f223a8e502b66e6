"""Two real sites on loopback, joined over TLS by the command line (RO-1, RO-2, RO-4, RO-5).

They ask for the password and for certificates of an authority.
"""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.authority import TestAuthority, write
from tests.support.clusters import ClusterSite
from tests.support.sites import until

LINKED_WITHIN = 60.0
OFF_WITHIN = 5.0
ILS = "Cisco Intercluster Lookup Service"
OURS, THEIRS = TestAuthority(), TestAuthority()
TOLD_WITHIN = 20.0  # generous: a machine under load; the story tests and the benchmark say how quick it is
LOG_IN = """
from datetime import UTC, datetime
from django.db import transaction
from roamline.rooms.clusters import service
with transaction.atomic():
    print(service.log_in({user!r}, ["2001"], "SEP1", datetime.now(UTC)))
"""
ROUTE = "SELECT cluster, port FROM kamailio_route WHERE number = ? ORDER BY rank LIMIT 1"


def site_with(name: str, folder: Path, issuer: TestAuthority) -> ClusterSite:
    """A site with our authority's bundle and a certificate of an issuer's."""
    given = {"ils.ca": OURS.write_bundle(folder / f"{name}-ca.pem"),
             "ils.certificate": write(issuer.issue(name), folder / f"{name}.pem")}  # fmt: skip
    return ClusterSite(name, folder / name.lower(), settings=given)


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ClusterSite]]:
    """HQ, a hub, and EAST, a hub that joined it."""
    folder = tmp_path_factory.mktemp("clusters")
    hq, east = site_with("HQ", folder, OURS), site_with("EAST", folder, OURS)
    hq.create()
    east.join(hq)
    try:
        hq.start()
        east.start()
        for site in (hq, east):
            until(lambda site=site: is_linked(site), LINKED_WITHIN, f"{site.name} is linked")
        yield {"HQ": hq, "EAST": east}
    finally:
        hq.stop()
        east.stop()


def status(site: ClusterSite) -> dict[str, Any]:
    return dict(json.loads(site.roamline("ils", "status", "--json")))


def is_linked(site: ClusterSite) -> bool:
    return ask(site.folder, "SELECT COUNT(*) FROM clusters_cluster WHERE is_linked AND is_member") == [(1,)]


def ask(folder: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "roamline.sqlite3", timeout=20)) as database:
        return list(database.execute(statement, values))


def route(site: ClusterSite, number: str) -> tuple[Any, ...] | None:
    return next(iter(ask(site.folder, ROUTE, number)), None)


@pytest.mark.proves("RO-1")
def test_each_sees_the_other_on_the_command_line(clusters: dict[str, ClusterSite]) -> None:
    for site, other in ((clusters["HQ"], "EAST"), (clusters["EAST"], "HQ")):
        rows = {row["name"]: row["state"] for row in status(site)["clusters"]}
        assert rows == {site.name: "own", other: "linked"}


@pytest.mark.proves("RO-4")
def test_a_log_in_at_one_changes_the_route_at_the_other(clusters: dict[str, ClusterSite]) -> None:
    clusters["EAST"].python(LOG_IN.format(user="erin"))
    until(lambda: route(clusters["HQ"], "2001") == ("EAST", 5060 + clusters["EAST"].offset), TOLD_WITHIN)
    clusters["HQ"].python(LOG_IN.format(user="erin"))
    until(lambda: route(clusters["EAST"], "2001") == ("HQ", 5060 + clusters["HQ"].offset), TOLD_WITHIN)


@pytest.mark.proves("RO-5")
def test_a_killed_engine_comes_back_and_misses_nothing(clusters: dict[str, ClusterSite]) -> None:
    hq, east = clusters["HQ"], clusters["EAST"]
    hq.kill_engine()
    for user in ("ann", "ben", "cid"):
        east.python(LOG_IN.format(user=user))
        hq.python(LOG_IN.format(user=f"{user}2"))
    users = {"ann", "ben", "cid", "ann2", "ben2", "cid2"}
    statement = "SELECT key FROM clusters_record WHERE kind = 'login' AND payload IS NOT NULL"
    for site in (hq, east):
        until(lambda site=site: users <= {key for (key,) in ask(site.folder, statement)}, LINKED_WITHIN)


def test_a_link_that_is_cut_stays_cut_until_it_is_mended(clusters: dict[str, ClusterSite]) -> None:
    hq, east = clusters["HQ"], clusters["EAST"]
    for _once_more in range(2):
        hq.roamline("ils", "cut", "EAST")
    for site in (hq, east):
        until(lambda site=site: not is_linked(site), TOLD_WITHIN, f"{site.name} is not linked")
    hq.kill_engine()
    east.python(LOG_IN.format(user="zoe"))
    until(lambda: "an administrator cut the link" in east.roamline("ils", "status"), LINKED_WITHIN)
    assert [row["state"] for row in status(hq)["clusters"] if row["name"] == "EAST"] == ["cut"]
    known = "SELECT COUNT(*) FROM clusters_place WHERE user_id = 'zoe'"
    assert ask(hq.folder, known) == [(0,)]
    hq.roamline("ils", "mend", "EAST")
    until(lambda: ask(hq.folder, known) == [(1,)], LINKED_WITHIN, "HQ learns of the log-in")
    with pytest.raises(AssertionError, match="there is no other cluster NOWHERE"):
        hq.roamline("ils", "cut", "NOWHERE")


@pytest.mark.proves("EM-1")
def test_with_ils_off_the_links_are_closed_within_seconds_and_no_node_speaks(clusters: dict[str, ClusterSite]) -> None:
    hq, east = clusters["HQ"], clusters["EAST"]
    hq.roamline("service", "stop", ILS)
    until(lambda: not is_linked(hq) and not is_linked(east) and not listens(hq), OFF_WITHIN, "the links are closed")
    seen = status(hq)
    assert seen["speaker"] == ""
    assert "no node of this cluster speaks ILS" in seen["alarms"]
    hq.roamline("service", "start", ILS)
    until(lambda: is_linked(hq) and is_linked(east), LINKED_WITHIN, "they are linked again")


def listens(site: ClusterSite) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", 7501 + site.offset)) == 0


@pytest.mark.proves("RO-2")
def test_a_cluster_with_a_wrong_password_or_certificate_gets_nothing_and_is_named(
    clusters: dict[str, ClusterSite], tmp_path: Path
) -> None:
    hq, rogue = clusters["HQ"], site_with("ROGUE", tmp_path, THEIRS)
    with pytest.raises(AssertionError, match="does not let this cluster in: its certificate is not one of"):
        rogue.join(hq, look_first=True)
    (rogue.folder / "password").write_text("not the password at all")
    with pytest.raises(AssertionError, match="does not let this cluster in: wrong password"):
        rogue.join(hq, look_first=True)
    rogue.join(hq)
    try:
        rogue.start()
        until(lambda: "ROGUE" in str(ask(hq.folder, "SELECT * FROM clusters_refusedpeer")), LINKED_WITHIN)
        shown = hq.roamline("ils", "status")
        assert "ROGUE: wrong password" in shown
        assert "ROGUE: its certificate is not one of the configured authority" in shown
        assert ask(rogue.folder, "SELECT COUNT(*) FROM clusters_record WHERE kind = 'login'") == [(0,)]
    finally:
        rogue.stop()


@pytest.mark.proves("RO-2")
def test_check_says_whether_the_certificates_can_be_used(clusters: dict[str, ClusterSite]) -> None:
    shown = clusters["EAST"].roamline("check")
    assert "authority for clusters: " in shown
    assert "certificate for clusters: valid until" in shown
