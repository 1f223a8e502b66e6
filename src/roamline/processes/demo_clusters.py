"""``./run --clusters 3``: three demo clusters on one machine, each a site of its own, joined by ILS.

Each lies in a folder of its own in the data folder. A file ``control/stopped-<cluster>`` there stops a cluster, and
its removal starts it again, so that anybody can see what the others do meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from functools import partial
from gettext import gettext as _
from pathlib import Path

from roamline.demo.clusters import CLUSTERS, DemoCluster
from roamline.platform.config import Config
from roamline.processes import demo_site, node, prepare, probes, services
from roamline.processes.supervisor import Service, Supervisor

STOP_WITHIN = 30.0


def start(data: Path, offset: int, secret: str | None) -> int:
    """Prepare and run the three clusters until Ctrl-C or SIGTERM; CannotStartError when that is not possible."""
    missing = services.calls_missing()
    if missing:
        raise node.CannotStartError(_("three clusters are there to call each other: %s") % missing)
    pstn_port = demo_site.PSTN_PORT + offset
    configs = {cluster.name: _config(data, cluster, offset, pstn_port) for cluster in CLUSTERS.values()}
    used = [port for config in configs.values() for port in probes.ports(config)]
    node.require_free(
        [*used, probes.Port(_("the demo's telephone network"), "127.0.0.1", pstn_port, True)],
        _("Stop what uses it, or move every port of all three: ./run --clusters 3 --port-offset 10000"),
    )
    shared = shared_secrets(secret)
    for name, config in configs.items():
        print(f"{name}:", flush=True)
        demo_site.prepare(config, "demo", name, secret, shared)
    running = [_service(data, cluster, configs[cluster.name], offset, pstn_port) for cluster in CLUSTERS.values()]
    running.append(demo_site.pstn_service(data, pstn_port, services.environment(configs["HQ"])))
    supervisor = Supervisor(running, data / "logs", data / "run")
    asyncio.run(supervisor.run(partial(_announce, configs)))
    return 0


def shared_secrets(secret: str | None) -> dict[str, str]:
    """The environment that gives the clusters what they must agree on at their creation."""
    return {
        prepare.EMPROXY_SECRET: secret or secrets.token_urlsafe(12),
        prepare.ILS_PASSWORD: f"the demo's network: {secret}" if secret else secrets.token_urlsafe(24),
    }


def control_file(data: Path, name: str) -> Path:
    """The file that keeps a cluster stopped while it is there."""
    return data / "control" / f"stopped-{name.lower()}"


def folder(data: Path, name: str) -> Path:
    """The data folder of one of the clusters."""
    return data / name.lower()


def _config(data: Path, cluster: DemoCluster, offset: int, pstn_port: int) -> Config:
    place = folder(data, cluster.name)
    place.mkdir(parents=True, exist_ok=True)
    return demo_site.write_config(place, offset + cluster.step, True, cluster.name, pstn_port)


def _service(data: Path, cluster: DemoCluster, config: Config, offset: int, pstn_port: int) -> Service:
    stopped = control_file(data, cluster.name)
    stopped.parent.mkdir(exist_ok=True)
    command = (
        sys.executable, "-m", "roamline.processes.demo_run", "--data", str(config.data), "--cluster", cluster.name,
        "--port-offset", str(offset + cluster.step), "--pstn-port", str(pstn_port), "--prepared",
    )  # fmt: skip
    return Service(
        cluster.name.lower(),
        command,
        wave=0,
        is_ready=partial(probes.answers, str(config["web.bind"]), int(config["web.port"]), "/readyz", False),
        patience=STOP_WITHIN,
        environment=dict(os.environ),
        is_wanted=lambda: not stopped.exists(),
    )


def _announce(configs: dict[str, Config]) -> None:
    for name, config in configs.items():
        print(f"  {name:<5} {demo_site.web_address(config)}", flush=True)
    print(_("Roamline is ready: %s") % demo_site.web_address(configs["HQ"]), flush=True)
