"""Who may ask this cluster, and how often (S-8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from roamline.rooms.clusters.models import Cluster
from roamline.rooms.emcc import talking
from roamline.rooms.emcc.models import HeardQuestion
from roamline.wires.emcc.messages import Standing
from tests.rooms.emcc.far_cluster import FarCluster, make_home
from tests.support.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.urls("roamline.processes.urls_phones")]
NOTHING = Standing(())


@pytest.fixture
def east() -> FarCluster:
    """EAST, a member."""
    make_home(devices=0)
    return FarCluster()


def test_a_question_counts_once(east: FarCluster) -> None:
    asked = east.sealed(NOTHING)
    assert talking.answer(asked.text, NOW) is not None
    assert talking.answer(asked.text, NOW) is None
    talking.forget_old(NOW + timedelta(hours=1))
    assert not HeardQuestion.objects.exists()


def test_an_old_question_and_a_stranger_are_refused(east: FarCluster) -> None:
    old = east.sealed(NOTHING, NOW - timedelta(minutes=20))
    text = talking.answer(old.text, NOW)
    assert text is not None
    assert talking.envelope.open_answer(text, old)["refused"] == 40
    Cluster.objects.filter(origin=east.identity.origin).update(is_member=False)
    assert east.asks(NOTHING)["refused"] == 35


def test_only_over_tls_and_without_a_word_for_what_is_none(east: FarCluster) -> None:
    asked = east.sealed(NOTHING)
    post = Client().post
    assert post("/emcc/question", asked.text, content_type="application/json").status_code == 403
    for text in (b"", b"{}", b"x" * 300_000):
        assert post("/emcc/question", text, content_type="application/json", secure=True).status_code in (400, 403, 413)
    assert Client().get("/emcc/question", secure=True).status_code == 405
