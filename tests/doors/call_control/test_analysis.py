"""The analyser says what Kamailio does: the same rows, the same answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from roamline.platform import sql
from roamline.rooms.dialplan import service
from roamline.rooms.dialplan.models import Partition, TranslationPattern
from roamline.rooms.dialplan.trunks import ask_about_trunks
from roamline.rooms.phones import addresses, forwarding, ringing
from roamline.rooms.phones.analysis import analyse_call
from roamline.rooms.phones.models import Forward, Line, Phone
from tests.doors.call_control.test_forwarding import forward

pytestmark = [pytest.mark.needs("kamailio")]


@pytest.fixture
def plan(site, settings):
    """A site with everything that a call can meet."""
    settings.CONFIG = site.config
    ask_about_trunks(lambda trunk: None)
    internal = Partition.objects.get_or_create(name="Internal")[0]
    site.route("9.!", "External", site.trunk(), discard_before_dot=True)
    site.route("90!", "External", None)
    service.save_translation_pattern(
        TranslationPattern(pattern="8.XX", partition=internal, discard_before_dot=True, prefix="10")
    )
    service.save_translation_pattern(TranslationPattern(pattern="9.112", partition=internal, discard_before_dot=True))
    service.save_translation_pattern(TranslationPattern(pattern="7X", partition=internal, prefix=""))
    site.number("7001", "Secret")
    site.number("1099")
    inside, everything = site.space("Inside", "Internal"), site.space("Everything", "Internal", "External")
    for device, number in (("SEP01", "1001"), ("SEP02", "1002"), ("SEP03", "1003"), ("SEP04", "1004")):
        site.phone(device, number)
    Phone.objects.filter(name="SEP01").update(css=everything)
    forward("1004", Forward.ALL, "95551234", css=everything)
    forward("1003", Forward.UNREGISTERED, "95551234", css=inside)
    return site


def there(site, device, number):
    phone = site.sip(device)
    assert phone.register(number) == 200
    addresses.registered(device, "127.0.0.1", datetime.now(UTC))
    return phone


CALLS = [
    ("SEP01", "1001", "95551234", 200),
    ("SEP01", "1001", "90123", 403),
    ("SEP02", "1002", "95551234", 403),
    ("SEP01", "1001", "7001", 403),
    ("SEP01", "1001", "4711", 404),
    ("SEP01", "1001", "1099", 480),
    ("SEP01", "1001", "1001", 486),
    ("SEP01", "1001", "801", 486),
    ("SEP01", "1001", "9112", 200),
    ("SEP01", "1001", "112", 200),
    ("SEP01", "1001", "71", 482),
    ("SEP02", "1002", "1004", 200),
    ("SEP02", "1002", "1003", 403),
    ("SEP01", "1002", "1003", 403),
    ("SEP01", "1001", "bob", 484),
]


@pytest.mark.parametrize(("device", "line", "number", "status"), CALLS)
def test_the_analyser_and_the_call_agree(plan, device, line, number, status):
    caller = there(plan, device, "1001" if device == "SEP01" else "1002")
    call = caller.call(number, line)
    assert call.status == status
    if status == 200:
        call.hang_up()
    found = analyse_call(device, line, number)
    assert found.arrives is (status == 200), [step.text for step in found.steps]
    assert found.answer.startswith(str(status)) or status == 200, [step.text for step in found.steps]


def test_its_steps_can_be_read(plan):
    there(plan, "SEP02", "1002")
    forward("1002", Forward.NO_ANSWER, "1003", seconds=20)
    steps = [step.text for step in analyse_call("sep01", "", "802").steps]
    assert steps == [
        "SEP01 runs the profile SEP01-own.",
        "It calls from line 1001. The line's calling search space: none; the phone's: Everything.",
        "802: the closest match is 8.XX in partition Internal, reached through Everything.",
        "A translation pattern makes 1002 of it.",
        "1002: the closest match is 1002 in partition Internal, reached through Everything.",
        "SEP02 rings (profile SEP02-own, registered from 127.0.0.1).",
        "When nobody answers within 20 seconds, the call goes on to 1003.",
    ]


def test_the_rows_are_those_of_kamailios_views(plan):
    plan.profile("EM_alice", "1004", "1099")
    forward("1004", Forward.ALL, "1001", "EM_alice")
    forward("1099", Forward.ALL, "1001", "EM_alice")
    statement = (
        "SELECT kind, destination, line_css, device_css, seconds FROM kamailio_forward WHERE number_id = %s "
        "ORDER BY place, line_id LIMIT 40"
    )
    for number in Line.objects.values_list("directory_number_id", flat=True).distinct():
        first = {}
        for kind, destination, line_css, device_css, seconds in sql.rows(statement, [number]):
            first.setdefault(kind, (destination, line_css, device_css, seconds))
        shown = {}
        for kind, each in ringing.forwards_in_force(number).items():
            spaces = forwarding.spaces_of(Forward.objects.get(pk=each.id))
            shown[kind] = (each.destination, spaces.line_css, spaces.device_css, each.seconds)
        assert shown == first
        targets = "SELECT name FROM kamailio_line WHERE number_id = %s ORDER BY device"
        assert [each.device for each in ringing.targets(number)] == [name for (name,) in sql.rows(targets, [number])]
