"""What this cluster says of its own super users: one document each, under the user's uuid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from roamline.rooms.clusters import service as clusters
from roamline.rooms.directory.models import Account
from roamline.rooms.directory.rules.roles import ROAMING
from roamline.rooms.phones.models import Button, DeviceProfile, Line
from roamline.rooms.roaming import fields
from roamline.rooms.roaming.rules import documents
from roamline.rooms.roaming.rules.documents import (
    ButtonDocument,
    LineDocument,
    Number,
    ProfileDocument,
    UserDocument,
    written,
)

SUPER_USER = "super_user"


def is_super_user(account: Account) -> bool:
    """Whether an account may log in in every cluster: by its groups here, or because its home says so (RO-10)."""
    return account.is_active and (ROAMING in account.roles() or hasattr(account, "replica"))


def own_super_users() -> list[Account]:
    """The end users of this cluster who may log in in every cluster."""
    members = Account.objects.filter(kind=Account.END, home_cluster=True, is_active=True)
    members = members.filter(memberships__isnull=False).distinct().order_by("pk")
    return [account for account in members if ROAMING in account.roles()]


def publish(account: Account, now: datetime) -> int | None:
    """Say what an own user is to other clusters, in the caller's transaction; nothing is said twice.

    Returns the statement's stamp, None where this cluster is in no network.
    """
    is_ours = account.home_cluster and account.kind == Account.END
    if is_ours and is_super_user(account):
        return clusters.append(SUPER_USER, str(account.uuid), written(document_of(account)), now)
    return withdraw(str(account.uuid), now)


def withdraw(uuid: str, now: datetime) -> int | None:
    """Say that somebody is no super user of this cluster any more, if it ever said so."""
    own = clusters.own_origin() if clusters.is_joined() else ""
    said = any(record.origin == own for record in clusters.records(SUPER_USER, uuid)) if own else False
    return clusters.append(SUPER_USER, uuid, None, now) if said else None


def own_documents() -> Iterable[tuple[str, dict[str, object]]]:
    """Everything that this cluster should say of its super users now."""
    for account in own_super_users():
        yield str(account.uuid), written(document_of(account))


def document_of(account: Account) -> UserDocument:
    """A super user as a document."""
    extension = account.primary_extension
    return UserDocument(
        uuid=account.uuid,
        user_id=account.user_id,
        fields=fields.taken(account),
        extension=Number(extension.pattern, extension.partition.name) if extension else None,
        profiles=tuple(
            _profile(row.profile, row.is_default)
            for row in account.controlled_profiles.select_related("profile__model").order_by("position", "id")
        ),
    )


def _profile(profile: DeviceProfile, is_default: bool) -> ProfileDocument:
    lines = profile.lines.filter(is_intercom=False).select_related("directory_number__partition", "css")
    return ProfileDocument(
        uuid=profile.uuid,
        model=fields.taken(profile.model),
        is_default=is_default,
        fields=fields.taken(profile),
        services=tuple(profile.services.order_by("name").values_list("name", flat=True)),
        lines=tuple(_line(line) for line in lines.order_by("index")),
        buttons=tuple(_button(button) for button in profile.buttons.select_related("service").order_by("position")),
    )


def _line(line: Line) -> LineDocument:
    number = line.directory_number
    css = line.css.name if line.css else ""
    return LineDocument(Number(number.pattern, number.partition.name), css, fields.taken(line))


def _button(button: Button) -> ButtonDocument:
    return ButtonDocument(button.service.name if button.service else "", fields.taken(button))


def digest_of(account: Account) -> str:
    """The digest of what this cluster says of an own user now; empty for one who is no super user."""
    return documents.digest_of(written(document_of(account))) if is_super_user(account) else ""
