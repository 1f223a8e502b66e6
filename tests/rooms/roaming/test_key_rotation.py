"""The network's key is made anew: PIN verifiers go on to travel, sealed with the new one, without anybody's PIN."""

from __future__ import annotations

import base64

import pytest

from roamline.kernel.secret import Secret
from roamline.rooms.clusters import ring, sealing, store
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.models import Cluster, Network
from roamline.rooms.directory import verifiers
from roamline.rooms.directory.models import Account
from roamline.rooms.directory.rules.roles import SUPER_USERS
from roamline.rooms.ledger.changes import Author
from roamline.rooms.roaming import away, keys
from roamline.rooms.roaming.models import RoamingSettings
from roamline.wires.ils.keys import KEY, KeyWord
from tests.rooms.roaming import network
from tests.support import factories
from tests.support.factories import NOW, PIN

pytestmark = pytest.mark.django_db

AUTHOR = Author("admin", "tests")


@pytest.fixture
def erin() -> Account:
    """A super user of this cluster."""
    network.make()
    account = factories.user("erin", groups=(SUPER_USERS,), profiles=("EM_erin",))
    network.let_effects_happen()
    return account


def said_pin(account: Account) -> dict[str, object]:
    said = network.own("super_setting", f"{account.uuid}:pin")
    assert said is not None
    return said


@pytest.mark.proves("RO-11")
def test_verifiers_are_sealed_anew_at_once_and_the_old_key_is_held_meanwhile(erin: Account) -> None:
    old, before = network.key(), said_pin(erin)
    clusters.rotate_key(AUTHOR, NOW)
    new, now_said = network.key(), said_pin(erin)
    assert new != old
    assert clusters.network_keys() == (new, old)
    assert verifiers.is_same(erin.pin_verifier, str(now_said["sealed"]), erin.uuid, [new])
    assert now_said["sealed"] != before["sealed"]
    erin.refresh_from_db()
    assert verifiers.matches(Secret(PIN), erin.pin_verifier, erin.uuid)
    assert clusters.waiting_for() == ["EAST", "HQ"]


def test_what_another_cluster_sealed_with_the_key_before_is_still_taken_over(erin: Account) -> None:
    old = network.key()
    clusters.rotate_key(AUTHOR, NOW)
    sealed = verifiers.seal_for_network(verifiers.make(Secret("80412"), erin.uuid), erin.uuid, old)
    said = {"sealed": sealed, "changed_at": None, "must_change": False}
    network.say("super_setting", f"{erin.uuid}:pin", said, stamp=network.LATER)
    erin.refresh_from_db()
    assert verifiers.matches(Secret("80412"), erin.pin_verifier, erin.uuid)


@pytest.mark.proves("RO-13")
def test_sealing_anew_does_not_win_over_a_change_that_is_still_on_its_way(erin: Account) -> None:
    (first,) = [each.stamp for each in clusters.records("super_setting", f"{erin.uuid}:pin")]
    clusters.rotate_key(AUTHOR, NOW)
    assert said_pin(erin)["since"] == first
    sealed = verifiers.seal_for_network(verifiers.make(Secret("80412"), erin.uuid), erin.uuid, network.key())
    said = {"sealed": sealed, "changed_at": None, "must_change": False}
    network.say("super_setting", f"{erin.uuid}:pin", said, stamp=first + 1)  # older than the sealing, not the change
    erin.refresh_from_db()
    assert verifiers.matches(Secret("80412"), erin.pin_verifier, erin.uuid)


def test_what_a_cluster_changed_that_is_gone_since_still_counts_and_is_said_on(erin: Account) -> None:
    sealed = verifiers.seal_for_network(verifiers.make(Secret("80412"), erin.uuid), erin.uuid, network.key())
    said = {"sealed": sealed, "changed_at": None, "must_change": False}
    network.say("super_setting", f"{erin.uuid}:pin", said, stamp=network.LATER)
    Cluster.objects.filter(origin=network.HQ).update(is_member=False)
    away.adopt(Account.objects.get(pk=erin.pk), NOW)
    erin.refresh_from_db()
    assert verifiers.matches(Secret("80412"), erin.pin_verifier, erin.uuid)
    assert verifiers.is_same(erin.pin_verifier, str(said_pin(erin)["sealed"]), erin.uuid, [network.key()])
    assert said_pin(erin)["since"] == network.LATER


@pytest.mark.proves("RO-40")
def test_calls_are_proved_by_the_old_key_until_every_cluster_has_the_new_one(erin: Account) -> None:
    old = network.key()
    keys.use_call_secrets(NOW)
    clusters.rotate_key(AUTHOR, NOW)
    new = network.key()
    row = RoamingSettings.objects.get()
    assert row.call_ha1 == keys.call_ha1(old)
    assert row.accepted_ha1s.split(",") == [keys.call_ha1(new), keys.call_ha1(old)]
    newest = ring.held()[0].name
    store.DatabaseStore(1).say(sealing.identity(), KEY, "", KeyWord(newest, newest).written(), NOW)
    assert RoamingSettings.objects.get().call_ha1 == keys.call_ha1(new)


def test_a_cluster_that_is_put_out_is_named_in_the_key_and_so_gets_none(erin: Account) -> None:
    clusters.put_out(network.HQ, AUTHOR, NOW)
    assert [each.not_for for each in ring.held()] == [frozenset({network.HQ}), frozenset()]
    clusters.let_in(network.HQ, AUTHOR, NOW)
    assert ring.held()[0].not_for == frozenset()
    with pytest.raises(clusters.CannotJoin):
        clusters.let_in(network.HQ, AUTHOR, NOW)


def test_a_key_of_a_version_that_knew_one_only_is_read(erin: Account) -> None:
    Network.objects.update(sealed_key=sealing.sealed(Secret(base64.b64encode(b"k" * 32).decode()), ring.SEALED_FOR))
    assert clusters.network_keys() == (b"k" * 32,)
    assert ring.held()[0].made == 0
