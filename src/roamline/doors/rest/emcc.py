"""Log-ins across clusters over REST: how they are set up, what will not work, inserting EMCC devices (RO-31)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from ninja.errors import HttpError
from pydantic import Field

from roamline.doors.rest.access import MAY_EXPLAIN, MAY_LOG_IN, caller_of
from roamline.platform.wording import said
from roamline.rooms.emcc import administration, changing, devices, remote, validation
from roamline.rooms.ledger.changes import Author

router = Router(tags=["emcc"])

WAY = "rest"
Name = Annotated[str, Field(max_length=50)]


class InsertionIn(Schema):
    """How many EMCC devices, in which device pool (empty: that of the newest), or only which they would be."""

    count: int
    device_pool: Name = ""
    dry_run: bool = False


class ServicesIn(Schema):
    """What is enabled for another cluster; null leaves it."""

    emcc: bool | None = None
    pstn_access: bool | None = None


class ProfileIn(Schema):
    """What is active in this cluster; PSTN access needs a trunk."""

    emcc: bool
    pstn_access: bool = False
    pstn_trunk: Name = ""


@router.get("/emcc", auth=MAY_EXPLAIN)
def show(request: HttpRequest) -> dict[str, Any]:
    """The services that are active, the remote clusters with theirs, the EMCC devices and who uses them."""
    return administration.overview()


@router.get("/emcc/validation", auth=MAY_EXPLAIN)
def validate(request: HttpRequest) -> list[dict[str, str]]:
    """What of it will not work: findings of level ok, warning or error."""
    return administration.as_fields(validation.report())


@router.put("/emcc/profile", auth=MAY_LOG_IN)
def change_profile(request: HttpRequest, given: ProfileIn) -> dict[str, Any]:
    """Activate or deactivate EMCC and PSTN access here; 409 with the reason when that cannot be."""

    def change() -> None:
        trunk = administration.trunk_named(given.pstn_trunk) if given.pstn_trunk else None
        changing.change_profile(
            emcc_active=given.emcc, pstn_access_active=given.pstn_access, pstn_trunk=trunk, author=_author(request),
            now=timezone.now(),
        )  # fmt: skip

    _or_refuse(change)
    return administration.overview()


@router.put("/emcc/remote-clusters/{cluster}", auth=MAY_LOG_IN)
def change_services(request: HttpRequest, cluster: str, given: ServicesIn) -> dict[str, Any]:
    """Enable or disable services for another cluster; 404 when there is none of that Cluster ID."""

    def change() -> None:
        origin, author = administration.cluster_named(cluster, timezone.now()), _author(request)
        changing.change_services(origin, **given.dict(), author=author, now=timezone.now())

    _or_refuse(change)
    return administration.overview()


@router.post("/emcc/devices", auth=MAY_LOG_IN, response={200: dict[str, list[str]], 201: dict[str, list[str]]})
def insert(request: HttpRequest, given: InsertionIn) -> Status[dict[str, list[str]]]:
    """Insert EMCC devices under the next free names, or say which they would be; 409 when there cannot be so many."""
    if given.dry_run:
        return Status(200, {"devices": _or_refuse(lambda: devices.plan(given.count))})

    def do() -> list[str]:
        return devices.insert(
            given.count, administration.pool_named(given.device_pool), _author(request), timezone.now()
        )

    return Status(201, {"devices": _or_refuse(do)})


@router.post("/emcc/update", auth=MAY_LOG_IN, response={202: dict[str, int]})
def update(request: HttpRequest) -> Status[dict[str, int]]:
    """Update the remote clusters now."""
    return Status(202, {"updated": remote.update_now(_author(request), timezone.now())})


def _or_refuse(deed: Callable[[], Any]) -> Any:
    try:
        return deed()
    except administration.NoSuch as reason:
        raise HttpError(404, said(reason)) from reason
    except (administration.CannotActivate, administration.CannotInsert) as reason:
        raise HttpError(409, said(reason)) from reason


def _author(request: HttpRequest) -> Author:
    return Author(caller_of(request).user_id, WAY, str(request.META.get("REMOTE_ADDR", "")))
