"""Orders to a running ``./run --clusters 3``: stop a cluster and start it again, cut one off and mend it (RO-5).

A stopped cluster is down, with its phones. A cluster that is cut off goes on by itself: only its intercluster lookup is
stopped, so the others do not learn what happens in it, nor it what happens in them. Of two clusters only the link
between them is cut, at both ends; what each says still goes round over other links, where there are any.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from gettext import gettext as _
from pathlib import Path
from typing import Any

from roamline.demo.clusters import CLUSTERS
from roamline.kernel.wording import gettext_noop
from roamline.processes.demo_clusters import control_file, folder

LINK_ORDERS = ("cut", "mend")
ILS = "Cisco Intercluster Lookup Service"
ORDERS = {
    "stop": gettext_noop("stop a cluster of a running ./run --clusters 3"),
    "resume": gettext_noop("start a stopped cluster again"),
    "cut": gettext_noop("cut a running cluster off from the others; of two: cut the link between them"),
    "mend": gettext_noop("undo --cut, of the same one or two"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that give orders."""
    for order, text in ORDERS.items():
        several: Any = {"nargs": "+"} if order in LINK_ORDERS else {"nargs": 1}
        parser.add_argument(f"--{order}", choices=sorted(CLUSTERS), metavar="CLUSTER", help=_(text), **several)


def given(options: argparse.Namespace) -> tuple[str, list[str]] | None:
    """The order and the clusters that it is for, if one is given."""
    return next(((order, getattr(options, order)) for order in ORDERS if getattr(options, order)), None)


def obey(order: str, clusters: list[str], data: Path) -> int:
    """Carry out one order, also once more; 2 when there are no such clusters in that data folder, or no such link."""
    for cluster in clusters:
        if not folder(data, cluster).is_dir():
            where = {"cluster": cluster, "folder": data}
            return _refuse(_("there is no cluster %(cluster)s in %(folder)s: start ./run --clusters 3 first") % where)
    if len(clusters) == 1:
        return _obey(order, clusters[0], data)
    if len(clusters) > 2 or clusters[0] == clusters[1]:
        return _refuse(_("--%s takes one cluster, or two to say which link") % order)
    one, other = clusters
    if not _are_linked(one, other):
        return _refuse(_("%(one)s and %(other)s have no link of their own") % {"one": one, "other": other})
    return _command(folder(data, one), "ils", order, other) or _command(folder(data, other), "ils", order, one)


def _are_linked(one: str, other: str) -> bool:
    return CLUSTERS[one].joins == other or CLUSTERS[other].joins == one


def _refuse(reason: str) -> int:
    print("./run:", reason, file=sys.stderr)
    return 2


def _obey(order: str, cluster: str, data: Path) -> int:
    if order == "stop":
        control_file(data, cluster).touch()
    elif order == "resume":
        control_file(data, cluster).unlink(missing_ok=True)
    else:
        return _command(folder(data, cluster), "service", "stop" if order == "cut" else "start", ILS)
    return 0


def _command(site: Path, *words: str) -> int:
    command = [sys.executable, "-m", "roamline.processes.cli", "--config", str(site / "roamline.toml")]
    return subprocess.run([*command, *words], check=False).returncode
