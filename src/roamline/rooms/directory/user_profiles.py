"""User profiles: what users may do for themselves (EM-23); each change with its audit entry."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from roamline.rooms.directory.models import Account, UserProfile
from roamline.rooms.ledger import changes

KIND = "user_profile"


@transaction.atomic
def put(
    name: str, *, allow_own_login_time: bool, actor: str, now: datetime, way: str = "", source: str = ""
) -> UserProfile:
    """Add a user profile, or change the one of that name; ValidationError for a bad name."""
    profile = UserProfile.objects.select_for_update().filter(name=name).first() or UserProfile(name=name)
    is_new, before = profile.pk is None, changes.facts_of(profile)
    profile.allow_own_login_time = allow_own_login_time
    profile.full_clean()
    profile.save()
    author, names = changes.Author(actor, way, source), changes.Names(subject=name)
    if is_new:
        changes.record_added(profile, KIND, changes.facts_of(profile), names, author, now)
    else:
        changes.record_changed(profile, KIND, before, changes.facts_of(profile), names, author, now)
    return profile


@transaction.atomic
def remove(profile: UserProfile, *, actor: str, now: datetime, way: str = "", source: str = "") -> None:
    """Remove a user profile; whoever had it has none."""
    author, names = changes.Author(actor, way, source), changes.Names(subject=profile.name)
    changes.record_deleted(profile, KIND, changes.facts_of(profile), names, author, now)
    profile.delete()


@transaction.atomic
def give(
    account: Account, profile: UserProfile | None, *, actor: str, now: datetime, way: str = "", source: str = ""
) -> None:
    """Give a user a profile, or none any more."""
    before = {"user_profile": account.user_profile.name if account.user_profile else None}
    account.user_profile = profile
    account.save(update_fields=["user_profile"])
    changes.record_changed(
        account, "end_user", before, {"user_profile": profile.name if profile else None},
        changes.Names(user_id=account.user_id), changes.Author(actor, way, source), now,
    )  # fmt: skip
