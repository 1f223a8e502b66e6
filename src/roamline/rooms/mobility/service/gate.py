"""What stands before every log-in and log-out: the service runs, the node is not busy, the source is good.

In the order of EM-21: 208, then 26, then 30 and 28. Who acts without the service (administrators, timers, schedules)
only waits for a slot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.conf import settings
from django.db import Error as DatabaseFailure
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.wording import gettext_noop as _
from roamline.platform import metrics
from roamline.rooms.mobility.service.common import requests_in_progress, requests_throttled
from roamline.rooms.mobility.service.sources import objection_to_source
from roamline.rooms.mobility.service.terms import SERVED_WAYS, By
from roamline.rooms.parameters import activation
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.service import Parameters

R = TypeVar("R")

BUSY = Refused(Error.BUSY, _("Maximum Concurrent Requests is reached"))


def objection_of_service(by: By | None = None) -> Refused | None:
    """208 while Cisco Extension Mobility does not run on this node (EM-1); ``by`` tells who does without it."""
    is_served = by is None or by.way in SERVED_WAYS
    if is_served and not activation.is_running(parameter_rules.EM_SERVICE):
        return Refused(Error.SERVICE_CONNECTION_ERROR, _("Cisco Extension Mobility does not run on this node"))
    return None


def admitted(by: By, in_force: Parameters, work: Callable[[], R]) -> R | Refused:
    """Do a log-in or log-out unless the node is busy (26) or it may not come from where it does (30, 28)."""
    with requests_in_progress().enter(in_force.number(parameter_rules.MAXIMUM_CONCURRENT_REQUESTS)) as has_slot:
        if not has_slot:
            requests_throttled().add_one()
            return BUSY
        return objection_to_source(by, in_force) or work()


class RequestCounters(Collector):
    """*Requests in progress* and *requests throttled*, the same from whichever worker they are read (EM-24)."""

    def collect(self) -> Iterable[Metric]:
        """Look at the node's slots and its count at this moment."""
        if not settings.CONFIG.run_dir.exists():
            return
        yield GaugeMetricFamily(
            "roamline_em_requests_in_progress",
            "Log-ins and log-outs that this node works on now.",
            requests_in_progress().in_use(_most()),
        )
        yield CounterMetricFamily(
            "roamline_em_requests_throttled",
            "Log-ins and log-outs that this node refused with 26.",
            requests_throttled().value(),
        )


def _most() -> int:
    try:
        return parameters.now_in_force().number(parameter_rules.MAXIMUM_CONCURRENT_REQUESTS)
    except DatabaseFailure:
        return int(parameter_rules.MAXIMUM_CONCURRENT_REQUESTS.default)


metrics.registry.register(RequestCounters())
