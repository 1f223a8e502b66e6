"""What is known again after a restart of Kamailio."""

from __future__ import annotations

import os
import signal

import pytest

from roamline.doors.call_control import calls_up, events
from roamline.doors.call_control.calls_up import CallUp
from roamline.platform import config
from tests.sip_client import eventually


@pytest.mark.needs("kamailio")
@pytest.mark.proves("EM-42")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_call_that_is_up_is_known_through_a_restart(site, heard, how):
    site.phone("SEP01", "1001")
    site.phone("SEP02", "1002")
    one, two = site.sip("SEP01"), site.sip("SEP02")
    assert two.register("1002") == 200
    outgoing = one.dial("1002", "1001")
    two.rings().answer()
    assert one.finish(outgoing).status == 200
    eventually(lambda: calls_up.read(calls_up.file_of(site.config)), "the note")
    kamailio = site.processes[-1]
    os.killpg(kamailio.pid, how)
    kamailio.wait(15)
    site.processes.remove(kamailio)
    assert in_call(site) == [True, True, None], "while it is down"
    site.start_kamailio()
    assert in_call(site) == [True, True, False]
    del heard[:]
    assert outgoing.hang_up().status == 200
    (ended,) = eventually(lambda: heard, "the end")
    assert {ended.caller, ended.callee} == {"sep01", "sep02"}
    eventually(lambda: in_call(site) == [False, False, False], "the note's end")


@pytest.mark.needs("kamailio")
def test_an_end_that_nobody_heard_is_struck_out(site, settings, monkeypatch):
    settings.CONFIG = site.config
    file = calls_up.file_of(site.config)
    started = calls_up.started_at(site.rpc())
    before = CallUp("before", ("sep02",), started - 100)
    calls_up.write(file, [CallUp("unheard", ("sep01",), started + 100), before])
    notes = calls_up.Notes(site.config)
    assert {call.call for call in notes.strike_out_unheard_ends()} == {"unheard"}
    notes.save()
    assert calls_up.read(file) == [before]
    assert calls_up.is_in_call(site.config, "SEP02") is True
    monkeypatch.setattr(calls_up, "LONGEST_SECONDS", -1)
    assert calls_up.is_in_call(site.config, "SEP02") is False
    assert notes.strike_out_unheard_ends() == [before]
    calls_up.write(file, [])


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"call": 1}]', "null", '"x"'])
def test_damaged_notes_are_no_notes(tmp_path, content):
    file = tmp_path / "calls.json"
    file.write_text(content)
    assert calls_up.read(file) == []
    assert calls_up.read(tmp_path / "missing") == []


def test_an_end_without_devices_gets_them_back_from_the_notes(tmp_path, settings):
    notes = calls_up.Notes(config.Config({**settings.CONFIG.values, "site.data": str(tmp_path)}))
    events._noted(events.Called("call_started", "SEP01", "", "112", "id"), notes)
    ended = events._noted(events.Called("call_ended", "", "", "", "id"), notes)
    assert (ended.caller, ended.callee) == ("sep01", "sep01")
    assert notes.calls == {}


def in_call(site):
    return [calls_up.is_in_call(site.config, device) for device in ("SEP01", "SEP02", "SEP03")]
