"""Registrations: who may register which line with which secret."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.needs("kamailio")]


def test_a_phone_registers_its_line(site):
    site.phone("SEP01", "1001")
    assert site.sip("SEP01").register("1001") == 200
    assert site.aors() == ["sep01~1001"]


def test_a_phone_that_registers_once_is_under_its_own_name(site):
    site.phone("SEP02", "1001", "1002", model=site.desk)
    assert site.sip("SEP02").register("1001") == 200
    assert site.aors() == ["sep02"]


def test_a_line_of_somebody_else_is_refused(site):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    assert site.sip("SEP02").register("1001") == 403
    assert site.aors() == []


def test_a_wrong_secret_is_not_accepted(site):
    site.phone("SEP01", "1001")
    assert site.sip("SEP01", "guessed").register("1001") == 401
    assert site.sip("SEP99").register("1001") == 401
    assert site.aors() == []


def test_the_answer_carries_the_date_that_phones_set_their_clock_by(site):
    site.phone("SEP01", "1001")
    phone = site.sip("SEP01")
    answer = phone.challenged("REGISTER", "sip:roamline", from_user="1001", to="<sip:1001@roamline>")
    assert answer.status == 200
    assert answer.first("Date")


def test_a_registration_lasts_two_minutes_at_most(site):
    site.phone("SEP01", "1001")
    assert site.sip("SEP01").register("1001", 86400) == 200
    (registration,) = site.rpc().registrations("SEP01")
    assert 0 < registration.expires <= 120


def test_a_device_is_known_whatever_the_case_of_its_name(site):
    site.phone("Sep01", "1001")
    phone = site.sip("Sep01")
    assert phone.register("1001") == 200
    assert [found.aor for found in site.rpc().registrations("SEP01")] == ["sep01~1001"]


def test_after_a_restart_only_the_newest_contact_is_left(site):
    site.phone("SEP01", "1001")
    assert site.sip("SEP01").register("1001") == 200
    restarted = site.sip("SEP01")
    assert restarted.register("1001") == 200
    (registration,) = site.rpc().registrations("SEP01")
    assert registration.host == f"127.0.0.1:{restarted.port}"


def test_taking_back_another_contact_leaves_the_newest(site):
    site.phone("SEP01", "1001")
    before, after = site.sip("SEP01"), site.sip("SEP01")
    assert before.register("1001") == 200
    assert after.register("1001") == 200
    assert before.register("1001", 0) == 200
    (registration,) = site.rpc().registrations("SEP01")
    assert registration.host == f"127.0.0.1:{after.port}"


def test_the_previous_secret_only_takes_registrations_back(site):
    row = site.phone("SEP01", "1001")
    phone = site.sip("SEP01")
    assert phone.register("1001") == 200
    site.rotate(row, "new")
    assert phone.register("1001") == 401
    assert phone.register("1001", 0) == 200
    assert site.aors() == []
    assert site.sip("SEP01", "new").register("1001") == 200


@pytest.mark.parametrize(
    ("expires", "contact"),
    [
        (0, "<sip:1001@127.0.0.1:9>;expires=60"),
        (0, "<sip:1001@127.0.0.1:9>;expires=0, <sip:1001@127.0.0.1:10>;expires=60"),
        (0, "<sip:1001@127.0.0.1:9>;expires=0\r\nContact: <sip:1001@127.0.0.1:10>;expires=60"),
        (0, '"expires=0;" <sip:1001@127.0.0.1:9>;expires=60'),
        (0, "<sip:1001@127.0.0.1:9>;expires=0;expires=60"),
        (60, "<sip:1001@127.0.0.1:9;expires=0>"),
        (60, "sip:1001@127.0.0.1:9;x=>;expires=0"),
        (0, "sip:1001@127.0.0.1:9;EXPIRES=60"),
    ],
)
def test_the_previous_secret_cannot_register_by_a_trick(site, expires, contact):
    row = site.phone("SEP01", "1001")
    site.rotate(row, "new")
    status = site.sip("SEP01").register("1001", expires, contact=contact)
    assert site.aors() == [], f"answered {status}"


def test_the_previous_secret_ends_after_its_time(site):
    row = site.phone("SEP01", "1001")
    site.rotate(row, "new", seconds=-1)
    assert site.sip("SEP01").register("1001", 0) == 401


def test_a_phone_cleans_up_a_line_that_it_no_longer_has(site):
    row = site.phone("SEP01", "1001")
    phone = site.sip("SEP01")
    assert phone.register("1001") == 200
    row.current_profile = site.profile("EM_alice", "1002")
    row.save()
    site.rotate(row, "new")
    assert phone.register("1001", 0) == 200
    assert site.aors() == []
    with_new_secret = site.sip("SEP01", "new")
    assert with_new_secret.register("1001", 0) == 200
    assert with_new_secret.register("1001") == 403
    assert with_new_secret.register("1002") == 200


def test_a_line_is_remembered_for_what_the_phone_runs_and_no_longer(site):
    row = site.phone("SEP01", "1001")
    phone = site.sip("SEP01")
    assert phone.register("1001") == 200
    assert site.rpc().value("lines", "sep01~1001"), "asked once, then remembered"
    assert phone.register("1001") == 200
    assert site.aors() == ["sep01~1001"]
    row.current_profile, row.configuration_version = site.profile("EM_alice", "1002"), 2
    row.save()
    assert phone.register("1001") == 403
    assert phone.register("1002") == 200


def test_lines_beyond_the_phones_keys_do_not_count(site):
    site.phone("SEP01", "1001", "1002", "1003", "1004", "1005")
    phone = site.sip("SEP01")
    assert phone.register("1004") == 200
    assert phone.register("1005") == 403


def test_an_intercom_line_counts_on_its_default_phone_only(site):
    profile = site.profile("EM_alice", "1001")
    first = site.phone("SEP01", "1901", current_profile=profile)
    second = site.phone("SEP02", "1902", current_profile=profile)
    line = profile.lines.create(
        index=2, button=2, directory_number=site.number("8001"), is_intercom=True, default_phone=first
    )
    assert site.sip("SEP01").register("8001") == 200
    assert site.sip("SEP02").register("8001") == 403
    line.default_phone = None
    line.save()
    assert site.sip("SEP01").register("8001") == 403
    assert second.name == "SEP02"


def test_a_cisco_heartbeat_is_answered_and_registers_nothing(site):
    phone = site.sip("SEP01")
    answer = phone.challenged(
        "REGISTER",
        "sip:roamline",
        from_user="1001",
        to="<sip:1001@roamline>",
        contact="<sip:1001@127.0.0.1:9>;expires=0;cisco-keep-alive",
    )
    assert answer.status == 200
    assert answer.first("Date")
    assert site.aors() == []


def test_numbers_with_a_hash_register_and_ring(site):
    site.phone("SEP01", "*21#")
    site.phone("SEP02", "1002")
    phone, caller = site.sip("SEP01"), site.sip("SEP02")
    assert phone.register("*21%23") == 200
    call = caller.dial("*21%23", "1002")
    incoming = phone.rings()
    incoming.answer()
    assert caller.finish(call).status == 200
    assert call.hang_up().status == 200
