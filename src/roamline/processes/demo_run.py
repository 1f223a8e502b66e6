"""``./run``: the demo site (spec: the demo site) on loopback, in the foreground, from nothing."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from roamline.platform import config as configuration
from roamline.platform.config import Config
from roamline.processes import node, prepare, probes, services
from roamline.processes.supervisor import Service, say

REPOSITORY = Path(__file__).resolve().parents[3]
AGENTS = ("SEP0011AA220006", "SEP0011AA220009")
ANSWER_AFTER_MS = 1500
"""The demo's softphones answer by themselves after ringing this long, so that a first call is heard to be answered."""
PSTN_PORT = 5090
HIGHEST_OFFSET = 50_000
HEADING = "Written anew by ./run at each start. For a site of your own, copy it and use `roamline serve`."


def main(argv: list[str] | None = None) -> int:
    """Start everything; 0 after Ctrl-C or SIGTERM, 2 when it cannot start."""
    options = _parser().parse_args(argv)
    if options.clusters != 1:
        return _refuse("several clusters in one demo are not available yet: leave --clusters out, or give 1")
    if not 0 <= options.port_offset <= HIGHEST_OFFSET:
        return _refuse(f"--port-offset takes 0 to {HIGHEST_OFFSET}")
    os.umask(0o077)  # the data folder holds keys, secrets and people's data
    data = options.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    try:
        with node.only_one(data / "run"):
            config = write_config(data, options.port_offset, calls=not options.no_calls)
            return _start(config, options)
    except node.CannotStartError as reason:
        return _refuse(str(reason))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run", description="Set up and start a Roamline site with demo content.")
    parser.add_argument(
        "--data",
        type=Path,
        default=REPOSITORY / "var",
        metavar="DIR",
        help="folder of everything the site keeps (default: var)",
    )
    parser.add_argument("--empty", action="store_true", help="create no demo content, only the administrator")
    parser.add_argument("--clusters", type=int, default=1, metavar="N", help="number of clusters; only 1 for now")
    parser.add_argument(
        "--demo-secret", metavar="S", help="use S for every password of a new site instead of random ones"
    )
    parser.add_argument("--port-offset", type=int, default=0, metavar="N", help="move every port by N")
    parser.add_argument("--no-calls", action="store_true", help="no call control and no simulated phones")
    return parser  # fmt: skip


def write_config(data: Path, offset: int, calls: bool) -> Config:
    """Write ``roamline.toml`` of a demo site into its data folder and return it as loaded."""
    changed: dict[str, object] = {
        setting.key: setting.default + offset
        for setting in configuration.SETTINGS
        if setting.kind is int and setting.name.endswith("port")
    }
    changed |= {
        "site.data": ".",
        "site.demo": True,
        "call_control.enabled": calls,
        "call_control.emergency_gateway": f"127.0.0.1:{PSTN_PORT + offset}",
    }
    file = data / "roamline.toml"
    file.write_text(configuration.render(changed, HEADING), encoding="utf-8")
    return configuration.load(file)


def _start(config: Config, options: argparse.Namespace) -> int:
    calls = _calls_possible(config)
    used = probes.ports(config)
    if calls:
        used.append(probes.Port("the demo's telephone network", "127.0.0.1", PSTN_PORT + options.port_offset, True))
    node.require_free(used, "Stop what uses it, or move every port of this site: ./run --port-offset 1000")
    _prepare(config, "empty" if options.empty else "demo", options.demo_secret)
    running = services.services(config)
    if calls and not options.empty:
        running += demo_services(config, PSTN_PORT + options.port_offset)
    node.run(config, running, lambda: print(f"Roamline is ready: {web_address(config)}", flush=True))
    return 0


def _calls_possible(config: Config) -> bool:
    if not config["call_control.enabled"]:
        return False
    missing = services.calls_missing()
    if missing:
        say(f"no calls: {missing}")
    return missing is None


def _prepare(config: Config, kind: str, secret: str | None) -> None:
    command = [sys.executable, "-m", "roamline.processes.prepare", "--migrate", "--create", kind]
    environment = services.environment(config)
    if secret:
        environment[prepare.DEMO_SECRET] = secret
        if (config.data / prepare.CREATED).exists():
            say("--demo-secret changes nothing: this site has its passwords already")
    if subprocess.run(command, env=environment, check=False).returncode:
        raise node.CannotStartError(f"the site in {config.data} could not be prepared; the reason is above")


def demo_services(config: Config, pstn_port: int) -> list[Service]:
    """The demo's telephone network and the desk agents of its software phones."""
    log = config.data / "logs" / "pstn-calls.log"
    pstn = (sys.executable, "-m", "roamline.demo.pstn", "--listen", f"127.0.0.1:{pstn_port}", "--log", str(log))
    found = [Service("pstn", pstn, wave=0, patience=3, environment=services.environment(config))]
    program = Path(sys.executable).with_name("roamline-agent")
    if shutil.which("baresip") is None or not program.exists():
        say("no software phones: they need Debian's package baresip-core")
        return found
    return found + [_agent(program, device, config) for device in AGENTS]


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
    return f"http://{config['site.advertised_host']}:{config['web.port']}/"


def _refuse(reason: str) -> int:
    print(f"./run: {reason}", file=sys.stderr, flush=True)
    return 2


if __name__ == "__main__":
    sys.exit(main())
