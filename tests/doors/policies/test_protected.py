"""A phone marked as protected (secure tone): nobody logs in there, and everything says why (EM-36)."""

from __future__ import annotations

import pytest
from lxml import etree

from roamline.doors.provisioning import device_files
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones.models import Phone, PhoneModel
from tests.doors.policies.scene import LOBBY, Scene, now, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.proves("EM-36")
def test_a_protected_phone_refuses_with_22_and_explain_says_why(scene: Scene) -> None:
    Phone.objects.filter(name=LOBBY).update(protected=True)
    assert "(22)" in text_of(scene.open())
    assert "(22)" in scene.log_in()
    assert scene.api.login("alice") == 22
    failing = [each for each in mobility.explain("alice", LOBBY, now()).findings if not each.holds]
    assert [each.error.number for each in failing] == [22]
    assert "protected" in failing[0].reason


@pytest.mark.proves("EM-36")
def test_its_file_turns_join_across_lines_off(scene: Scene) -> None:
    Phone.objects.filter(name=LOBBY).update(protected=True)
    PhoneModel.objects.update(product_number=684)
    content = device_files.render(LOBBY)
    assert content is not None
    root = etree.fromstring(content)
    assert root.findtext("joinAcrossLines") == "0"
