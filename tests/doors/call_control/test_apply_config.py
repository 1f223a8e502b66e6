"""Apply config: a Cisco phone is given the stamps of its newest files, and decides by them (EM-11)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from roamline.doors.call_control import apply_config
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones.models import PhoneModel
from roamline.wires.service_control import Action, parse_body

pytestmark = [pytest.mark.needs("kamailio")]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_the_phone_gets_the_stamps_of_the_files_it_would_fetch_now(site, settings):
    settings.CONFIG = site.config
    model = PhoneModel.objects.create(name="Cisco 8851", product_number=684, keys=10, max_lines=5, registers_once=True)
    site.phone("SEP0011AA220001", "1001", model=model)
    phone = site.sip("SEP0011AA220001")
    assert phone.register("1001") == 200
    apply_config.apply_config("SEP0011AA220001", 1, {}, NOW)
    order = phone.expect("NOTIFY")
    phone.reply(order, "200 OK", "tag")
    told = parse_body(order.body)
    assert told.action is Action.CHECK_VERSION
    assert (told.config_stamp, told.dial_plan_stamp) == mobility.file_stamps_of("SEP0011AA220001")


def test_a_software_phone_needs_no_order(site, settings):
    settings.CONFIG = site.config
    site.phone("SEP02", "1002")
    phone = site.sip("SEP02")
    assert phone.register("1002") == 200
    apply_config.apply_config("SEP02", 1, {}, NOW)
    assert phone.look_for("NOTIFY", seconds=0.3) is None
