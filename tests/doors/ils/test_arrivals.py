"""Numbers that come by the thousand do not hold up what is urgent."""

from __future__ import annotations

import asyncio

from roamline.doors.ils.arrivals import MOST_WAITING, Arrivals
from roamline.wires.ils.messages import Ack, News, Please
from roamline.wires.ils.node import Arrived
from roamline.wires.ils.records import NOTHING, Stream

NUMBERS, LOGINS = Stream("a" * 24, "number"), Stream("a" * 24, "login")


def bulk() -> News:
    return News(NUMBERS, NOTHING, ())


def test_a_log_in_is_taken_before_the_numbers_that_came_first() -> None:
    given = asyncio.run(_given([bulk(), bulk(), Please(), News(LOGINS, NOTHING, ()), Ack(NUMBERS, NOTHING)]))
    assert [type(each) for each in given] == [Please, News, Ack, News, News]


async def _given(messages: Arrived) -> Arrived:
    given: Arrived = []

    async def take(arrived: Arrived) -> None:
        given.extend(arrived)

    arrivals = Arrivals(take)
    await arrivals.put(messages)
    await arrivals.end()
    return given


def test_a_peer_that_sends_faster_than_it_is_written_down_waits() -> None:
    asyncio.run(_flood())


async def _flood() -> None:
    may_go, given = asyncio.Event(), []

    async def take(arrived: Arrived) -> None:
        await may_go.wait()
        given.extend(arrived)

    arrivals = Arrivals(take)
    await arrivals.put([bulk()] * MOST_WAITING)
    putting = asyncio.create_task(arrivals.put([bulk()] * MOST_WAITING))
    await asyncio.sleep(0)
    assert not putting.done()
    may_go.set()
    await putting
    await arrivals.end()
    assert len(given) == 2 * MOST_WAITING


def test_what_cannot_be_written_down_is_told_to_whoever_reads_the_link() -> None:
    async def fails(_arrived: Arrived) -> None:
        raise OSError("no database")

    async def story() -> str:
        arrivals = Arrivals(fails)
        await arrivals.put([bulk()])
        try:
            await arrivals.end()
        except OSError as error:
            return str(error)
        return ""

    assert asyncio.run(story()) == "no database"
