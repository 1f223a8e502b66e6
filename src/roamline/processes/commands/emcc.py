"""``roamline emcc``: how Extension Mobility Cross Cluster is set up, and setting it up (RO-31)."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from datetime import UTC, datetime
from gettext import gettext as _
from typing import Any

from roamline.kernel.wording import gettext_noop
from roamline.processes.commands.command import Command, set_up_django, worded
from roamline.processes.terminal import padded

WAY = "command line"


def _arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    show = deeds.add_parser("show", help=_("show the services, the remote clusters and the EMCC devices"))
    validate = deeds.add_parser("validate", help=_("say what will not work; 1 when there is an error"))
    for each in (show, validate):
        each.add_argument("--json", action="store_true", help=_("for programs"))
    insert = deeds.add_parser("insert", help=_("insert EMCC devices under the next free names"))
    insert.add_argument("count", type=int, metavar="N", help=_("how many"))
    insert.add_argument("--device-pool", default="", metavar="NAME", help=_("default: that of the newest ones"))
    insert.add_argument("--dry-run", action="store_true", help=_("only check, and say which"))
    deeds.add_parser("update", help=_("update the remote clusters now"))
    activate = deeds.add_parser("activate", help=_("activate EMCC in the intercluster service profile"))
    activate.add_argument("--pstn-trunk", default="", metavar="TRUNK", help=_("activate PSTN access, too, through it"))
    deeds.add_parser("deactivate", help=_("deactivate EMCC and PSTN access"))
    for deed, text in (
        ("enable", _("enable EMCC for a remote cluster")),
        ("disable", _("disable EMCC and PSTN access for it")),
    ):
        cluster = deeds.add_parser(deed, help=text)
        cluster.add_argument("cluster", metavar="CLUSTER", help=_("its Cluster ID"))
        if deed == "enable":
            cluster.add_argument("--pstn-access", action="store_true", help=_("PSTN access, too"))


def emcc(options: argparse.Namespace) -> int:
    """Do one deed; 0 when it was done, 1 when it cannot be, with the reason on standard error."""
    set_up_django()
    from roamline.rooms.emcc import administration

    try:
        return _DEEDS[options.deed](options)
    except (administration.CannotActivate, administration.CannotInsert, administration.NoSuch) as problem:
        print(worded(problem), file=sys.stderr)
        return 1


def _show(options: argparse.Namespace) -> int:
    from roamline.rooms.emcc import administration

    seen = administration.overview()
    if options.json:
        print(json.dumps(seen, indent=2))
        return 0
    active, off = _("active"), _("off")
    trunk = seen["pstn_trunk"] or "–"
    said = _("EMCC: %(emcc)s; PSTN access: %(pstn)s (trunk %(trunk)s)")
    states = {"emcc": active if seen["emcc"] else off, "pstn": active if seen["pstn_access"] else off, "trunk": trunk}
    print(said % states)
    print(_("EMCC devices: %(count)s, of them free: %(free)s") % seen["devices"])
    for each in seen["remote_clusters"]:
        enabled = [name for name, is_on in (("EMCC", each["emcc"]), ("PSTN", each["pstn_access"])) if is_on]
        state = _("reachable") if each["reachable"] else _("not reachable")
        print(f"{padded(each['name'], 20)} {padded(state, 16)} {' '.join(enabled) or '–'}")
    return 0


def _validate(options: argparse.Namespace) -> int:
    from roamline.platform.wording import translated
    from roamline.rooms.emcc import administration, validation

    found = validation.report()
    if options.json:
        print(json.dumps(administration.as_fields(found), indent=2))
    else:
        marks = {"ok": "✓", "warning": "!", "error": "✗"}
        for each in found:
            print(f"{marks[each.level]} {padded(each.cluster, 12)} {translated(each.text)}")
    return 1 if any(each.level == "error" for each in found) else 0


def _insert(options: argparse.Namespace) -> int:
    from roamline.rooms.emcc import administration, devices
    from roamline.rooms.emcc.rules import listed

    if options.dry_run:
        print(_("would be inserted: %s") % listed(devices.plan(options.count)))
        return 0
    pool = administration.pool_named(options.device_pool)
    print(_("inserted: %s") % listed(devices.insert(options.count, pool, _author(), datetime.now(UTC))))
    return 0


def _update(_options: argparse.Namespace) -> int:
    from roamline.rooms.emcc import remote

    print(_("remote clusters updated: %s") % remote.update_now(_author(), datetime.now(UTC)))
    return 0


def _activate(options: argparse.Namespace) -> int:
    from roamline.rooms.emcc import administration

    trunk = administration.trunk_named(options.pstn_trunk) if options.pstn_trunk else None
    return _change_profile(is_active=True, trunk=trunk)


def _deactivate(_options: argparse.Namespace) -> int:
    from roamline.rooms.emcc import changing

    return _change_profile(is_active=False, trunk=changing.profile_row().pstn_trunk)


def _change_profile(*, is_active: bool, trunk: Any) -> int:
    from roamline.rooms.emcc import changing

    has_access = is_active and trunk is not None
    changing.change_profile(
        emcc_active=is_active, pstn_access_active=has_access, pstn_trunk=trunk, author=_author(), now=datetime.now(UTC)
    )
    return 0


def _enable(options: argparse.Namespace) -> int:
    return _services(options.cluster, emcc=True, pstn_access=options.pstn_access or None)


def _disable(options: argparse.Namespace) -> int:
    return _services(options.cluster, emcc=False, pstn_access=False)


def _services(cluster: str, *, emcc: bool, pstn_access: bool | None) -> int:
    from roamline.rooms.emcc import administration, changing

    now = datetime.now(UTC)
    origin = administration.cluster_named(cluster, now)
    changing.change_services(origin, emcc=emcc, pstn_access=pstn_access, author=_author(), now=now)
    return 0


def _author() -> Any:
    from roamline.rooms.ledger.changes import Author

    return Author(getpass.getuser(), WAY)


_DEEDS = {
    "show": _show,
    "validate": _validate,
    "insert": _insert,
    "update": _update,
    "activate": _activate,
    "deactivate": _deactivate,
    "enable": _enable,
    "disable": _disable,
}

COMMAND = Command("emcc", gettext_noop("log-ins across clusters: set up, validate, insert devices"), emcc, _arguments)
