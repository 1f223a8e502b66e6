"""Orders to a running ``./run --clusters 3``: stop a cluster and start it again, cut one off and mend it (RO-5).

A stopped cluster is down, with its phones. A cluster that is cut off goes on by itself: only its intercluster lookup is
stopped, so the others do not learn what happens in it, nor it what happens in them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from gettext import gettext as _
from pathlib import Path

from roamline.demo.clusters import CLUSTERS
from roamline.kernel.wording import gettext_noop
from roamline.processes.demo_clusters import control_file, folder

ILS = "Cisco Intercluster Lookup Service"
ORDERS = {
    "stop": gettext_noop("stop a cluster of a running ./run --clusters 3"),
    "resume": gettext_noop("start a stopped cluster again"),
    "cut": gettext_noop("cut a running cluster off from the others"),
    "mend": gettext_noop("undo --cut"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that give orders."""
    for order, text in ORDERS.items():
        parser.add_argument(f"--{order}", choices=sorted(CLUSTERS), metavar="CLUSTER", help=_(text))


def given(options: argparse.Namespace) -> tuple[str, str] | None:
    """The order and the cluster that it is for, if one is given."""
    return next(((order, getattr(options, order)) for order in ORDERS if getattr(options, order)), None)


def obey(order: str, cluster: str, data: Path) -> int:
    """Carry out one order; 2 when there are no such clusters in that data folder."""
    if not folder(data, cluster).is_dir():
        where = {"cluster": cluster, "folder": data}
        said = _("there is no cluster %(cluster)s in %(folder)s: start ./run --clusters 3 first") % where
        print("./run:", said, file=sys.stderr)
        return 2
    if order == "stop":
        control_file(data, cluster).touch()
    elif order == "resume":
        control_file(data, cluster).unlink(missing_ok=True)
    else:
        return _switch_lookup(folder(data, cluster), "stop" if order == "cut" else "start")
    return 0


def _switch_lookup(site: Path, deed: str) -> int:
    command = [sys.executable, "-m", "roamline.processes.cli", "--config", str(site / "roamline.toml")]
    return subprocess.run([*command, "service", deed, ILS], check=False).returncode
