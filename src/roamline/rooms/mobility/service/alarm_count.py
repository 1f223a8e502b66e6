"""The metric of phones that did not take up their configuration (EM-44)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import Error as DatabaseFailure
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from roamline.platform import metrics
from roamline.rooms.mobility.service import confirmation


class PhoneAlarms(Collector):
    """Counted when it is asked for, so that every process says the same."""

    def describe(self) -> Iterable[Metric]:
        """Its name, without asking the database."""
        return [_family()]

    def collect(self) -> Iterable[Metric]:
        """How many there are now; nothing while the database does not answer."""
        try:
            count = confirmation.alarms()
        except DatabaseFailure:
            return
        family = _family()
        family.add_metric([], count)
        yield family


def _family() -> GaugeMetricFamily:
    return GaugeMetricFamily(
        "roamline_phones_not_confirmed", "Phones that did not register with their newest configuration after a reset."
    )


metrics.registry.register(PhoneAlarms())
