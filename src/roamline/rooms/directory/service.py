"""Adding and changing accounts, PINs and what is whose, each with its audit entry."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from roamline.kernel.secret import Secret
from roamline.platform.wording import translated
from roamline.rooms.dialplan.models import DirectoryNumber
from roamline.rooms.directory import store, verifiers
from roamline.rooms.directory.models import (
    AccessControlGroup,
    Account,
    AssociatedPhone,
    ControlledProfile,
    CredentialPolicy,
    Membership,
    PhoneOwner,
)
from roamline.rooms.directory.rules.credentials import FOREVER, objections_to_pin
from roamline.rooms.ledger import changes
from roamline.rooms.ledger import service as ledger
from roamline.rooms.phones.models import DeviceProfile, Phone


@transaction.atomic
def add_account(
    *,
    user_id: str,
    actor: str,
    now: datetime,
    kind: str = Account.END,
    first_name: str = "",
    last_name: str = "",
    password: Secret | None = None,
    self_service_id: str | None = None,
    primary_extension: DirectoryNumber | None = None,
    user_locale: str = "",
    emcc_enabled: bool = False,
) -> Account:
    """Add an end user or an application user; ValidationError names every bad field."""
    account = Account(
        user_id=user_id, kind=kind, first_name=first_name, last_name=last_name, self_service_id=self_service_id,
        primary_extension=primary_extension, user_locale=user_locale, emcc_enabled=emcc_enabled,
    )  # fmt: skip
    if password is None:
        account.set_unusable_password()
    else:
        account.set_password(password.reveal())
    account.full_clean()
    account.save()
    ledger.record(at=now, action="account.added", actor=actor, user_id=user_id, details={"kind": kind})
    return account


@transaction.atomic
def set_pin(
    account: Account,
    pin: Secret,
    *,
    actor: str,
    now: datetime,
    must_change: bool = False,
    way: str = "",
    source: str = "",
) -> None:
    """Set a user's PIN and clear a lock; ValidationError says what the credential policy objects to.

    Who sets another's PIN is not held to that user's earlier PINs; the policy may have the user change it (code 41).
    """
    policy = store.credential_policy()
    objections = objections_to_pin(pin.reveal(), account.user_id, store.extension_of(account.pk), policy)
    if objections:
        raise ValidationError({"pin": [translated(each) for each in objections]})
    must_change = must_change or policy.must_change_after_reset
    verifier = verifiers.make(pin, account.uuid)
    store.set_pin(account.pk, verifier, now, must_change=must_change, kept=policy.history + 1)
    account.refresh_from_db(
        fields=["pin_verifier", "pin_changed_at", "pin_must_change", "failed_attempts", "locked_until"]
    )
    ledger.record(at=now, action="pin.set", actor=actor, way=way, source=source, user_id=account.user_id)


@transaction.atomic
def set_password(
    account: Account,
    password: Secret,
    *,
    actor: str,
    now: datetime,
    way: str = "",
    source: str = "",
    must_change: bool = False,
) -> None:
    """Set a user's password and clear a lock; one that must be changed opens nothing (code 27 over the EM API)."""
    account.set_password(password.reveal())
    account.password_must_change = must_change
    account.failed_attempts = 0
    account.locked_until = None
    account.save(update_fields=["password", "password_must_change", "failed_attempts", "locked_until"])
    ledger.record(at=now, action="password.set", actor=actor, way=way, source=source, user_id=account.user_id)


@transaction.atomic
def lock(account: Account, *, actor: str, now: datetime, way: str = "", source: str = "") -> None:
    """Lock an account until somebody unlocks it; whoever is logged in on a phone stays so."""
    Account.objects.filter(pk=account.pk).update(failed_attempts=0, locked_until=FOREVER)
    ledger.record(at=now, action="account.locked", actor=actor, way=way, source=source, user_id=account.user_id)


@transaction.atomic
def unlock(account: Account, *, actor: str, now: datetime, way: str = "", source: str = "") -> None:
    """Clear an account's lock and its count of failed attempts."""
    Account.objects.filter(pk=account.pk).update(failed_attempts=0, locked_until=None)
    ledger.record(at=now, action="account.unlocked", actor=actor, way=way, source=source, user_id=account.user_id)


@transaction.atomic
def release_source(address: str, *, actor: str, now: datetime, way: str = "", source: str = "") -> bool:
    """Forget the wrong credentials that came from an address (S-2); whether there were any."""
    had_any = store.release(address)
    ledger.record(at=now, action="source.released", actor=actor, way=way, source=source, subject=address)
    return had_any


def policy_row() -> CredentialPolicy:
    """The credential policy as it is set; one that is not saved, with the defaults, when nobody has set it."""
    return CredentialPolicy.objects.first() or CredentialPolicy()


@transaction.atomic
def change_policy(
    *, actor: str, now: datetime, way: str = "", source: str = "", **wanted: object
) -> dict[str, dict[str, object]]:
    """Change the credential policy; what changed, with before and after. ValidationError names every bad field."""
    list(CredentialPolicy.objects.select_for_update().values_list("pk"))
    policy = policy_row()
    before = changes.facts_of(policy)
    for name, value in wanted.items():
        setattr(policy, name, value)
    policy.full_clean()
    policy.save()
    policy.refresh_from_db()
    author = changes.Author(actor, way, source)
    return changes.record_changed(
        policy, "credential_policy", before, changes.facts_of(policy), changes.Names(subject=str(policy)), author, now
    )


@transaction.atomic
def set_own_login_time(account: Account, time: timedelta | None, *, actor: str, now: datetime) -> None:
    """Set a user's own maximum login time (EM-23), None for the cluster's; it counts for new log-ins.

    Errors: PermissionDenied when the user profile does not allow one, ValidationError outside 0:01 to 168:00.
    """
    if account.user_profile is None or not account.user_profile.allow_own_login_time:
        raise PermissionDenied("the user profile allows no maximum login time of one's own")
    minutes = None if time is None else int(time.total_seconds()) // 60
    account.own_login_minutes = minutes
    account.clean_fields(exclude=[f.name for f in account._meta.fields if f.name != "own_login_minutes"])
    account.save(update_fields=["own_login_minutes"])
    ledger.record(
        at=now, action="own_login_time.set", actor=actor, user_id=account.user_id, details={"minutes": minutes}
    )


@transaction.atomic
def join_group(account: Account, group: AccessControlGroup, *, actor: str, now: datetime) -> None:
    """Put an account into an access control group; nothing happens when it is in it."""
    _, is_new = Membership.objects.get_or_create(account=account, group=group)
    if is_new:
        ledger.record(at=now, action="group.joined", actor=actor, user_id=account.user_id, subject=group.name)


@transaction.atomic
def add_controlled_profile(
    account: Account, profile: DeviceProfile, *, actor: str, now: datetime, is_default: bool = False
) -> None:
    """Move a device profile to a user's controlled profiles, at the end of them (EM-4)."""
    position = account.controlled_profiles.count() + 1
    ControlledProfile.objects.create(account=account, profile=profile, position=position, is_default=is_default)
    ledger.record(at=now, action="profile.controlled", actor=actor, user_id=account.user_id, subject=profile.name)


@transaction.atomic
def give_phone(account: Account, phone: Phone, *, actor: str, now: datetime) -> None:
    """Make a user the owner of a phone and associate them with it."""
    PhoneOwner.objects.update_or_create(phone=phone, defaults={"account": account})
    AssociatedPhone.objects.get_or_create(phone=phone, account=account)
    ledger.record(at=now, action="phone.given", actor=actor, user_id=account.user_id, device=phone.name)
