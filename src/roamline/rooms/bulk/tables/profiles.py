"""User device profiles as a table, with their lines and services (BL-1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.platform.tables import Row
from roamline.rooms.bulk.tables import keys
from roamline.rooms.bulk.terms import DELETE, SAVE, RowRefused, Table, flag, one_of, written
from roamline.rooms.dialplan.models import CallingSearchSpace
from roamline.rooms.ledger import changes
from roamline.rooms.ledger.changes import Author, Names
from roamline.rooms.mobility import service as mobility
from roamline.rooms.phones.models import LOCALES, DeviceProfile, PhoneModel

COLUMNS = (
    "name", "description", "model", "user_locale", "dnd", "dnd_option", "dnd_alert", "lines", "ring_settings",
    "services", "emcc_css", "action",
)  # fmt: skip
NONE = NO_ALERT = "none"
_CHILDREN = ("lines",)


def model_named(row: Row) -> PhoneModel:
    """The phone model of a row."""
    found = PhoneModel.objects.filter(name__iexact=row["model"], is_emcc_base=False).first()
    if found is None:
        named = row["model"]
        raise RowRefused(
            Wording(_("there is no phone model %(name)r"), name=named) if named else _("a new one needs a model")
        )
    return found


def do(row: Row, action: str, _prepared: Any, author: Author, now: datetime) -> bool:
    """Add, change or delete the profile of a row; phones that run it fetch their configuration anew."""
    profile = DeviceProfile.objects.select_for_update().filter(name=row["name"]).first()
    if profile is not None and profile.kind == DeviceProfile.AUTO:
        raise RowRefused(_("these are a phone's own settings"))
    if action == DELETE:
        return _delete(profile, author, now)
    is_new = profile is None
    profile = profile or DeviceProfile(name=row["name"], model=model_named(row))
    before = {} if is_new else changes.facts_of(profile, _CHILDREN)
    fill(profile, row)
    fill_dnd(profile, row)
    fill_emcc(profile, row)
    profile.description = row["description"] or profile.description
    profile.model = model_named(row) if row["model"] else profile.model
    profile.full_clean()
    profile.save()
    keys.set_lines(profile, row)
    keys.set_rings(profile, row)
    keys.set_services(profile, row)
    facts, names = changes.facts_of(profile, _CHILDREN), Names(subject=profile.name)
    if is_new:
        changes.record_added(profile, "device_profile", facts, names, author, now)
        return True
    if not changes.record_changed(profile, "device_profile", before, facts, names, author, now):
        return False
    mobility.reconfigure_phones_running([profile.pk], author.name, now)
    return True


def fill(profile: DeviceProfile, row: Row) -> None:
    """What a phone's own settings and a device profile have in common."""
    if row["user_locale"]:
        profile.user_locale = one_of(row, "user_locale", [code for code, _name in LOCALES])
    dnd = flag(row, "dnd")
    if dnd is not None:
        profile.dnd_enabled = dnd


def fill_dnd(profile: DeviceProfile, row: Row) -> None:
    """What do-not-disturb does; empty cells leave it."""
    if row["dnd_option"]:
        profile.dnd_option = one_of(row, "dnd_option", [code for code, _name in DeviceProfile.DND_OPTIONS])
    if row["dnd_alert"]:
        codes = [code for code, _name in DeviceProfile.ALERTS if code]
        profile.dnd_alert = "" if row["dnd_alert"] == NO_ALERT else one_of(row, "dnd_alert", [NO_ALERT, *codes])


def fill_emcc(profile: DeviceProfile, row: Row) -> None:
    """The calling search space on other clusters' phones; *none* takes it away."""
    if row["emcc_css"]:
        is_none = row["emcc_css"] == NONE
        profile.emcc_css = None if is_none else CallingSearchSpace.objects.filter(name__iexact=row["emcc_css"]).first()
        if profile.emcc_css is None and not is_none:
            raise RowRefused(Wording(_("there is no calling search space %(name)r"), name=row["emcc_css"]))


def _delete(profile: DeviceProfile | None, author: Author, now: datetime) -> bool:
    if profile is None:
        return False
    facts, key = changes.facts_of(profile, _CHILDREN), profile.pk
    mobility.delete_profile(profile)
    profile.pk = key
    changes.record_deleted(profile, "device_profile", facts, Names(subject=profile.name), author, now)
    return True


def rows() -> Iterator[Sequence[str]]:
    """Every user device profile."""
    found = DeviceProfile.objects.filter(kind=DeviceProfile.USER).select_related("model", "emcc_css").order_by("name")
    for each in found.prefetch_related("lines__directory_number__partition", "services").iterator(500):
        yield (
            each.name, each.description, each.model.name, each.user_locale, written(each.dnd_enabled),
            each.dnd_option, each.dnd_alert or NO_ALERT, keys.lines_text(each), keys.rings_text(each),
            keys.services_text(each), each.emcc_css.name if each.emcc_css else NONE, SAVE,
        )  # fmt: skip


TABLE = Table(
    "profiles", COLUMNS, frozenset({"name"}), (SAVE, DELETE), lambda row: row["name"], do, rows, ignores_case=True
)
