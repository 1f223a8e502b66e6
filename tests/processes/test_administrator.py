from __future__ import annotations

import io

import pytest

from roamline.platform import config
from roamline.processes import cli, prepare
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones.models import DevicePool, PhoneModel, PhoneService

pytestmark = pytest.mark.django_db


def make(monkeypatch: pytest.MonkeyPatch, user: str, password: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    return cli.main(["administrator", user, "--password-stdin"])


def test_a_new_site_gets_its_first_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    assert make(monkeypatch, "root.admin", "a long password") == 0
    account = Account.objects.get(user_id="root.admin")
    assert account.is_superuser
    assert account.check_password("a long password")


def test_a_forgotten_password_is_replaced_and_the_lock_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    make(monkeypatch, "root.admin", "a long password")
    Account.objects.update(failed_attempts=5, locked_until="2099-01-01T00:00:00Z")
    assert make(monkeypatch, "root.admin", "another password") == 0
    account = Account.objects.get(user_id="root.admin")
    assert account.check_password("another password")
    assert account.locked_until is None
    assert not AuditEntry.objects.filter(details__icontains="password").exists()


@pytest.mark.parametrize("password", ["short", "", "x" * 129])
def test_a_password_of_the_wrong_length_changes_nothing(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    assert make(monkeypatch, "root.admin", password) == 2
    assert not Account.objects.exists()


def test_an_impossible_id_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(monkeypatch, "no spaces please", "a long password") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_random_password_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["administrator", "root.admin", "--random"]) == 0
    shown = capsys.readouterr().out.rsplit(" ", 1)[1].strip()
    assert Account.objects.get(user_id="root.admin").check_password(shown)


def test_a_new_site_begins_with_models_a_pool_and_the_service_and_only_once() -> None:
    site = config.parse({"site": {"advertised_host": "10.20.0.5"}})
    assert prepare.begin(site)
    assert PhoneModel.objects.get(name="Cisco 8851").registers_once
    assert DevicePool.objects.get().sip_servers == ["10.20.0.5:5060"]
    assert PhoneService.objects.get().url == "http://10.20.0.5:8080/emapp/EMAppServlet?device=#DEVICENAME#"
    PhoneModel.objects.exclude(name="Cisco 7841").delete()
    assert not prepare.begin(site)
    assert PhoneModel.objects.count() == 1
