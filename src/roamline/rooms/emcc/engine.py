"""How the engine of EMCC hears of log-ins and log-outs here, and answers other clusters."""

from __future__ import annotations

from roamline.platform import engine_tasks
from roamline.rooms.clusters import service as clusters
from roamline.rooms.emcc import devices, features, following, keeping, talking, visiting, visits
from roamline.rooms.mobility import service as mobility


def listen() -> None:
    """Register everything; once, when the application starts."""
    mobility.on_session_facts(following.note_sessions)
    mobility.on_reconfigured(following.note_reconfigured)
    mobility.on_hold(following.is_held)
    mobility.on_visitor_log_out(visits.log_out)
    mobility.on_unknown_user(visiting.stranger)
    devices.ask_about_use(following.uses)
    clusters.source(talking.KIND)(talking.own_record)
    engine_tasks.register(keeping.keep_in_step)
    features.register()
