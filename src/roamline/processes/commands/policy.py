"""``roamline parameter``, ``policy`` and ``user-profile``: the same registry and policies as the web pages (EM-7)."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime, timedelta
from gettext import gettext as _
from typing import TYPE_CHECKING, Any

from roamline.kernel.wording import gettext_noop
from roamline.processes.commands.command import Command, set_up_django, worded
from roamline.processes.terminal import padded

if TYPE_CHECKING:
    from roamline.rooms.parameters.rules import Parameter

WAY = "command line"


def _who() -> dict[str, Any]:
    return {"actor": getpass.getuser(), "way": WAY, "source": "", "now": datetime.now(UTC)}


def _refuse(text: object, code: int = 2) -> int:
    print(worded(text) if isinstance(text, Exception) else text, file=sys.stderr)
    return code


def _parameter_arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title=_("what to do"), metavar="DEED", required=True, dest="deed")
    listed = deeds.add_parser("list", help=_("list parameters with their values"))
    listed.add_argument("--changed", action="store_true", help=_("only those that differ from their defaults"))
    for deed, text in (("show", _("explain one")), ("set", _("set one")), ("reset", _("give one its default back"))):
        named = deeds.add_parser(deed, help=text)
        named.add_argument("name", metavar="NAME", help=_('such as "Maximum Concurrent Requests"'))
        if deed == "set":
            named.add_argument("value", metavar="VALUE")
    deeds.add_parser("apply", help=_("Apply config: put what was saved and waits for it in force"))
    for each in deeds.choices.values():
        each.add_argument("--node", metavar="NODE", help=_("the node it is for (default: this one)"))
        each.add_argument("--service", metavar="SERVICE", help=_("where two services have one of that name"))


def parameter(options: argparse.Namespace) -> int:
    """List, explain, set or reset parameters; 2 for one that there is not, or a value that it does not take."""
    set_up_django()
    from roamline.rooms.parameters import service
    from roamline.rooms.parameters.rules.parameter import CLUSTER

    if options.deed == "list":
        return _list_parameters(options)
    if options.deed == "apply":
        print(_("%s parameters took effect") % service.apply_config(**_who()))
        return 0
    found = _named(options.name, options.service)
    if len(found) != 1:
        unknown = _("There is no parameter %r; roamline parameter list shows all.") % options.name
        return _refuse(_("Give --service: several have one of that name.") if found else unknown)
    chosen = found[0]
    where: dict[str, Any] = {"service": chosen.service, "name": chosen.name, "node": options.node, **_who()}
    try:
        if options.deed == "set":
            service.change(value=options.value, **where)
        elif options.deed == "reset":
            service.reset(**where)
    except service.InvalidValue as refusal:
        return _refuse(refusal)
    in_force = service.now_in_force(options.node)
    print(f"{chosen.name}: {in_force.text(chosen) or _('(empty)')}")
    if options.deed == "show":
        if _(chosen.name) != chosen.name:
            print(f"    {_(chosen.name)}")
        counts = _("cluster") if chosen.scope == CLUSTER else _("node")
        print("    " + _("default %s") % (chosen.default or _("(empty)")) + f"; {counts}; {chosen.service}")
        print(f"    {_(chosen.help)}")
    if chosen.needs_apply and chosen in in_force.pending():
        print("    " + _("It waits for Apply config: roamline parameter apply."))
    return 0


def _named(name: str, of_service: str | None) -> list[Parameter]:
    from roamline.rooms.parameters.rules import REGISTRY

    same = [each for each in REGISTRY.values() if each.name.lower() == name.lower()]
    return [each for each in same if of_service is None or each.service == of_service]


def _list_parameters(options: argparse.Namespace) -> int:
    from roamline.rooms.parameters import service
    from roamline.rooms.parameters.rules import REGISTRY

    in_force = service.now_in_force(options.node)
    for each in sorted(REGISTRY.values(), key=lambda each: (each.service, each.name)):
        value = in_force.text(each)
        if (options.changed and value == each.default) or options.service not in (None, each.service):
            continue
        print(f"{each.service}: {each.name} = {value or _('(empty)')}{'' if value == each.default else '  *'}")
    return 0


def _policy_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("changes", nargs="*", metavar="NAME=VALUE", help=_("such as lock_after=3 (default: show all)"))


def policy(options: argparse.Namespace) -> int:
    """Show the credential policy, or change it; all changes or none."""
    set_up_django()
    from django.core.exceptions import ValidationError

    from roamline.rooms.directory import service as directory
    from roamline.rooms.ledger.changes import facts_of

    wanted = dict(each.partition("=")[::2] for each in options.changes)
    unknown = wanted.keys() - facts_of(directory.policy_row()).keys()
    if unknown:
        return _refuse(_("The credential policy has no %s.") % ", ".join(sorted(unknown)))
    if wanted:
        try:
            directory.change_policy(**wanted, **_who())
        except ValidationError as refusal:
            return _refuse("\n".join(f"{name}: {' '.join(said)}" for name, said in refusal.message_dict.items()))
    for name, value in facts_of(directory.policy_row()).items():
        print(f"{name} = {value}")
    return 0


def _user_profile_arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title=_("what to do"), metavar="DEED", required=True, dest="deed")
    deeds.add_parser("list", help=_("list user profiles and how many have each"))
    for deed, text in (("set", _("add one, or change it")), ("remove", _("remove one; its users have none"))):
        named = deeds.add_parser(deed, help=text)
        named.add_argument("name", metavar="NAME")
        if deed == "set":
            named.add_argument("--own-login-time", choices=("yes", "no"), required=True,
                               help=_("users may set their own maximum login time"))  # fmt: skip
    give = deeds.add_parser("give", help=_("give a user a profile"))
    give.add_argument("user", metavar="ID")
    give.add_argument("name", metavar="NAME", nargs="?", help=_("default: none any more"))
    time = deeds.add_parser("own-time", help=_("set a user's own maximum login time"))
    time.add_argument("user", metavar="ID")
    time.add_argument("time", metavar="H:MM", nargs="?", help=_("default: the cluster's"))


def user_profile(options: argparse.Namespace) -> int:
    """List, set, remove or give user profiles, or set a user's own login time (EM-23)."""
    set_up_django()
    from django.core.exceptions import PermissionDenied, ValidationError

    from roamline.rooms.directory import user_profiles
    from roamline.rooms.directory.models import Account, UserProfile
    from roamline.rooms.parameters.rules import InvalidValue

    if options.deed == "list":
        for each in UserProfile.objects.all():
            said = (
                _("%(name)s: own login time allowed, %(users)s users")
                if each.allow_own_login_time else _("%(name)s: own login time not allowed, %(users)s users")
            )  # fmt: skip
            print(said % {"name": each.name, "users": each.accounts.count()})
        return 0
    try:
        if options.deed == "set":
            user_profiles.put(options.name, allow_own_login_time=options.own_login_time == "yes", **_who())
        elif options.deed == "remove":
            user_profiles.remove(UserProfile.objects.get(name=options.name), **_who())
        elif options.deed == "give":
            profile = UserProfile.objects.get(name=options.name) if options.name else None
            user_profiles.give(Account.objects.get(user_id=options.user), profile, **_who())
        else:
            _set_own_time(Account.objects.get(user_id=options.user), options.time)
    except (UserProfile.DoesNotExist, Account.DoesNotExist) as missing:
        is_profile = isinstance(missing, UserProfile.DoesNotExist)
        return _refuse(_("There is no such user profile.") if is_profile else _("There is no such user."), 1)
    except ValidationError as refusal:
        return _refuse(" ".join(refusal.messages))
    except (PermissionDenied, InvalidValue) as refusal:
        return _refuse(refusal)
    print(_("done"))
    return 0


def _set_own_time(account: Any, text: str | None) -> None:
    from roamline.rooms.directory import service as directory
    from roamline.rooms.parameters.rules.parsing import login_time

    time = login_time(text) if text else None
    directory.set_own_login_time(
        account, time if isinstance(time, timedelta) else None, actor=getpass.getuser(), now=datetime.now(UTC)
    )


def held_back(_options: argparse.Namespace) -> int:
    """List the users who are locked and the addresses that wrong PINs and passwords came from."""
    set_up_django()
    from roamline.rooms.directory.models import Account, GuessingSource

    now = datetime.now(UTC)
    locked = Account.objects.filter(locked_until__gt=now).values_list("user_id", "locked_until")
    for user_id, end in locked:
        is_for_good = end is None or end.year == 9999
        until = _("locked until unlocked") if is_for_good else _("locked until %s UTC") % f"{end:%Y-%m-%d %H:%M:%S}"
        print(padded(_("user %s") % user_id, 33), until)
    for source in GuessingSource.objects.all():
        held = source.held_back_until
        is_held = held is not None and held > now
        state = _("held back until %s UTC") % f"{held:%Y-%m-%d %H:%M:%S}" if is_held else _("not held back")
        print(padded(_("address %s") % source.source, 33), _("%s failures") % source.failures + f", {state}")
    return 0


COMMANDS = (
    Command("parameter", gettext_noop("list, explain, set or reset parameters"), parameter, _parameter_arguments),
    Command("policy", gettext_noop("show or change the credential policy"), policy, _policy_arguments),
    Command("user-profile", gettext_noop("what users may do for themselves"), user_profile, _user_profile_arguments),
    Command("held-back", gettext_noop("list locked users and addresses that guess"), held_back),
)
