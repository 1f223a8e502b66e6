"""``roamline serve``: run this node in the foreground."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from gettext import gettext as _

from roamline.kernel.wording import gettext_noop
from roamline.platform import config as configuration
from roamline.platform.config import Config
from roamline.processes import node, probes, services
from roamline.processes.commands.command import Command
from roamline.processes.servers import SERVERS
from roamline.processes.supervisor import say

PARTS = (*SERVERS, "engine", "kamailio", "rtpengine")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--only PART``."""
    parser.add_argument("--only", choices=PARTS, help=_("run this part alone, unsupervised, with its log on stderr"))


def run(options: argparse.Namespace) -> int:
    """Check the node, then run all of it (or one part) until a signal comes."""
    config = configuration.load()
    if options.only:
        return _become(config, options.only)
    if subprocess.run([sys.executable, "-m", "roamline.processes.cli", "check", "--errors-only", "--to-start"],
                      env=services.environment(config), check=False).returncode:  # fmt: skip
        raise node.CannotStartError(_("not started: mend what is listed above, then check with `roamline check`"))
    with node.only_one(config.run_dir):
        node.require_free(probes.ports(config), _("Stop what uses it, or change the setting."))
        subprocess.run(
            [sys.executable, "-m", "roamline.processes.prepare"], env=services.environment(config), check=True
        )
        if config["call_control.enabled"] and (missing := services.calls_missing()):
            say(_("no calls: %s") % missing)
        elif config["call_control.enabled"] and (missing := services.media_missing()):
            say(missing)
        node.run(config, services.services(config), lambda: say(_("ready on port %s") % config["web.port"]))
    return 0


def _become(config: Config, part: str) -> int:
    if part == "kamailio" and (missing := services.calls_missing()):
        raise node.CannotStartError(missing)
    if part == "rtpengine" and (missing := services.media_missing()):
        raise node.CannotStartError(missing)
    if part == "kamailio":
        service = services.kamailio_service(config)
    elif part == "rtpengine":
        service = services.rtpengine_service(config)
    else:
        service = services.engine_service(config) if part == "engine" else services.http_service(part, config)
    os.execvpe(service.argv[0], service.argv, services.environment(config))  # noqa: S606 - no shell wanted


COMMAND = Command("serve", gettext_noop("run this node in the foreground"), run, add_arguments)
