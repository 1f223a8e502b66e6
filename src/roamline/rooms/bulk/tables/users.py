"""End users as a table: one row adds, changes or deletes one; an empty cell leaves what is there (BL-1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from roamline.kernel.secret import Secret
from roamline.kernel.wording import gettext_noop as _
from roamline.platform.tables import Row
from roamline.rooms.bulk.tables.keys import number_of
from roamline.rooms.bulk.terms import DELETE, SAVE, RowRefused, Table, flag, one_of, written
from roamline.rooms.directory import administration, store, verifiers
from roamline.rooms.directory.models import Account
from roamline.rooms.directory.rules.credentials import objections_to_pin
from roamline.rooms.ledger import changes
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author, Names
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones.models import LOCALES

COLUMNS = (
    "user_id", "first_name", "last_name", "email", "user_locale", "primary_extension", "self_service_id", "pin",
    "pin_must_change", "active", "action",
)  # fmt: skip
_TEXTS = ("first_name", "last_name", "email", "self_service_id")
_FLAGS = {"pin_must_change": "pin_must_change", "active": "is_active"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """The uuid that a new account gets, and the sealed verifier of a new PIN, made for it."""

    uuid: UUID
    verifier: str


def prepare(row: Row) -> Prepared | None:
    """Seal a PIN, which takes a core and some time; None without one."""
    if not row["pin"] or row["action"].lower() == DELETE:
        return None
    uuid = Account.objects.filter(user_id=row["user_id"]).values_list("uuid", flat=True).first() or uuid4()
    return Prepared(uuid, verifiers.make(Secret(row["pin"]), uuid))


def do(row: Row, action: str, prepared: Prepared | None, author: Author, now: datetime) -> bool:
    """Add, change or delete the user of a row."""
    account = Account.objects.select_for_update().filter(user_id=row["user_id"]).first()
    if account is not None and account.kind != Account.END:
        raise RowRefused(_("this is an application user"))
    if action == DELETE:
        return _delete(account, author, now)
    is_new = account is None
    account = account or Account(user_id=row["user_id"], uuid=prepared.uuid if prepared else uuid4())
    before = {} if is_new else changes.facts_of(account)
    _fill(account, row)
    if is_new:
        account.set_unusable_password()
    account.full_clean(exclude=["password"])
    _refuse_bad_pin(account, row)
    account.save()
    names = Names(user_id=account.user_id)
    if is_new:
        changes.record_added(account, "end_user", changes.facts_of(account), names, author, now)
        changed = True
    else:
        changed = bool(
            changes.record_changed(account, "end_user", before, changes.facts_of(account), names, author, now)
        )
    if not account.is_active and not administration.administrators_left():
        raise RowRefused(_("nobody would be an administrator any more"))
    return _set_pin(account, prepared, author, now) or changed


def _fill(account: Account, row: Row) -> None:
    for name in _TEXTS:
        if row[name]:
            setattr(account, name, row[name])
    for column, name in _FLAGS.items():
        value = flag(row, column)
        if value is not None:
            setattr(account, name, value)
    if row["user_locale"]:
        account.user_locale = one_of(row, "user_locale", [code for code, _name in LOCALES])
    if row["primary_extension"]:
        account.primary_extension = number_of(row["primary_extension"])


def _refuse_bad_pin(account: Account, row: Row) -> None:
    if row["pin"]:
        extension = account.primary_extension.pattern if account.primary_extension else ""
        objections = objections_to_pin(row["pin"], account.user_id, extension, store.credential_policy())
        if objections:
            raise RowRefused(*objections)


def _set_pin(account: Account, prepared: Prepared | None, author: Author, now: datetime) -> bool:
    if prepared is None:
        return False
    if account.uuid != prepared.uuid:
        raise RowRefused(_("somebody else added this user at the same moment: try again"))
    policy = store.credential_policy()
    must_change = account.pin_must_change or policy.must_change_after_reset
    store.set_pin(account.pk, prepared.verifier, now, must_change=must_change, kept=policy.history + 1)
    ledger.record(at=now, action="pin.set", actor=author.name, way=author.way, source=author.source,
                  user_id=account.user_id)  # fmt: skip
    return True


def _delete(account: Account | None, author: Author, now: datetime) -> bool:
    if account is None:
        return False
    if not administration.administrators_left(without=[account]):
        raise RowRefused(_("nobody would be an administrator any more"))
    facts, key = changes.facts_of(account), account.pk
    mobility.delete_account(account)
    account.pk = key
    changes.record_deleted(account, "end_user", facts, Names(user_id=account.user_id), author, now)
    return True


def rows() -> Iterator[Sequence[str]]:
    """Every end user; PINs are not exported, because nobody knows them."""
    found = Account.objects.filter(kind=Account.END).select_related("primary_extension__partition").order_by("user_id")
    for user in found.iterator(2000):
        number = user.primary_extension
        yield (
            user.user_id, user.first_name, user.last_name, user.email, user.user_locale,
            f"{number.pattern}/{number.partition}" if number else "", user.self_service_id or "", "",
            written(user.pin_must_change), written(user.is_active), SAVE,
        )  # fmt: skip


TABLE = Table(
    "users", COLUMNS, frozenset({"user_id"}), (SAVE, DELETE), lambda row: row["user_id"], do, rows, prepare=prepare
)
