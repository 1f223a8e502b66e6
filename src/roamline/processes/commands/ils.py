"""``roamline ils``: make, join or leave a network of clusters, synchronise, and see how it stands (RO-1, RO-6)."""

from __future__ import annotations

import argparse
import getpass
import json
import secrets
import sys
from datetime import UTC, datetime
from gettext import gettext as _
from pathlib import Path
from typing import Any

from roamline.kernel.secret import Secret
from roamline.kernel.wording import Wording, gettext_noop
from roamline.processes.commands.command import Command, set_up_django, worded

WAY = "command line"
MOST_DUPLICATES = 1000


def _arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    status = deeds.add_parser("status", help=_("show every cluster and how the link to it stands"))
    status.add_argument("--json", action="store_true", help=_("for programs"))
    create = deeds.add_parser("create", help=_("make a network, with this cluster as its first hub"))
    join = deeds.add_parser("join", help=_("join a network by naming any of its hubs"))
    join.add_argument("server", metavar="HOST:PORT", help=_("a hub's ILS address"))
    join.add_argument("--role", choices=("hub", "spoke"), default="spoke")
    join.add_argument("--accept-duplicates", action="store_true", help=_("join even so"))
    for each in (create, join):
        each.add_argument("--password-file", type=Path, metavar="FILE", help=_("file whose first line is the password"))
        each.add_argument("--certificates", action="store_true", help=_("link only clusters that are trusted"))
        each.add_argument("--trust", action="append", default=[], metavar="FINGERPRINT", help=_("trust this cluster"))
        each.add_argument("--cluster-id", metavar="ID", help=_("set this cluster's Cluster ID first"))
        each.add_argument("--route-string", default="", metavar="TEXT", help=_("advertised route string"))
        each.add_argument("--interval", type=int, default=10, metavar="MINUTES", help=_("periodic synchronisation"))
        each.add_argument("--no-dial-plan", action="store_true", help=_("exchange no numbers and patterns"))
    deeds.add_parser("password", help=_("print a good password for a network"))
    deeds.add_parser("fingerprint", help=_("print this cluster's fingerprint"))
    deeds.add_parser("sync", help=_("synchronise now"))
    change = deeds.add_parser("change", help=_("change the interval, or what is asked of others, without leaving"))
    change.add_argument("--certificates", choices=("on", "off"), help=_("ask others for certificates, or no more"))
    change.add_argument("--interval", type=int, metavar="MINUTES", help=_("periodic synchronisation"))
    change.add_argument("--password-file", type=Path, metavar="FILE", help=_("file whose first line is the password"))
    deeds.add_parser("rotate-key", help=_("give the network a new key; nobody has to type a PIN"))
    deeds.add_parser("leave", help=_("leave the network"))
    for deed, text in (("cut", _("cut the link with a cluster")), ("mend", _("let a link that was cut come back"))):
        deeds.add_parser(deed, help=text).add_argument("cluster", metavar="CLUSTER", help=_("its Cluster ID"))
    out = deeds.add_parser("put-out", help=_("put a cluster out of the network (from a hub)"))
    out.add_argument("cluster", metavar="CLUSTER", help=_("its Cluster ID"))
    back = deeds.add_parser("let-in", help=_("take back that a cluster was put out (from the hub that did)"))
    back.add_argument("fingerprint", metavar="FINGERPRINT", help=_("what `roamline ils fingerprint` prints there"))


def ils(options: argparse.Namespace) -> int:
    """Do one deed; 0 when it was done, 1 when it cannot be, with the reason on standard error."""
    if options.deed == "password":
        print(secrets.token_urlsafe(24))
        return 0
    set_up_django()
    from roamline.rooms.clusters.service import CannotCut, CannotJoin

    try:
        return _DEEDS[options.deed](options)
    except (CannotCut, CannotJoin, OSError) as problem:
        print(worded(problem), file=sys.stderr)
        return 1


def _status(options: argparse.Namespace) -> int:
    from roamline.rooms.clusters.service import overview

    seen = overview.look(datetime.now(UTC))
    if options.json:
        print(json.dumps(seen.as_fields(), indent=2))
        return 0
    for line in seen.lines():
        print(line)
    return 0


def _take_part(options: argparse.Namespace) -> int:
    from roamline.rooms.clusters.service import Plan, own_origin, take_part

    author, now = _author(), datetime.now(UTC)
    if options.cluster_id:
        _name(options.cluster_id, now)
    plan = Plan(
        role=getattr(options, "role", "hub"), registration_server=getattr(options, "server", ""),
        password=_password(options), use_certificates=options.certificates, trusted=tuple(options.trust),
        interval_minutes=options.interval, exchange_dial_plan=not options.no_dial_plan,
        route_string=options.route_string,
    )  # fmt: skip
    if plan.registration_server and not options.accept_duplicates and _has_duplicates(plan):
        return 3
    take_part(plan, author, now)
    print(_("this cluster's fingerprint is %s; `roamline ils status` shows how the links stand") % own_origin())
    return 0


def _password(options: argparse.Namespace) -> Secret:
    if options.password_file is None:
        return Secret("")
    return Secret(next(iter(options.password_file.read_text(encoding="utf-8").splitlines()), ""))


def _has_duplicates(plan: Any) -> bool:
    from roamline.rooms.clusters.service import duplicates

    try:
        found = duplicates.before_joining(plan.registration_server, plan.password)
    except duplicates.NotReached as reason:
        print(worded(reason), _("This cluster links to it as soon as it does."), file=sys.stderr)
        return False
    for claim in found[:MOST_DUPLICATES]:
        named = {"kind": _(claim.kind), "key": claim.key, "clusters": ", ".join(claim.clusters)}
        print(_("duplicate %(kind)s %(key)s: %(clusters)s") % named, file=sys.stderr)
    if found:
        said = _("%s duplicates: mend them, or join with --accept-duplicates (they are not learned)")
        print(said % len(found), file=sys.stderr)
    return bool(found)


def _name(cluster_id: str, now: datetime) -> None:
    from roamline.rooms.clusters.service import CannotJoin
    from roamline.rooms.parameters import service as parameters
    from roamline.rooms.parameters.rules import CLUSTER_ID, ENTERPRISE, InvalidValue

    try:
        parameters.change(
            service=ENTERPRISE, name=CLUSTER_ID.name, value=cluster_id, actor=getpass.getuser(), way=WAY, source="",
            now=now,
        )  # fmt: skip
    except InvalidValue as error:
        raise CannotJoin(f"Cluster ID: {worded(error)}") from error


def _sync(_options: argparse.Namespace) -> int:
    from roamline.rooms.clusters.service import ask_to_synchronise

    ask_to_synchronise(_author(), datetime.now(UTC))
    return 0


def _change(options: argparse.Namespace) -> int:
    from roamline.rooms.clusters.service import change

    asks = None if options.certificates is None else options.certificates == "on"
    change(
        _author(), datetime.now(UTC), interval_minutes=options.interval, password=_password(options),
        use_certificates=asks,
    )  # fmt: skip
    return 0


def _rotate_key(_options: argparse.Namespace) -> int:
    from roamline.rooms.clusters.service import key_name, rotate_key

    rotate_key(_author(), datetime.now(UTC))
    print(_("the network's key is now %s; `roamline ils status` shows which clusters have not got it") % key_name())
    return 0


def _leave(_options: argparse.Namespace) -> int:
    from roamline.rooms.clusters.service import leave

    leave(_author(), datetime.now(UTC))
    return 0


def _fingerprint(_options: argparse.Namespace) -> int:
    from roamline.rooms.clusters.service import own_origin

    print(own_origin())
    return 0


def _put_out(options: argparse.Namespace) -> int:
    from roamline.rooms.clusters.service import CannotJoin, named, put_out

    cluster = named(options.cluster)
    if cluster is None or cluster.is_own:
        raise CannotJoin(Wording(gettext_noop("there is no other cluster %(name)s"), name=options.cluster))
    put_out(cluster.origin, _author(), datetime.now(UTC))
    print(_("it is put out, and the network has a new key; change the network's password, too"))
    return 0


def _let_in(options: argparse.Namespace) -> int:
    from roamline.rooms.clusters.service import let_in

    let_in(options.fingerprint, _author(), datetime.now(UTC))
    return 0


def _cut(options: argparse.Namespace) -> int:
    from roamline.rooms.clusters.service import cut

    cut(options.cluster, _author(), datetime.now(UTC))
    return 0


def _mend(options: argparse.Namespace) -> int:
    from roamline.rooms.clusters.service import mend

    mend(options.cluster, _author(), datetime.now(UTC))
    return 0


def _author() -> Any:
    from roamline.rooms.ledger.changes import Author

    return Author(getpass.getuser(), WAY)


_DEEDS = {
    "status": _status,
    "create": _take_part,
    "join": _take_part,
    "sync": _sync,
    "change": _change,
    "rotate-key": _rotate_key,
    "leave": _leave,
    "fingerprint": _fingerprint,
    "put-out": _put_out,
    "cut": _cut,
    "mend": _mend,
    "let-in": _let_in,
}

COMMAND = Command("ils", gettext_noop("clusters in step: create, join, leave, sync, status"), ils, _arguments)
