"""What the server is told about a phone."""

import asyncio
import logging
from datetime import UTC, datetime

import pytest

from roamline_desk_agent.device_api import DeviceApi, Server
from roamline_desk_agent.reports import MOST_QUEUED, Reports
from roamline_desk_agent.secret import Secret
from tests.desk_agent.device_server import DeviceServer
from tests.desk_agent.scene import play, until

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_reports_survive_a_server_that_is_away_and_arrive_in_order() -> None:
    async def story() -> None:
        server = DeviceServer("token", documents={"SEP1": {}}, status=503)
        await server.start()
        api, reports = DeviceApi(Server(server.url, "SEP1", Secret("token"))), Reports()
        for number in range(150):
            reports.add("registered", NOW, number=str(number))
        task = asyncio.create_task(reports.deliver(api))
        await until(lambda: server.refused)
        server.status = None
        await until(lambda: not len(reports))
        assert [event["number"] for event in server.events["SEP1"]] == [str(number) for number in range(150)]
        assert server.events["SEP1"][0]["at"] == "2026-01-01T00:00:00+00:00"
        task.cancel()
        await api.close()
        await server.stop()

    play(story())


def test_the_oldest_report_is_dropped_with_a_log_line_when_too_many_wait(caplog: pytest.LogCaptureFixture) -> None:
    reports = Reports()
    with caplog.at_level(logging.WARNING, "roamline.agent"):
        for number in range(MOST_QUEUED + 1):
            reports.add("registered", NOW, number=str(number))
    assert len(reports) == MOST_QUEUED
    assert [record.message for record in caplog.records] == [
        "too many reports wait for the server: dropped the oldest (registered)"
    ]


def test_a_report_the_server_rejects_for_good_does_not_block_the_others() -> None:
    async def story() -> None:
        server = DeviceServer("token", documents={"SEP1": {}}, status=422)
        await server.start()
        api, reports = DeviceApi(Server(server.url, "SEP1", Secret("token"))), Reports()
        reports.add("call_started", NOW)
        task = asyncio.create_task(reports.deliver(api))
        await until(lambda: not len(reports))
        server.status = None
        reports.add("call_ended", NOW)
        await until(lambda: "SEP1" in server.events)
        assert [event["event"] for event in server.events["SEP1"]] == ["call_ended"]
        task.cancel()
        await api.close()
        await server.stop()

    play(story())
