"""Changing what EMCC may do, each with its audit entry; the other clusters are told (RO-31)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.dialplan.models import Trunk
from roamline.rooms.emcc import remote, telling
from roamline.rooms.emcc.models import InterclusterServiceProfile, RemoteClusterServices
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author, Names, facts_of, record_changed

PROFILE = "intercluster_service_profile"


class CannotActivate(ValueError):
    """An intercluster service profile that cannot be; nothing was changed."""


def profile_row() -> InterclusterServiceProfile:
    """The intercluster service profile; one with nothing active, unsaved, when there is none yet."""
    return InterclusterServiceProfile.objects.select_related("pstn_trunk").first() or InterclusterServiceProfile()


@transaction.atomic
def change_profile(
    *, emcc_active: bool, pstn_access_active: bool, pstn_trunk: Trunk | None, author: Author, now: datetime
) -> bool:
    """Activate or deactivate EMCC and PSTN access; whether anything changed.

    Errors: CannotActivate for PSTN access without a trunk. What else happens: audited, and other clusters are told.
    """
    if pstn_access_active and pstn_trunk is None:
        raise CannotActivate(_("PSTN access needs a SIP trunk."))
    row, _is_new = InterclusterServiceProfile.objects.select_for_update().get_or_create(defaults={})
    before = facts_of(row)
    row.emcc_active, row.pstn_access_active, row.pstn_trunk = emcc_active, pstn_access_active, pstn_trunk
    row.save(update_fields=["emcc_active", "pstn_access_active", "pstn_trunk"])
    changed = record_changed(row, PROFILE, before, facts_of(row), Names(subject=str(row)), author, now)
    if changed:
        _tell(now)
    return bool(changed)


@transaction.atomic
def change_services(
    origin: str, *, emcc: bool | None = None, pstn_access: bool | None = None, author: Author, now: datetime
) -> bool:
    """Enable or disable services for another cluster, None leaves one; whether anything changed.

    Errors: DoesNotExist for a cluster that was never known.
    """
    row = RemoteClusterServices.objects.select_for_update().get(origin=origin)
    before = facts_of(row)
    row.emcc_enabled = row.emcc_enabled if emcc is None else emcc
    row.pstn_access_enabled = row.pstn_access_enabled if pstn_access is None else pstn_access
    row.save(update_fields=["emcc_enabled", "pstn_access_enabled"])
    changed = record_changed(row, remote.KIND, before, facts_of(row), Names(subject=str(row)), author, now)
    if changed:
        telling.tell(now)
    return bool(changed)


def _tell(now: datetime) -> None:
    telling.tell(now)
    # Marks of the phones' names are told by the next update, which is due now.
    InterclusterServiceProfile.objects.update(remote_update_at=None)
    ledger.wake_after_commit()
