"""Phones as a table, with the lines and services of their own settings (BL-1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.platform.tables import Row
from roamline.rooms.bulk.tables import keys
from roamline.rooms.bulk.tables.profiles import fill, model_named
from roamline.rooms.bulk.terms import DELETE, SAVE, RowRefused, Table, flag, one_of, written
from roamline.rooms.dialplan.models import CallingSearchSpace
from roamline.rooms.directory import administration as directory
from roamline.rooms.directory.models import Account
from roamline.rooms.ledger import changes
from roamline.rooms.ledger.changes import Author, Facts, Names
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.emcc_devices import IS_EMCC_DEVICE, is_emcc_device
from roamline.rooms.phones.models import DevicePool, Phone
from roamline.rooms.phones.rules import looks_mistyped

COLUMNS = (
    "name", "description", "model", "device_pool", "use", "owner", "em_enabled", "protected", "pinless", "css",
    "firmware", "user_locale", "dnd", "lines", "services", "action",
)  # fmt: skip
_FLAGS = {"em_enabled": "em_enabled", "protected": "protected", "pinless": "pinless_allowed"}


def do(row: Row, action: str, _prepared: Any, author: Author, now: datetime) -> bool:
    """Add, change or delete the phone of a row; one that is changed fetches its configuration anew."""
    phone = Phone.objects.select_for_update().filter(folded_name=row["name"].lower()).first()
    if action == DELETE:
        return _delete(phone, author, now)
    is_new = phone is None
    before = facts_of(phone) if phone else {}
    phone = phone or Phone(name=_new_name(row), model=model_named(row), device_pool=_pool(row))
    _fill(phone, row)
    if phone.protected and phone.em_enabled:
        raise RowRefused(_("Extension Mobility is not possible on a protected device"))
    if is_new:
        phones.save_new_phone(phone)
    else:
        phone.full_clean()
        phone.save()
    _own_settings(phone, row)
    names, facts = Names(device=phone.name), facts_of(phone)
    if is_new:
        changes.record_added(phone, "phone", facts, names, author, now)
        return True
    if not changes.record_changed(phone, "phone", before, facts, names, author, now):
        return False
    mobility.reconfigure_phones([phone.pk], author.name, now)
    return True


def facts_of(phone: Phone) -> Facts:
    """What the audit compares: the phone, its owner and its own settings."""
    own, owner = changes.facts_of(phone.own_profile, ("lines",)), directory.owner_of(phone)
    return {
        **{name: value for name, value in changes.facts_of(phone).items() if name != "own_profile"},
        "owner": owner.user_id if owner else None,
        "own user locale": own["user_locale"],
        "own do not disturb": own["dnd_enabled"],
        "services": own["services"],
        "lines": own["lines"],
    }


def _new_name(row: Row) -> str:
    if looks_mistyped(row["name"]):
        raise RowRefused(_("a name that begins with SEP goes on with twelve hexadecimal digits"))
    return row["name"]


def _pool(row: Row) -> DevicePool:
    found = DevicePool.objects.filter(name__iexact=row["device_pool"]).first()
    if found is None:
        named = row["device_pool"]
        raise RowRefused(
            Wording(_("there is no device pool %(name)r"), name=named)
            if named
            else _("a new phone needs a device pool")
        )
    return found


def _fill(phone: Phone, row: Row) -> None:
    phone.description = row["description"] or phone.description
    phone.firmware = row["firmware"] or phone.firmware
    if row["model"]:
        if is_emcc_device(phone):
            raise RowRefused(_("an EMCC device keeps its model"))
        phone.model = model_named(row)
    if row["device_pool"]:
        phone.device_pool = _pool(row)
    if row["use"]:
        phone.use = one_of(row, "use", [use for use, _name in Phone.USES])
    if row["css"]:
        phone.css = CallingSearchSpace.objects.filter(name__iexact=row["css"]).first()
        if phone.css is None:
            raise RowRefused(Wording(_("there is no calling search space %(name)r"), name=row["css"]))
    for column, name in _FLAGS.items():
        value = flag(row, column)
        if value is not None:
            setattr(phone, name, value)


def _own_settings(phone: Phone, row: Row) -> None:
    own = phone.own_profile
    fill(own, row)
    own.model = phone.model
    own.save(update_fields=["user_locale", "dnd_enabled", "model"])
    keys.set_lines(own, row)
    keys.set_services(own, row)
    if row["owner"]:
        owner = Account.objects.filter(user_id=row["owner"], kind=Account.END).first()
        if owner is None:
            raise RowRefused(Wording(_("there is no end user %(name)r"), name=row["owner"]))
        directory.own(phone, owner)


def _delete(phone: Phone | None, author: Author, now: datetime) -> bool:
    if phone is None:
        return False
    facts, key = facts_of(phone), phone.pk
    mobility.delete_phone(phone)
    phone.pk = key
    changes.record_deleted(phone, "phone", facts, Names(device=phone.name), author, now)
    return True


def rows() -> Iterator[Sequence[str]]:
    """Every phone; EMCC devices are inserted by their count, and in no table."""
    found = Phone.objects.exclude(IS_EMCC_DEVICE).select_related(
        "model", "device_pool", "css", "own_profile", "ownership__account"
    )
    own = ("own_profile__lines__directory_number__partition", "own_profile__services")
    for each in found.prefetch_related(*own).order_by("name").iterator(500):
        owner = getattr(each, "ownership", None)
        yield (
            each.name, each.description, each.model.name, each.device_pool.name, each.use,
            owner.account.user_id if owner else "", written(each.em_enabled), written(each.protected),
            written(each.pinless_allowed), each.css.name if each.css else "", each.firmware,
            each.own_profile.user_locale, written(each.own_profile.dnd_enabled), keys.lines_text(each.own_profile),
            keys.services_text(each.own_profile), SAVE,
        )  # fmt: skip


TABLE = Table(
    "phones", COLUMNS, frozenset({"name"}), (SAVE, DELETE), lambda row: row["name"], do, rows, ignores_case=True
)
