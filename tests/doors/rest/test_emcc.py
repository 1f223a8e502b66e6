"""Setting EMCC up over REST and from the command line: the same as on the pages (RO-31)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from roamline.processes import cli
from roamline.rooms.clusters.models import Cluster
from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.emcc import settings
from roamline.rooms.ledger.models import AuditEntry
from tests.doors.rest.test_mobility import SECRET, headers
from tests.rooms.clusters.others import Other, join_network
from tests.support import factories
from tests.support.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.urls("roamline.processes.urls_web")]


@pytest.fixture
def west() -> None:
    """Another cluster, a trunk and a device pool; an administrator for REST."""
    join_network(NOW)
    Other("WEST", 7)
    Cluster.objects.filter(name="WEST").update(is_linked=True)
    Trunk.objects.create(name="PSTN", host="pstn.example")
    factories.device_pool()
    factories.user("admin", kind="application", password=SECRET, groups=("Standard CCM Super Users",))


def rest(client: Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    given = json.dumps(body) if body is not None else ""
    answer = client.generic(
        method.upper(), f"/api/v1/emcc{path}", given, content_type="application/json", headers=headers("admin")
    )
    return answer.status_code, answer.json() if answer.content else None


def test_over_rest_it_is_shown_set_up_validated_and_devices_are_inserted(client: Client, west: None) -> None:
    status, shown = rest(client, "put", "/profile", {"emcc": True, "pstn_access": True, "pstn_trunk": "PSTN"})
    assert (status, shown["emcc"], shown["pstn_trunk"]) == (200, True, "PSTN")
    status, shown = rest(client, "put", "/remote-clusters/WEST", {"emcc": True})
    assert [(each["name"], each["emcc"], each["pstn_access"]) for each in shown["remote_clusters"]] == [
        ("WEST", True, False)
    ]
    assert rest(client, "post", "/devices", {"count": 2, "dry_run": True}) == (200, {"devices": ["EMCC1", "EMCC2"]})
    assert rest(client, "post", "/devices", {"count": 2}) == (201, {"devices": ["EMCC1", "EMCC2"]})
    assert rest(client, "post", "/update") == (202, {"updated": 1})
    status, shown = rest(client, "get", "")
    assert (status, shown["devices"]) == (200, {"count": 2, "free": 2, "phones": 0})
    status, found = rest(client, "get", "/validation")
    assert {"level": "error", "cluster": "", "finding": "no TFTP server for EMCC phones is set: error 39"} in found
    entries = AuditEntry.objects.filter(action="intercluster_service_profile.changed", way="rest", actor="admin")
    assert entries.exists()


def test_what_cannot_be_is_refused_over_rest_and_changes_nothing(client: Client, west: None) -> None:
    for method, path, body, status in (
        ("put", "/profile", {"emcc": True, "pstn_access": True}, 409),
        ("put", "/profile", {"emcc": True, "pstn_trunk": "none"}, 404),
        ("put", "/profile", {"emcc": "perhaps"}, 422),
        ("put", "/remote-clusters/NOWHERE", {"emcc": True}, 404),
        ("post", "/devices", {"count": 0}, 409),
        ("post", "/devices", {"count": 100_001, "dry_run": True}, 409),
        ("post", "/devices", {"count": 1, "device_pool": "none"}, 404),
        ("post", "/devices", {"count": "many"}, 422),
    ):
        assert rest(client, method, path, body)[0] == status, (path, body)
    assert client.get("/api/v1/emcc").status_code == 401
    assert settings.profile() == settings.Profile()
    assert not settings.emcc_devices().exists()


def test_from_the_command_line_it_is_set_up_shown_and_validated(capsys: Any, west: None) -> None:
    assert cli.main(["emcc", "activate", "--pstn-trunk", "PSTN"]) == 0
    assert cli.main(["emcc", "enable", "WEST", "--pstn-access"]) == 0
    assert cli.main(["emcc", "insert", "3", "--dry-run"]) == 0
    assert cli.main(["emcc", "insert", "3", "--device-pool", "Lobby"]) == 0
    assert cli.main(["emcc", "update"]) == 0
    assert cli.main(["emcc", "show"]) == 0
    out = capsys.readouterr().out
    for said in ("would be inserted: EMCC1, EMCC2, EMCC3", "inserted: EMCC1", "EMCC: active; PSTN access: active (tr",
                 "EMCC devices: 3, of them free: 3", "EMCC PSTN"):  # fmt: skip
        assert said in out
    assert cli.main(["emcc", "validate"]) == 1
    assert "✗              no TFTP server for EMCC phones is set: error 39" in capsys.readouterr().out
    assert cli.main(["emcc", "disable", "WEST"]) == cli.main(["emcc", "deactivate"]) == 0
    assert settings.services_of("WEST") == settings.Services()
    assert not settings.profile().emcc_active


def test_the_command_line_says_why_not_in_a_line(capsys: Any, west: None) -> None:
    for arguments, said in (
        (["insert", "0"], "Insert 1 to 10000"),
        (["insert", "100001", "--dry-run"], "Insert 1 to 10000"),
        (["insert", "1", "--device-pool", "none"], "no device pool 'none'"),
        (["activate", "--pstn-trunk", "none"], "no trunk 'none'"),
        (["enable", "NOWHERE"], "no other cluster NOWHERE"),
    ):
        assert cli.main(["emcc", *arguments]) == 1
        assert said in capsys.readouterr().err
    assert not settings.emcc_devices().exists()
