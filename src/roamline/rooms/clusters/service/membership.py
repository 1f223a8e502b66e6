"""This cluster's place in a network: making one, joining one, leaving it, who is in it."""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from roamline.kernel.hybrid_clock import stamp_at
from roamline.kernel.secret import Secret
from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.clusters import models, ring, sealing, store
from roamline.rooms.clusters.models import Network
from roamline.rooms.clusters.rules import CannotJoin, Received
from roamline.rooms.clusters.service import keys, saying
from roamline.rooms.clusters.service.learning import on_record
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.rules import CLUSTER_ID
from roamline.rooms.phones.addressing import bracketed
from roamline.wires.ils.members import MEMBER, WORDS_OF_REMOVAL, Member

SHORTEST_PASSWORD = 12
LONGEST_INTERVAL = 1440
PASSWORD = "ils password"  # noqa: S105 - what it is sealed for
ADDRESS_CHARACTERS = frozenset(string.ascii_letters + string.digits + ".-:[]")
DEFAULT_CLUSTER_ID = CLUSTER_ID.default


NO_PASSWORD = Secret("")


@dataclass(frozen=True, slots=True)
class Plan:
    """How this cluster is to take part in a network."""

    role: str
    registration_server: str = ""
    password: Secret = NO_PASSWORD
    use_certificates: bool = False
    trusted: tuple[str, ...] = ()
    interval_minutes: int = 10
    exchange_dial_plan: bool = True
    route_string: str = ""


def network() -> Network:
    """The configuration; one that stands alone when there is none. Unsaved in that case."""
    return Network.objects.first() or Network()


def own_name() -> str:
    """This cluster's Cluster ID."""
    return parameters.now_in_force().text(CLUSTER_ID)


@transaction.atomic
def take_part(plan: Plan, author: Author, now: datetime) -> Network:
    """Make a network (a hub without a registration server) or join one; the engine connects by itself.

    Errors: CannotJoin, nothing changed. What else happens: audited; everything that this cluster has to say is said,
    by the engine.
    """
    _object(plan)
    row = network()
    row.role, row.registration_server = plan.role, plan.registration_server
    row.use_password, row.use_certificates = bool(plan.password), plan.use_certificates
    row.trusted, row.interval_minutes = list(plan.trusted), plan.interval_minutes
    row.exchange_dial_plan, row.route_string, row.leaving = plan.exchange_dial_plan, plan.route_string, False
    row.sealed_password = sealing.sealed(plan.password, PASSWORD) if plan.password else ""
    if not plan.registration_server and not row.sealed_key:
        row.sealed_key = ring.sealed((ring.fresh(stamp_at(now)),))
    row.revision += 1
    row.save()
    introduce(now)
    _audit("ils.joined", author, now, {"role": plan.role, "server": plan.registration_server})
    ledger.wake_after_commit()
    return row


def _object(plan: Plan) -> None:
    if plan.role not in (Network.HUB, Network.SPOKE):
        raise CannotJoin(_("Choose hub or spoke."))
    if own_name() == DEFAULT_CLUSTER_ID:
        raise CannotJoin(_("Give this cluster a Cluster ID of its own first (Enterprise Parameters)."))
    if plan.role == Network.SPOKE and not plan.registration_server:
        raise CannotJoin(_("A spoke needs a registration server: a hub, as host:port."))
    if not plan.password and not plan.use_certificates:
        raise CannotJoin(_("Choose a password, TLS certificates, or both."))
    if plan.password:
        _object_to_password(plan.password)


def _object_to_password(password: Secret) -> None:
    if len(password.reveal()) < SHORTEST_PASSWORD:
        raise CannotJoin(Wording(_("The password needs at least %(least)s characters."), least=SHORTEST_PASSWORD))


@transaction.atomic
def change(
    author: Author, now: datetime, *, interval_minutes: int | None = None, password: Secret = NO_PASSWORD,
    use_certificates: bool | None = None,
) -> None:  # fmt: skip
    """Change how often clusters synchronise, or what is asked of others, without leaving; the engine links anew.

    Every cluster of the network must have what is asked for; until then its links are refused. Errors: CannotJoin,
    nothing changed. What else happens: audited, without the password.
    """
    row = network()
    if row.role == Network.STANDALONE:
        raise CannotJoin(_("This cluster is in no network."))
    if interval_minutes is not None and not 1 <= interval_minutes <= LONGEST_INTERVAL:
        raise CannotJoin(Wording(_("Synchronise every 1 to %(most)s minutes."), most=LONGEST_INTERVAL))
    if password:
        _object_to_password(password)
        row.sealed_password, row.use_password = sealing.sealed(password, PASSWORD), True
    if use_certificates is not None:
        row.use_certificates = use_certificates
    if not row.use_certificates and not row.sealed_password:
        raise CannotJoin(_("Choose a password, TLS certificates, or both."))
    row.interval_minutes = interval_minutes or row.interval_minutes
    row.revision += 1
    row.save()
    details = {"password": bool(password), "certificates": row.use_certificates}
    _audit("ils.changed", author, now, {"interval": row.interval_minutes, **details})
    ledger.wake_after_commit()


def introduce(now: datetime) -> None:
    """Say what this cluster is and where it is reached; nothing new is said when nothing has changed."""
    config, row = settings.CONFIG, network()
    host = bracketed(str(config["site.advertised_host"]))
    said = {
        "name": own_name(), "role": row.role, "address": own_address(), "host": host,
        "sip_port": config["call_control.port"], "sip_tls_port": config["call_control.tls_port"],
        "route_string": row.route_string,
    }  # fmt: skip
    saying.append("cluster", "", said, now)
    own = store.cluster_id(sealing.identity().origin, is_own=True)
    models.Cluster.objects.filter(pk=own).update(is_own=True, is_member=True, **said)


@on_record("cluster")
def _learn_of_cluster(record: Received, _now: datetime) -> None:
    """Where another cluster is reached; its name and role are what its hub says, not what it says itself."""
    fields = record.payload or {}
    models.Cluster.objects.filter(origin=record.origin).update(
        address=_text(fields, "address", 270), host=_text(fields, "host", 253),
        sip_port=_port(fields, "sip_port"), sip_tls_port=_port(fields, "sip_tls_port"),
        route_string=_text(fields, "route_string", 64),
    )  # fmt: skip


def _text(fields: dict[str, Any], name: str, most: int) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or len(value) > most or not set(value) <= ADDRESS_CHARACTERS:
        return ""
    return value


def _port(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) and 0 < value < 65536 else 0


def own_address() -> str:
    """Where other clusters reach this one's ILS."""
    return f"{bracketed(str(settings.CONFIG['site.advertised_host']))}:{settings.CONFIG['ils.port']}"


def password() -> Secret:
    """The network's password; empty where none is used."""
    row = network()
    return sealing.opened(row.sealed_password, PASSWORD) if row.sealed_password else Secret("")


@transaction.atomic
def leave(author: Author, now: datetime) -> None:
    """Leave the network: peers are told, links end, and what was learned is forgotten (by the engine)."""
    Network.objects.update(leaving=True)
    _audit("ils.left", author, now, {})
    ledger.wake_after_commit()


@transaction.atomic
def stand_alone(now: datetime) -> None:
    """Forget the network, once its peers are told; what this cluster says stays, for a later join."""
    Network.objects.update(
        role=Network.STANDALONE, leaving=False, registration_server="", sealed_key="", sealed_password=""
    )
    models.Place.objects.all().delete()
    models.Conflict.objects.all().delete()
    own = sealing.identity().origin
    models.Cluster.objects.exclude(origin=own).delete()
    saying.forget_kind(MEMBER, now)


@transaction.atomic
def put_out(origin: str, author: Author, now: datetime) -> None:
    """Put a cluster out of the network: no hub lets it in again until somebody admits it; a hub's right.

    What else happens: the network gets a new key, which that cluster is not given. Errors: CannotJoin.
    """
    if network().role != Network.HUB:
        raise CannotJoin(_("Only a hub puts clusters out."))
    if ring.held():
        keys.make_key(frozenset({origin}), now)
    store.say(sealing.identity(), MEMBER, [(origin, WORDS_OF_REMOVAL)], now)
    _audit("ils.put out", author, now, {"origin": origin})
    ledger.wake_after_commit()


@transaction.atomic
def let_in(origin: str, author: Author, now: datetime) -> None:
    """Take back that a cluster was put out; the network gets a key that it is given again. Errors: CannotJoin."""
    said = saying.own_record(MEMBER, origin)
    if said is None or said[1] != WORDS_OF_REMOVAL:
        raise CannotJoin(_("This cluster has put no cluster of that fingerprint out."))
    saying.append(MEMBER, origin, None, now)
    if any(origin in key.not_for for key in ring.held()):
        keys.make_key(frozenset(), now)
    _audit("ils.let in", author, now, {"origin": origin})


@transaction.atomic
def ask_to_synchronise(author: Author, now: datetime) -> None:
    """*Synchronise now*: the node that speaks repairs at once."""
    Network.objects.update(sync_asked_at=now)
    _audit("ils.synchronised", author, now, {})
    ledger.wake_after_commit()


def note_members(members: dict[str, Member]) -> None:
    """Keep who belongs to the network, as the machine found out."""
    for member in members.values():
        store.cluster_id(member.origin)
        models.Cluster.objects.filter(origin=member.origin).update(name=member.name, role=member.role, is_member=True)
    models.Cluster.objects.exclude(origin__in=list(members)).update(is_member=False, is_linked=False)


def _audit(action: str, author: Author, now: datetime, details: dict[str, object]) -> None:
    ledger.record(
        at=now, action=action, actor=author.name, way=author.way, source=author.source, subject="ILS", details=details
    )
