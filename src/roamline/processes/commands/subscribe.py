"""``roamline subscribe`` and ``unsubscribe``: phone services of phones and device profiles, many at once (EM-5)."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime
from gettext import gettext as _

from roamline.kernel.wording import gettext_noop
from roamline.processes.commands.command import Command, set_up_django


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("service", metavar="SERVICE", help=_('phone service, such as "Extension Mobility"'))
    parser.add_argument("names", nargs="*", metavar="NAME", help=_("phones or device profiles"))
    parser.add_argument("--all-phones", action="store_true", help=_("every phone"))
    parser.add_argument("--all-profiles", action="store_true", help=_("every user device profile"))
    parser.add_argument("--pool", metavar="NAME", help=_("with --all-phones: only those of this device pool"))


def subscribe(options: argparse.Namespace) -> int:
    """Subscribe phones and profiles to a service; 1 when anything named is not there: then nothing is changed."""
    return _change(options, adds=True)


def unsubscribe(options: argparse.Namespace) -> int:
    """Unsubscribe phones and profiles from a service; 1 when anything named is not there: then nothing is changed."""
    return _change(options, adds=False)


def _change(options: argparse.Namespace, *, adds: bool) -> int:
    set_up_django()
    from roamline.rooms.ledger.changes import Author
    from roamline.rooms.mobility import service as mobility
    from roamline.rooms.phones.models import DevicePool, DeviceProfile, Phone, PhoneService

    found = PhoneService.objects.filter(name=options.service).first()
    phones = Phone.objects.filter(folded_name__in=[name.lower() for name in options.names])
    profiles = DeviceProfile.objects.exclude(kind=DeviceProfile.AUTO).filter(name__in=options.names)
    known = {phone.folded_name for phone in phones} | {profile.name.lower() for profile in profiles}
    missing = [] if found else [options.service]
    missing += [name for name in options.names if name.lower() not in known]
    if options.pool and not DevicePool.objects.filter(name=options.pool).exists():
        missing.append(options.pool)
    if missing:
        print(_("there is no %s") % ", ".join(missing), file=sys.stderr)
        return 1
    if options.all_phones:
        phones = Phone.objects.filter(**({"device_pool__name": options.pool} if options.pool else {}))
    if options.all_profiles:
        profiles = DeviceProfile.objects.filter(kind=DeviceProfile.USER)
    services = [found] if found else []
    add, remove = (services, []) if adds else ([], services)
    author, now = Author(getpass.getuser(), "command line"), datetime.now(UTC)
    done = [
        mobility.subscribe_phones(phones, add, remove, author, now),
        mobility.subscribe_profiles(profiles, add, remove, author, now),
    ]
    said = _("%(phones)s phones and %(profiles)s profiles changed; %(told)s phones fetch their configuration anew")
    told = sum(each.told for each in done)
    print(said % {"phones": done[0].changed, "profiles": done[1].changed, "told": told})
    return 0


COMMANDS = (
    Command(
        "subscribe", gettext_noop("subscribe phones and device profiles to a phone service"), subscribe, _arguments
    ),
    Command(
        "unsubscribe",
        gettext_noop("unsubscribe phones and device profiles from a phone service"),
        unsubscribe,
        _arguments,
    ),
)
