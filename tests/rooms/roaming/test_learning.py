"""What follows when another cluster says who its super users are."""

from __future__ import annotations

import pytest

from roamline.kernel.secret import Secret
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.models import Cluster
from roamline.rooms.dialplan.models import CallingSearchSpace
from roamline.rooms.directory import verifiers
from roamline.rooms.directory.models import Account
from roamline.rooms.roaming import hearing
from roamline.rooms.roaming.models import Replica
from roamline.rooms.roaming.rules import documents
from tests.rooms.roaming import network
from tests.rooms.roaming.rules.test_documents import ERIN
from tests.support import factories
from tests.support.factories import PIN

pytestmark = pytest.mark.django_db

KEY = str(ERIN.uuid)
DOCUMENT = documents.written(ERIN)


@pytest.fixture(autouse=True)
def _joined() -> None:
    network.make()


def pin(text: str = PIN) -> dict[str, object]:
    sealed = verifiers.seal_for_network(verifiers.make(Secret(text), ERIN.uuid), ERIN.uuid, network.key())
    return {"sealed": sealed, "changed_at": None, "must_change": False}


@pytest.mark.parametrize("pin_first", [True, False])
def test_a_user_and_their_pin_arrive_in_either_order(pin_first: bool) -> None:
    if pin_first:
        network.say("super_setting", f"{KEY}:pin", pin(), stamp=2)
    network.say("super_user", KEY, DOCUMENT, stamp=3)
    if not pin_first:
        network.say("super_setting", f"{KEY}:pin", pin(), stamp=4)
    account = Account.objects.get(user_id="erin")
    assert verifiers.matches(Secret(PIN), account.pin_verifier, account.uuid)
    answer = network.own("super_report", KEY)
    assert answer is not None
    assert (answer["outcome"], answer["digest"], answer["home"]) == ("added", documents.digest_of(DOCUMENT), network.HQ)


def test_the_number_is_not_claimed_by_this_cluster() -> None:
    network.say("super_user", KEY, DOCUMENT, stamp=3)
    assert network.own("number", "1005") is None
    clusters.publish(factories.NOW)
    assert network.own("number", "1005") is None
    assert network.own("profile", "EM_erin") is None
    assert network.own("user", "erin") is None


def test_what_cannot_be_taken_over_is_answered_with_the_reason_and_tried_again() -> None:
    factories.number("1005")
    network.say("super_user", KEY, DOCUMENT, stamp=3)
    answer = network.own("super_report", KEY)
    assert answer is not None
    assert answer["failure"] == "a number of this cluster: 1005"
    assert not Account.objects.filter(user_id="erin").exists()
    factories.DirectoryNumber.objects.filter(pattern="1005").delete()
    network.say("super_sync", "run", {"at": "x"}, stamp=4)
    assert Account.objects.filter(user_id="erin").exists()
    assert Replica.objects.get().failure == ""


@pytest.mark.proves("RO-11")
def test_who_was_added_stays_added_in_the_report_and_a_space_that_came_since_is_a_change() -> None:
    network.say("super_user", KEY, DOCUMENT, stamp=3)
    network.say("super_sync", "run", {"at": "x"}, stamp=4)
    first = network.own("super_report", KEY)
    assert first is not None
    lacks = [name.removeprefix("calling search space ") for name in first["lacks"] if "calling search" in name]
    assert (first["outcome"], bool(lacks)) == ("added", True)
    CallingSearchSpace.objects.create(name=lacks[0])
    network.say("super_sync", "run", {"at": "y"}, stamp=5)
    then = network.own("super_report", KEY)
    assert then is not None
    assert then["outcome"] == "changed"
    assert f"calling search space {lacks[0]}" not in then["lacks"]


def test_nonsense_is_answered_and_changes_nothing() -> None:
    network.say("super_user", KEY, {"user_id": "erin", "fields": {"first_name": "x" * 200}, "profiles": []}, stamp=3)
    answer = network.own("super_report", KEY)
    assert answer is not None
    assert answer["failure"]
    assert not Account.objects.filter(user_id="erin").exists()


def test_another_cluster_cannot_take_a_super_user_of_a_third() -> None:
    network.say("super_user", KEY, DOCUMENT, stamp=3)
    Replica.objects.update(origin="x" * 24, cluster="WEST")
    network.say("super_user", KEY, {**DOCUMENT, "fields": {"first_name": "Mallory"}}, stamp=4)
    assert Account.objects.get(user_id="erin").first_name == "Erin"
    network.say("super_user", KEY, None, stamp=5)
    assert Account.objects.filter(user_id="erin").exists()


def test_a_pin_of_another_networks_key_is_not_used() -> None:
    network.say("super_user", KEY, DOCUMENT, stamp=3)
    sealed = verifiers.seal_for_network(verifiers.make(Secret(PIN), ERIN.uuid), ERIN.uuid, b"x" * 32)
    network.say("super_setting", f"{KEY}:pin", {"sealed": sealed, "changed_at": None, "must_change": False}, stamp=4)
    assert Account.objects.get(user_id="erin").pin_verifier == ""


def test_who_is_withdrawn_is_removed() -> None:
    network.say("super_user", KEY, DOCUMENT, stamp=3)
    network.say("super_user", KEY, None, stamp=4)
    assert not Account.objects.filter(user_id="erin").exists()
    assert not Replica.objects.exists()
    answer = network.own("super_report", KEY)
    assert answer is not None
    assert answer["outcome"] == "removed"


def test_what_a_cluster_said_before_it_was_known_to_be_in_the_network_counts_when_it_is() -> None:
    Cluster.objects.filter(origin=network.HQ).update(is_member=False, name="")
    seen = hearing.look_at_members({}, factories.NOW)
    network.say("super_user", KEY, DOCUMENT, stamp=3)
    Replica.objects.update(cluster="")  # the name is not known yet
    network.say("super_setting", f"{KEY}:pin", pin(), stamp=4)
    assert Account.objects.get(user_id="erin").pin_verifier == ""
    Cluster.objects.filter(origin=network.HQ).update(is_member=True, name="HQ")
    hearing.look_at_members(seen, factories.NOW)
    assert Account.objects.get(user_id="erin").pin_verifier != ""
    assert Replica.objects.get().cluster == "HQ"
