"""One demo site: its configuration, its first content, and what it runs besides a node's own services."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from gettext import gettext as _
from pathlib import Path

from roamline.platform import config as configuration
from roamline.platform.config import Config
from roamline.processes import node, services
from roamline.processes import prepare as preparing
from roamline.processes.supervisor import Service, say

ANSWER_AFTER_MS = 1500
"""The demo's softphones answer by themselves after ringing this long, so that a first call is heard to be answered."""
PSTN_PORT = 5090
HEADING = "Written anew by ./run at each start. For a site of your own, copy it and use `roamline serve`."


IPV6 = {
    **dict.fromkeys(("phones.bind", "secure.bind", "web.bind", "ils.bind"), "::1"),
    "call_control.bind_ipv6": "::1",
    "site.advertised_host": "::1",
}
"""What a demo site over IPv6 has otherwise; call control keeps 127.0.0.1 for the telephone network."""


def write_config(
    data: Path, offset: int, calls: bool, cluster: str = "HQ", pstn_port: int | None = None, *, ipv6: bool = False
) -> Config:
    """Write ``roamline.toml`` of a demo site into its data folder and return it as loaded."""
    changed: dict[str, object] = {
        setting.key: setting.default + offset
        for setting in configuration.SETTINGS
        if setting.kind is int and setting.name.endswith("port")
    }
    changed |= {
        "site.data": ".",
        "site.demo": True,
        "site.node": "node1" if cluster == "HQ" else f"{cluster.lower()}1",
        "call_control.enabled": calls,
        "call_control.emergency_gateway": f"127.0.0.1:{pstn_port or PSTN_PORT + offset}",
    }
    changed |= IPV6 if ipv6 else {}
    file = data / "roamline.toml"
    file.write_text(configuration.render(changed, HEADING), encoding="utf-8")
    return configuration.load(file)


def prepare(config: Config, kind: str, cluster: str, secret: str | None, more: Mapping[str, str] | None = None) -> None:
    """Bring the site up to date and create its first content; CannotStartError when that fails.

    ``more`` is passed on in the environment.
    """
    command = [
        sys.executable, "-m", "roamline.processes.prepare", "--migrate", "--create", kind, "--cluster", cluster
    ]  # fmt: skip
    environment = {**services.environment(config), **(more or {})}
    if secret:
        environment[preparing.DEMO_SECRET] = secret
        if (config.data / preparing.CREATED).exists():
            say(_("--demo-secret changes nothing: this site has its passwords already"))
    if subprocess.run(command, env=environment, check=False).returncode:
        raise node.CannotStartError(_("the site in %s could not be prepared; the reason is above") % config.data)


def demo_services(config: Config, agents: Sequence[str], pstn_port: int | None) -> list[Service]:
    """The demo's telephone network, unless it runs elsewhere, and the desk agents of its software phones."""
    found = [pstn_service(config.data, pstn_port, services.environment(config))] if pstn_port else []
    program = Path(sys.executable).with_name("roamline-agent")
    if shutil.which("baresip") is None or not program.exists():
        say(_("no software phones: they need Debian's package baresip-core"))
        return found
    return found + [_agent(program, device, config) for device in agents]


def pstn_service(data: Path, port: int, environment: Mapping[str, str]) -> Service:
    """The demo's telephone network."""
    log = data / "logs" / "pstn-calls.log"
    command = (sys.executable, "-m", "roamline.demo.pstn", "--listen", f"127.0.0.1:{port}", "--log", str(log))
    return Service("pstn", command, wave=0, patience=3, environment=environment)


def _agent(program: Path, device: str, config: Config) -> Service:
    state = config.data / "agents" / device
    command = (
        str(program), "run", "--server", web_address(config).rstrip("/"), "--device", device,
        "--token-file", str(state / "token"), "--state", str(state), "--auto-answer", str(ANSWER_AFTER_MS),
        "--simulate-headsets",
    )  # fmt: skip
    return Service(f"agent-{device}", command, wave=0, environment=dict(os.environ))


def web_address(config: Config) -> str:
    """Where the web interface answers."""
    host = str(config["site.advertised_host"])
    return f"http://{f'[{host}]' if ':' in host else host}:{config['web.port']}/"
