"""The EMCC room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class EmccConfig(AppConfig):
    """Extension Mobility Cross Cluster: a user's own cluster serves a phone of another one."""

    name = "roamline.rooms.emcc"
    label = "emcc"
    verbose_name = "Extension Mobility Cross Cluster"

    def ready(self) -> None:
        """Hear of log-ins and log-outs, answer other clusters, and have the engine mend what was missed."""
        from roamline.platform import engine_tasks
        from roamline.rooms.clusters import service as clusters
        from roamline.rooms.emcc import home, keeping, talking, visits
        from roamline.rooms.mobility import service as mobility

        mobility.on_session_facts(home.note_sessions)
        mobility.on_reconfigured(home.note_reconfigured)
        mobility.on_hold(home.is_held)
        mobility.on_visitor_log_out(visits.log_out)
        clusters.source(talking.KIND)(talking.own_record)
        engine_tasks.register(keeping.keep_in_step)
