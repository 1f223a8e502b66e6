"""A node as an administrator runs it: ``roamline migrate``, then ``roamline serve``, on PostgreSQL."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from roamline.platform import config
from roamline.processes import demo_site
from tests.support.sites import free_offset, until

pytestmark = pytest.mark.needs("postgres")


def roamline(file: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "roamline.processes.cli", "--config", str(file), *arguments]


@pytest.fixture(scope="module")
def node(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[config.Config]:
    data = tmp_path_factory.mktemp("node")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE node")
    file = demo_site.write_config(data, free_offset(), calls=False).source
    assert file is not None
    text = file.read_text().replace('url = "sqlite"', f'url = "{postgres_url.replace("/postgres", "/node")}"')
    file.write_text(text)
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    refused = subprocess.run(roamline(file, "serve"), env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "roamline migrate" in refused.stdout
    subprocess.run(roamline(file, "migrate"), env=environment, check=True)
    serving = subprocess.Popen(roamline(file, "serve"), env=environment)
    try:
        yield config.load(file)
    finally:
        serving.terminate()
        assert serving.wait(40) == 0


def is_ready(node: config.Config) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{node['web.port']}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def test_it_serves_once_it_is_migrated(node: config.Config) -> None:
    until(lambda: is_ready(node), within=60)
    ran = subprocess.run(roamline(node.source or Path(), "check"), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_another_nodes_wakeup_reaches_this_nodes_processes(node: config.Config, postgres_url: str) -> None:
    until(lambda: is_ready(node), within=60)
    folder = node.run_dir / "wake"
    until(lambda: list(folder.glob("engine-*.sock")), within=30)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.setblocking(False)
    here = os.open(folder, os.O_PATH)
    listener.bind(f"/proc/self/fd/{here}/test.sock")

    def woken() -> bool:
        with psycopg.connect(postgres_url.replace("/postgres", "/node"), autocommit=True) as other_node:
            other_node.execute("NOTIFY roamline_wake")
        try:
            return listener.recv(1) == b"!"
        except BlockingIOError:
            return False

    with listener:
        until(woken, within=30)
    os.close(here)
