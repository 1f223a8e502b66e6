"""Metrics of ILS, read from the database when they are asked for, so that every HTTP process tells the same (RO-6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import DatabaseError
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from roamline.platform import metrics
from roamline.rooms.clusters import store
from roamline.rooms.clusters.models import Cluster, Conflict, Unapplied
from roamline.rooms.clusters.service.waiting import waiting_log_outs


class IlsMetrics(Collector):
    """Links, lag, learned objects, conflicts."""

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: the families are made when collected."""
        return []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The families; none while the database does not answer."""
        try:
            return list(_families(datetime.now(UTC)))
        except DatabaseError:
            return []


def _families(now: datetime) -> Iterable[GaugeMetricFamily]:
    others = list(Cluster.objects.filter(is_member=True, is_own=False))
    linked = GaugeMetricFamily("roamline_ils_linked", "1 while the link to a cluster stands.", labels=["cluster"])
    lag = GaugeMetricFamily("roamline_ils_lag_seconds", "For how long a cluster has lacked news.", labels=["cluster"])
    alarm = GaugeMetricFamily("roamline_ils_alarm", "1 while a cluster has an alarm.", labels=["cluster"])
    for each in others:
        linked.add_metric([each.name], float(each.is_linked))
        lag.add_metric([each.name], (now - each.behind_since).total_seconds() if each.behind_since else 0.0)
        alarm.add_metric([each.name], float(bool(each.alarm or each.error)))
    yield from (linked, lag, alarm)
    if others:
        yield _one("roamline_ils_learned_objects", "Learned numbers and patterns in use.", store.learned_objects())
        yield _one("roamline_ils_conflicts", "Things that more than one cluster claims.", Conflict.objects.count())
        yield _one("roamline_ils_unapplied", "Learned records that wait.", Unapplied.objects.count())
        waiting = len(waiting_log_outs(now))
        yield _one("roamline_ils_log_outs_waiting", "Log-outs in clusters that cannot be reached.", waiting)


def _one(name: str, text: str, value: int) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text)
    family.add_metric([], float(value))
    return family


def register() -> None:
    """Have this process tell; once."""
    if not any(isinstance(each, IlsMetrics) for each in list(metrics.registry._collector_to_names)):
        metrics.registry.register(IlsMetrics())
