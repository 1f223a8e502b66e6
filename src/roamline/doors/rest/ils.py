"""The network of clusters over REST: how it stands, synchronise now, leave, cut a link and mend it (RO-6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from ninja.errors import HttpError

from roamline.doors.rest.access import MAY_EXPLAIN, MAY_LOG_IN, caller_of
from roamline.platform.wording import said
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.service import overview
from roamline.rooms.ledger.changes import Author

router = Router(tags=["ils"])

WAY = "rest"


@router.get("/ils", auth=MAY_EXPLAIN)
def show(request: HttpRequest) -> dict[str, Any]:
    """Every cluster with its role, link, lag and learned objects; alarms, conflicts, who was refused."""
    return overview.look(timezone.now()).as_fields()


@router.post("/ils/synchronise", auth=MAY_LOG_IN, response={202: None})
def synchronise(request: HttpRequest) -> Status[None]:
    """Synchronise now: say and ask for everything that is missing anywhere, and compare."""
    clusters.ask_to_synchronise(_author(request), timezone.now())
    return Status(202, None)


@router.post("/ils/rotate-key", auth=MAY_LOG_IN, response={202: None, 409: dict[str, str]})
def rotate_key(request: HttpRequest) -> Status[dict[str, str] | None]:
    """Give the network a new key; 409 where there is no network, or too many keys wait to be taken over."""
    try:
        clusters.rotate_key(_author(request), timezone.now())
    except clusters.CannotJoin as reason:
        return Status(409, {"detail": said(reason)})
    return Status(202, None)


@router.post("/ils/leave", auth=MAY_LOG_IN, response={202: None})
def leave(request: HttpRequest) -> Status[None]:
    """Leave the network."""
    clusters.leave(_author(request), timezone.now())
    return Status(202, None)


@router.post("/ils/links/{cluster}/cut", auth=MAY_LOG_IN, response={204: None})
def cut(request: HttpRequest, cluster: str) -> Status[None]:
    """Cut the link with a cluster, until it is mended; 404 when there is none."""
    return _change_link(request, clusters.cut, cluster)


@router.post("/ils/links/{cluster}/mend", auth=MAY_LOG_IN, response={204: None})
def mend(request: HttpRequest, cluster: str) -> Status[None]:
    """Let a link that was cut come back."""
    return _change_link(request, clusters.mend, cluster)


def _change_link(request: HttpRequest, deed: Callable[[str, Author, datetime], None], cluster: str) -> Status[None]:
    try:
        deed(cluster, _author(request), timezone.now())
    except clusters.CannotCut as reason:
        raise HttpError(404, str(reason)) from reason
    return Status(204, None)


def _author(request: HttpRequest) -> Author:
    return Author(caller_of(request).user_id, WAY, str(request.META.get("REMOTE_ADDR", "")))
