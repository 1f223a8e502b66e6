"""``./run``: the demo site (spec: the demo site) on loopback, in the foreground, from nothing."""

from __future__ import annotations

import argparse
import os
import sys
from gettext import gettext as _
from pathlib import Path

from roamline.demo.clusters import CLUSTERS
from roamline.platform.config import Config
from roamline.processes import demo_clusters, demo_control, demo_site, node, probes, services
from roamline.processes.supervisor import say
from roamline.processes.terminal import Parser
from roamline.processes.words import speak

REPOSITORY = Path(__file__).resolve().parents[3]
HIGHEST_OFFSET = 50_000


def main(argv: list[str] | None = None) -> int:
    """Start everything; 0 after Ctrl-C or SIGTERM, 2 when it cannot start."""
    speak()
    options = _parser().parse_args(argv)
    if options.clusters not in {1, 3} or (options.clusters == 3 and (options.empty or options.no_calls)):
        return _refuse(_("--clusters takes 1 or 3, and three only with demo content and calls"))
    if not 0 <= options.port_offset <= HIGHEST_OFFSET:
        return _refuse(_("--port-offset takes 0 to %s") % HIGHEST_OFFSET)
    os.umask(0o077)  # the data folder holds keys, secrets and people's data
    data = options.data.resolve()
    order = demo_control.given(options)
    if order is not None:
        return demo_control.obey(*order, data)
    data.mkdir(parents=True, exist_ok=True)
    try:
        with node.only_one(data / "run"):
            if options.clusters == 3:
                return demo_clusters.start(data, options.port_offset, options.demo_secret)
            calls = not options.no_calls
            config = demo_site.write_config(
                data, options.port_offset, calls, options.cluster, options.pstn_port, ipv6=options.ipv6
            )
            return _start(config, options)
    except node.CannotStartError as reason:
        return _refuse(str(reason))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="./run", description=_("Set up and start a Roamline site with demo content."))
    parser.add_argument(
        "--data",
        type=Path,
        default=REPOSITORY / "var",
        metavar="DIR",
        help=_("folder of everything the site keeps (default: var)"),
    )
    parser.add_argument("--empty", action="store_true", help=_("create no demo content, only the administrator"))
    parser.add_argument(
        "--clusters", type=int, default=1, metavar="N", help=_("number of clusters: 1, or 3 joined by ILS")
    )
    parser.add_argument(
        "--cluster",
        choices=sorted(CLUSTERS),
        default="HQ",
        help=_("which of the demo's clusters this site is (default: HQ)"),
    )
    parser.add_argument(
        "--pstn-port",
        type=int,
        metavar="PORT",
        help=_("use the demo's telephone network there, not one of its own"),
    )
    demo_control.add_arguments(parser)
    parser.add_argument("--prepared", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(
        "--demo-secret", metavar="S", help=_("use S for every password of a new site instead of random ones")
    )
    parser.add_argument("--port-offset", type=int, default=0, metavar="N", help=_("move every port by N"))
    parser.add_argument("--ipv6", action="store_true", help=_("serve one cluster on ::1 instead of 127.0.0.1"))
    parser.add_argument("--no-calls", action="store_true", help=_("no call control and no simulated phones"))
    return parser  # fmt: skip


def _start(config: Config, options: argparse.Namespace) -> int:
    calls = _calls_possible(config)
    used = probes.ports(config)
    own_pstn = None if options.pstn_port else demo_site.PSTN_PORT + options.port_offset
    if calls and own_pstn:
        used.append(probes.Port(_("the demo's telephone network"), "127.0.0.1", own_pstn, True))
    node.require_free(used, _("Stop what uses it, or move every port of this site: ./run --port-offset 1000"))
    if not options.prepared:
        demo_site.prepare(config, "empty" if options.empty else "demo", options.cluster, options.demo_secret)
    running = services.services(config)
    if calls and not options.empty:
        running += demo_site.demo_services(config, CLUSTERS[options.cluster].agents, own_pstn)
    node.run(config, running, lambda: print(_("Roamline is ready: %s") % demo_site.web_address(config), flush=True))
    return 0


def _calls_possible(config: Config) -> bool:
    if not config["call_control.enabled"]:
        return False
    missing = services.calls_missing()
    if missing:
        say(_("no calls: %s") % missing)
    elif services.media_missing():
        say(str(services.media_missing()))
    return missing is None


def _refuse(reason: str) -> int:
    print(f"./run: {reason}", file=sys.stderr, flush=True)
    return 2


if __name__ == "__main__":
    sys.exit(main())
