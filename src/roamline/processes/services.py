"""What a node runs: the list of services that the supervisor keeps, from the configuration."""

from __future__ import annotations

import os
import sys
from functools import partial
from gettext import gettext

from roamline.platform.config import Config
from roamline.processes import probes
from roamline.processes.servers import SERVERS
from roamline.processes.supervisor import Service

FRONT, BEHIND, CALLS = 1, 2, 3
"""Stop order: first what takes requests (demo phones before all, 0), then the engine, then call control."""


def services(config: Config) -> list[Service]:
    """The node's own processes; Kamailio only when it is enabled and installed (see :func:`calls_missing`).

    With Kamailio comes rtpengine, where that is installed (see :func:`media_missing`).
    """
    found = [*(http_service(name, config) for name in SERVERS), engine_service(config)]
    if config["call_control.enabled"] and calls_missing() is None:
        found += [rtpengine_service(config)] if media_missing() is None else []
        found.append(kamailio_service(config))
    return found


def http_service(name: str, config: Config) -> Service:
    """One of the HTTP listeners as a service."""
    server = SERVERS[name]
    host, port = str(config[f"{server.section}.bind"]), int(config[server.port])
    return Service(
        name,
        (sys.executable, "-m", "roamline.processes.servers", name),
        FRONT,
        partial(probes.answers, host, port, "/readyz", server.tls),
        patience=8,
        environment=environment(config),
    )


def engine_service(config: Config) -> Service:
    """The engine as a service."""
    return Service(
        "engine",
        (sys.executable, "-m", "roamline.processes.engine"),
        BEHIND,
        partial(probes.is_alive, probes.alive_file(config.run_dir)),
        patience=10,
        environment=environment(config),
    )


def kamailio_service(config: Config) -> Service:
    """Kamailio as a service; its run directory and configuration are written on the way."""
    from roamline.doors.call_control import launch

    return Service(
        "kamailio", tuple(launch.command(config)), CALLS, partial(probes.rpc_answers, config["call_control.rpc_port"])
    )


def rtpengine_service(config: Config) -> Service:
    """rtpengine as a service: media between web phones and others."""
    from roamline.doors.call_control import media

    port = int(config["media.control_port"])
    return Service("rtpengine", tuple(media.command(config)), CALLS, partial(media.answers, port))


def media_missing() -> str | None:
    """One line that says what calls between web phones and others lack on this machine; or None."""
    from roamline.doors.call_control import media

    lacks = media.missing()
    return None if lacks is None else gettext(lacks)


def calls_missing() -> str | None:
    """One line that says what call control lacks on this machine, in the language of the command line; or None."""
    from roamline.doors.call_control import launch

    lacks = launch.missing()
    return None if lacks is None else gettext(lacks)


def environment(config: Config) -> dict[str, str]:
    """The environment of this node's own processes."""
    source = str(config.source) if config.source else ""
    return {**os.environ, "ROAMLINE_CONFIG": source, "PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1"}
