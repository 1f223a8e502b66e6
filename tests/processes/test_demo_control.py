"""Orders to the demo's three clusters that cannot be carried out are refused, with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from roamline.processes import demo_control, demo_run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder in which the three clusters have been."""
    for name in ("hq", "east", "west"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("clusters", "why"),
    [
        (["HQ", "WEST"], "HQ and WEST have no link of their own"),
        (["HQ", "HQ"], "--cut takes one cluster, or two"),
        (["HQ", "EAST", "WEST"], "--cut takes one cluster, or two"),
    ],
)
def test_a_link_that_there_is_not_cannot_be_cut(
    data: Path, clusters: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo_control.obey("cut", clusters, data) == 2
    assert why in capsys.readouterr().err


def test_clusters_that_do_not_run_here_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo_control.obey("cut", ["HQ", "EAST"], tmp_path) == 2
    assert "there is no cluster HQ" in capsys.readouterr().err


def test_an_unknown_cluster_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        demo_run.main(["--cut", "HQ", "SOUTH"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "SOUTH" in said
    assert "WEST" in said
