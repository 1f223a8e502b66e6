"""Deleting phones, device profiles and accounts: never while somebody is logged in with them.

Each takes the same locks as a log-in, so that nobody logs in meanwhile. Ended sessions go with the noun; what
happened in them stays in the audit trail.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.directory import store as directory
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import InUse
from roamline.rooms.mobility import store
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import DeviceProfile, Phone


def why_phone_stays(phone: Phone) -> list[LoginSession]:
    """The session that keeps a phone from being deleted."""
    return _open(Q(phone=phone))


def why_profile_stays(profile: DeviceProfile) -> list[LoginSession]:
    """The sessions that keep a device profile from being deleted."""
    return _open(Q(profile=profile))


def why_account_stays(account: Account) -> list[LoginSession]:
    """The sessions that keep an account from being deleted."""
    return _open(Q(account=account.pk))


@transaction.atomic
def delete_phone(phone: Phone) -> None:
    """Delete a phone with its own settings; InUse while somebody is logged in on it."""
    store.lock_phone(phone.pk)
    _refuse_while_in_use(why_phone_stays(phone))
    _refuse_while_visited(phone)
    own = phone.own_profile
    phones.delete(phone)
    ledger.drop_effects_on(phone.name)
    LoginSession.objects.filter(profile=own).delete()
    own.delete()


@transaction.atomic
def delete_profile(profile: DeviceProfile) -> None:
    """Delete a device profile; InUse while somebody is logged in with it.

    ProtectedError while users control it or phones log out to it.
    """
    DeviceProfile.objects.select_for_update().get(pk=profile.pk)
    _refuse_while_in_use(why_profile_stays(profile))
    LoginSession.objects.filter(profile=profile, ended_at__isnull=False).delete()
    profile.delete()


@transaction.atomic
def delete_account(account: Account) -> None:
    """Delete an account with its memberships and associations; InUse while it is logged in somewhere."""
    directory.lock(account.pk)
    _refuse_while_in_use(why_account_stays(account))
    account.delete()


def _open(which: Q) -> list[LoginSession]:
    open_ones = LoginSession.objects.filter(which, ended_at__isnull=True)
    return list(open_ones.select_related("phone", "account", "profile"))


def _refuse_while_visited(phone: Phone) -> None:
    visitor = Phone.objects.only("visitor", "visitor_home").get(pk=phone.pk).visited_by
    if visitor:
        raise InUse([Wording(_("%(user)s is logged in on %(device)s."), user=visitor, device=phone.name)])


def _refuse_while_in_use(sessions: list[LoginSession]) -> None:
    if sessions:
        raise InUse(
            [
                Wording(_("%(user)s is logged in on %(device)s."), user=each.account.user_id, device=each.phone.name)
                for each in sessions
            ]
        )
