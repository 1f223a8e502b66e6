from __future__ import annotations

import socket
from pathlib import Path

import pytest

from roamline.demo.clusters import CLUSTERS
from roamline.processes import demo_run, demo_site, node, probes
from tests.support.sites import free_offset


def test_every_port_is_moved_by_the_offset(tmp_path: Path) -> None:
    plain = demo_site.write_config(tmp_path, 0, calls=True)
    before = {(port.setting, port.datagram): port.number for port in probes.ports(plain)}
    moved = demo_site.write_config(tmp_path, 1000, calls=True)
    assert {(p.setting, p.datagram): p.number - 1000 for p in probes.ports(moved)} == before
    assert moved["call_control.emergency_gateway"] == "127.0.0.1:6090"


def test_the_fixed_addresses_are_the_documented_ones(tmp_path: Path) -> None:
    config = demo_site.write_config(tmp_path, 0, calls=True)
    assert sorted({port.number for port in probes.ports(config)}) == [
        2223, 5060, 5061, 5066, 5067, 6969, 6970, 7501, 8080, 8090, 8443, 8448,
    ]  # fmt: skip


def test_one_or_three_clusters_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo_run.main(["--data", str(tmp_path), "--clusters", "2"]) == 2
    assert demo_run.main(["--data", str(tmp_path), "--clusters", "3", "--empty"]) == 2
    assert "--clusters takes 1 or 3" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_three_clusters_ports_are_apart(tmp_path: Path) -> None:
    configs = []
    for cluster in CLUSTERS.values():
        (tmp_path / cluster.name).mkdir()
        configs.append(demo_site.write_config(tmp_path / cluster.name, cluster.step, True, cluster.name, 5090))
    numbers = [{port.number for port in probes.ports(config)} for config in configs]
    assert len(set.union(*numbers)) == sum(len(each) for each in numbers)
    assert {config["call_control.emergency_gateway"] for config in configs} == {"127.0.0.1:5090"}


def test_a_taken_port_is_named_and_nothing_is_started(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offset = free_offset()
    with socket.create_server(("127.0.0.1", 8080 + offset)):
        assert demo_run.main(["--data", str(tmp_path), "--port-offset", str(offset), "--no-calls"]) == 2
    said = capsys.readouterr().err
    assert f"{8080 + offset}/tcp (phones.port)" in said
    assert "--port-offset" in said
    assert not (tmp_path / "logs").exists()


def test_two_sites_cannot_have_one_data_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with node.only_one(tmp_path / "run"):
        assert demo_run.main(["--data", str(tmp_path), "--no-calls"]) == 2
    assert "running already" in capsys.readouterr().err
