from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from roamline.platform import certificate, config
from roamline.processes import cli, findings
from roamline.processes.findings import Level
from roamline.processes.findings_ils import look_at_ils
from roamline.processes.findings_ipv6 import look_at_ipv6
from roamline.rooms.parameters.rules import CLUSTER_ID
from roamline.rooms.phones.models import Phone
from tests.support import factories
from tests.support.authority import TestAuthority, write

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
Look = Callable[..., object]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROAMLINE_CONFIG", "")


def levels(look: Look, settings: config.Config) -> list[Level]:
    found = list(look(settings, NOW))  # type: ignore[call-overload]
    assert all(each.remedy for each in found if each.level is Level.ERROR)
    return [each.level for each in found]


def site(folder: Path, **sections: dict[str, object]) -> config.Config:
    return config.parse({**sections, "site": {"data": str(folder), **sections.get("site", {})}})


def test_config_prints_a_file_that_can_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config"]) == 0
    assert config.parse(tomllib.loads(capsys.readouterr().out))


def test_whoever_has_read_enough_hears_no_more() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as nowhere:
        command = [sys.executable, "-m", "roamline.processes.cli", "config"]
        done = subprocess.run(command, stdout=nowhere, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (141, "")


def test_check_names_every_mistake_in_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "roamline.toml"
    file.write_text('[web]\nport = "x"\ncolor = 1\n')
    assert cli.main(["--config", str(file), "check"]) == 1
    printed = capsys.readouterr().out
    assert "web.port" in printed
    assert "web.color: unknown setting" in printed


def test_a_file_that_is_not_there_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--config", str(tmp_path / "none.toml"), "serve"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_two_listeners_on_one_port_are_an_error(tmp_path: Path) -> None:
    assert levels(findings.look_at_ports, site(tmp_path)) == [Level.OK]
    assert levels(findings.look_at_ports, site(tmp_path, web={"port": 8080})) == [Level.ERROR]


@pytest.mark.django_db
def test_phones_in_ipv6_mode_need_an_address_of_the_site_and_listeners(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(**sections: dict[str, object]) -> list[Level]:
        settings = site(tmp_path, **sections)
        settings.key_file.parent.mkdir(exist_ok=True)
        settings.key_file.touch()
        return levels(look_at_ipv6, settings)

    everywhere = {name: {"bind": "::"} for name in ("phones", "secure", "web")}
    assert found() == []
    assert found(site={"advertised_ipv6": "2001:db8::1"}) == [Level.WARNING] * 4
    assert found(site={"advertised_ipv6": "::1"}, **everywhere, call_control={"bind_ipv6": "::1"}) == [Level.OK]
    assert Level.ERROR in found(site={"advertised_ipv6": "host"})
    assert Level.ERROR in found(call_control={"bind_ipv6": "::"})
    factories.phone()
    Phone.objects.update(ip_addressing_mode="ipv6")
    assert found(**everywhere, call_control={"bind_ipv6": "::1"}) == [Level.ERROR, Level.OK]


def test_a_key_file_that_others_can_read_is_an_error(tmp_path: Path) -> None:
    settings = site(tmp_path)
    assert levels(findings.look_at_key_file, settings) == [Level.ERROR]
    settings.key_file.parent.mkdir()
    settings.key_file.touch(0o600)
    assert levels(findings.look_at_key_file, settings) == [Level.OK]
    settings.key_file.chmod(0o640)
    assert levels(findings.look_at_key_file, settings) == [Level.ERROR]


@pytest.mark.parametrize(
    ("age", "level"),
    [(timedelta(0), Level.OK), (timedelta(days=380), Level.WARNING), (timedelta(days=500), Level.ERROR)],
)
def test_a_certificate_is_warned_of_before_and_refused_after_it_expires(
    tmp_path: Path, age: timedelta, level: Level
) -> None:
    own = certificate.ensure(site(tmp_path), NOW - age)
    given = site(tmp_path, secure={"certificate": str(own.chain), "private_key": str(own.private_key)})
    assert levels(findings.look_at_certificate, given) == [level]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "expected"), [("EAST", [Level.OK, Level.OK]), ("WEST", [Level.OK, Level.ERROR])])
def test_the_certificate_for_clusters_has_to_name_the_cluster(
    tmp_path: Path, name: str, expected: list[Level]
) -> None:  # fmt: skip
    factories.set_parameter(CLUSTER_ID, "EAST")
    authority = TestAuthority()
    given = {
        "ca": authority.write_bundle(tmp_path / "ca"),
        "certificate": write(authority.issue(name), tmp_path / "own"),
    }
    assert levels(look_at_ils, site(tmp_path, ils=given)) == expected
    assert levels(look_at_ils, site(tmp_path, ils={"ca": given["ca"]})) == [Level.OK, Level.WARNING]
    (tmp_path / "ca").write_text("")
    (tmp_path / "own").write_text("")
    assert levels(look_at_ils, site(tmp_path, ils=given)) == [Level.ERROR, Level.ERROR]


def test_a_certificate_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    given = site(tmp_path, secure={"certificate": str(tmp_path / "none.pem")})
    assert levels(findings.look_at_certificate, given) == [Level.ERROR]


def test_a_data_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert levels(findings.look_at_data, site(tmp_path)) == [Level.OK]
    assert levels(findings.look_at_data, site(tmp_path / "none")) == [Level.ERROR]
