"""Creates the demo site's users, phones and dial plan; ids, numbers and PINs are fixed, passwords are random."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from gettext import gettext as _

from django.conf import settings
from django.utils import timezone

from roamline.demo import emcc, features, people, plan
from roamline.demo.clusters import CLUSTERS, HQ, DemoCluster
from roamline.kernel.secret import Secret
from roamline.rooms.clusters import service as clusters
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import AccessControlGroup, Account
from roamline.rooms.ledger.changes import Author
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.rules import CLUSTER_ID, ENTERPRISE
from roamline.rooms.phones import service as phones
from roamline.rooms.phones.models import Phone

ACTOR = "demo"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What was created, to be printed once: passwords by account, and the demo's PINs."""

    passwords: dict[str, str]
    pins: dict[str, str]

    def __str__(self) -> str:
        lines = [_("Passwords (shown this once, never stored in clear):")]
        lines += [f"  {user:<10} {password}" for user, password in self.passwords.items()]
        if self.pins:
            lines.append(_("PINs of the demo's users: %s") % ", ".join(f"{u} {p}" for u, p in self.pins.items()))
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Credentials({', '.join(self.passwords)})"


@dataclass(frozen=True, slots=True)
class Shared:
    """What several demo clusters agree on: the EM API proxy's password, and the password of their ILS network."""

    emproxy: Secret
    ils_password: Secret


def load(secret: str | None, cluster: DemoCluster = HQ, shared: Shared | None = None) -> Credentials:
    """Create a demo cluster in the caller's transaction; ``secret`` becomes every password when given."""
    now = timezone.now()
    password = _password_maker(secret)
    emproxy = shared.emproxy.reveal() if shared else password()
    passwords = {"admin": _administrator(password, now), "emproxy": _em_proxy(emproxy, now)}
    routing = plan.build(cluster, ACTOR, now)
    passwords |= people.build(cluster, routing, password, ACTOR, now)
    if cluster is HQ:
        features.build()
    if shared:
        _join(cluster, shared, now)
        emcc.build(ACTOR, now)
    for device in cluster.agents:
        _write_token(Phone.objects.get(name=device), now)
    return Credentials(passwords, {row.user_id: row.pin for row in cluster.users})


def load_empty(secret: str | None) -> Credentials:
    """Create only the administrator, in the caller's transaction."""
    return Credentials({"admin": _administrator(_password_maker(secret), timezone.now())}, {})


def _password_maker(secret: str | None) -> Callable[[], str]:
    return lambda: secret or secrets.token_urlsafe(12)


def _administrator(password: Callable[[], str], now: datetime) -> str:
    return _application("admin", "Standard CCM Super Users", password(), now)


def _em_proxy(password: str, now: datetime) -> str:
    return _application("emproxy", "Standard EM Authentication Proxy Rights", password, now)


def _application(user_id: str, group: str, password: str, now: datetime) -> str:
    account = directory.add_account(
        user_id=user_id, kind=Account.APPLICATION, password=Secret(password), actor=ACTOR, now=now
    )
    directory.join_group(account, AccessControlGroup.objects.get(name=group), actor=ACTOR, now=now)
    return password


def _join(cluster: DemoCluster, shared: Shared, now: datetime) -> None:
    parameters.change(
        service=ENTERPRISE, name=CLUSTER_ID.name, value=cluster.name, actor=ACTOR, way=ACTOR, source="", now=now
    )
    own_port = int(settings.CONFIG["ils.port"])
    server = f"127.0.0.1:{own_port - cluster.step + CLUSTERS[cluster.joins].step}" if cluster.joins else ""
    plan = clusters.Plan(role=cluster.role, registration_server=server, password=shared.ils_password)
    clusters.take_part(plan, Author(ACTOR, ACTOR), now)


def _write_token(phone: Phone, now: datetime) -> None:
    token = phones.issue_token(phone, actor=ACTOR, now=now)
    folder = settings.CONFIG.data / "agents" / phone.name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "token"
    file.touch(mode=0o600)
    file.write_text(token.reveal(), encoding="ascii")
