"""Two nodes of one cluster on PostgreSQL: one of them speaks ILS, and never both (RO-5, RO-6)."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from tests.support.clusters import ClusterSite
from tests.support.postgresql import free_port
from tests.support.sites import until

pytestmark = pytest.mark.needs("postgres")

WITHIN = 60.0
SPEAKER = "SELECT node FROM clusters_speaker WHERE until > clock_timestamp()"


@dataclass
class Node:
    """One node's engine."""

    name: str
    file: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    log: Path = field(init=False)

    def start(self) -> None:
        self.log = self.file.parent / "engine.log"
        command = [sys.executable, "-m", "roamline.processes.engine"]
        environment = {**os.environ, "ROAMLINE_CONFIG": str(self.file)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def signal(self, sign: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(sign)

    def said(self, text: str) -> int:
        return self.log.read_text().count(text)

    def takes_links(self) -> bool:
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", self.port)) == 0


@dataclass
class Pair:
    """The cluster's site, both nodes, and its database."""

    site: ClusterSite
    one: Node
    two: Node
    database: psycopg.Connection

    def speaker(self) -> str:
        found = self.database.execute(SPEAKER).fetchone()
        return str(found[0]) if found else ""


@pytest.fixture
def pair(postgres_url: str, tmp_path: Path) -> Iterator[Pair]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE two_nodes")
    url = f"{postgres_url.rpartition('/')[0]}/two_nodes"
    site = ClusterSite("HQ", tmp_path / "one", url)
    site.create()
    one, two = (Node(name, tmp_path / name / "roamline.toml", free_port()) for name in ("one", "two"))
    text = site.file.read_text()
    shutil.copytree(one.file.parent / "keys", two.file.parent / "keys")  # the nodes of a cluster share their key file
    for node in (one, two):
        moved = text.replace("node1", node.name).replace(str(7501 + site.offset), str(node.port))
        node.file.write_text(moved.replace(str(6969 + site.offset), str(free_port())))
    with psycopg.connect(url, autocommit=True) as database:
        try:
            yield Pair(site, one, two, database)
        finally:
            for node in (one, two):
                if node.process is not None:
                    node.process.kill()
                    node.process.wait(20)


def test_the_other_one_speaks_when_it_hangs_or_is_killed_and_never_both(pair: Pair) -> None:
    one, two = pair.one, pair.two
    one.start()
    until(lambda: pair.speaker() == "one" and one.takes_links(), WITHIN, "one speaks")
    two.start()
    until(lambda: two.said("engine started"), WITHIN, "two runs")
    assert not two.said("ILS speaks")
    one.signal(signal.SIGSTOP)  # as a node does whose database or disk does not answer
    until(lambda: pair.speaker() == "two" and two.takes_links(), WITHIN, "two speaks once the lease of one has ended")
    one.signal(signal.SIGCONT)
    until(lambda: one.said("ILS is silent"), WITHIN, "one has found out")
    assert not one.takes_links()
    assert "speaks from two" in pair.site.roamline("ils", "status")

    two.signal(signal.SIGKILL)
    until(lambda: pair.speaker() == "one" and one.takes_links(), WITHIN, "one speaks again")
    assert one.said("ILS speaks") == 2
