"""The home side: a user of ours logs in on another cluster's phone, as on one of our EMCC devices (RO-30).

The log-in itself is the ordinary one, on the EMCC device: so everything that holds for phones here holds for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.kernel.wording import gettext_noop as _
from roamline.platform import certificate
from roamline.rooms.clusters.service import Cluster
from roamline.rooms.directory import authentication
from roamline.rooms.directory.authentication import Verdict
from roamline.rooms.directory.models import Account
from roamline.rooms.directory.store import KnownAccount
from roamline.rooms.emcc import settings as emcc
from roamline.rooms.emcc import shown, stays, talking
from roamline.rooms.emcc.answers import answered
from roamline.rooms.emcc.models import Stay
from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility import store as mobility_store
from roamline.rooms.mobility.configuration import effective_configuration_of, phone_named
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import By, LoggedIn, LogIn, LogsOutAfterCall, Way
from roamline.rooms.mobility.service.log_in import LOOK_UPS
from roamline.rooms.mobility.service.log_out import end_or_wait
from roamline.rooms.phones import addressing, secrets
from roamline.rooms.phones.models import Phone
from roamline.wires.emcc.messages import (
    Check,
    Content,
    HomeLogIn,
    LogOut,
    Place,
    Refusal,
    content_fields,
    refusal_fields,
)

TRIES_AT_ONCE = 5


@talking.answered_by(Check)
def check(question: Any, cluster: Cluster, _now: datetime) -> dict[str, Any]:
    """Whether somebody of this id is at home here; only to clusters that EMCC is enabled for."""
    if not _is_allowed(cluster):
        return refusal_fields(Refusal(Error.EMCC_NOT_ALLOWED.number))
    return {"exists": bool(_users(question.identifier, question.login_type))}


@talking.answered_by(HomeLogIn)
def log_in(question: HomeLogIn, cluster: Cluster, now: datetime) -> dict[str, Any]:
    """Log a user in on a phone of another cluster: what it runs then, or why not; twice the same is once."""
    standing = Stay.objects.filter(session=question.session).first()
    if standing is not None:
        if standing.origin == cluster.origin and standing.granted and standing.ended_at is None:
            return _granted(standing)
        return refusal_fields(Refusal(Error.EMCC_NOT_ALLOWED.number, _("the session is over")))
    refused = _objection(question, cluster)
    outcome = refused or _log_in(question, cluster, now)
    if isinstance(outcome, Stay):
        return _granted(outcome)
    _audit_refusal(question, cluster, outcome, now)
    return refusal_fields(Refusal(answered(outcome.error).number, str(outcome.reason)))


def _audit_refusal(question: HomeLogIn, cluster: Cluster, refused: Refused, now: datetime) -> None:
    ledger.record(
        at=now, action="emcc.refused", actor=question.identifier, way=Way.EMCC, source=_source(question, cluster),
        user_id=question.identifier, device=question.phone.name, subject=cluster.name,
        result=answered(refused.error).number, succeeded=False, reason=refused.reason,
    )  # fmt: skip


def _is_allowed(cluster: Cluster) -> bool:
    return emcc.profile().emcc_active and emcc.services_of(cluster.origin).emcc


def _objection(question: HomeLogIn, cluster: Cluster) -> Refused | None:
    """What is in the way whoever the user is."""
    if not _is_allowed(cluster):
        return Refused(Error.EMCC_NOT_ALLOWED, _("EMCC is not active here, or not enabled for that cluster"))
    if not (question.phone.is_software or question.phone.registers_once):
        return Refused(Error.DEVICE_LACKS_EMCC, _("a phone of this model cannot log in across clusters"))
    if Phone.objects.filter(folded_name=question.phone.name.lower()).exists():
        return Refused(Error.DUPLICATE_DEVICE_NAME, _("a phone of this cluster has this name, too"))
    if not emcc.tftp_servers():
        return Refused(Error.EMCC_TFTP_NOT_SET, _("no TFTP server for EMCC is set"))
    if question.phone.is_secure and certificate.configured(settings.CONFIG) is None:
        return Refused(Error.REMOTE_SECURITY_UNSUPPORTED, _("the phone is secure, and this cluster has no certificate"))
    return None


def _users(identifier: str, login_type: str) -> list[KnownAccount]:
    return [each for each in LOOK_UPS[login_type](identifier) if each.kind == Account.END and each.is_at_home]


def _source(question: HomeLogIn, cluster: Cluster) -> str:
    """From where guesses are counted: an address of another cluster is none of ours."""
    return f"{cluster.name}/{question.source}"[:64]


def _log_in(question: HomeLogIn, cluster: Cluster, now: datetime) -> Stay | Refused:
    users, source = _users(question.identifier, question.login_type), _source(question, cluster)
    if len(users) != 1 or not Account.objects.filter(pk=users[0].id, emcc_enabled=True).exists():
        checked = authentication.check_pin(users, question.pin, now, source=source)
        if checked.verdict is Verdict.RIGHT:
            return Refused(Error.EMCC_NOT_ACTIVATED_FOR_USER, _("EMCC is not enabled for the user"))
        if checked.verdict is Verdict.AMBIGUOUS:
            return Refused(Error.EMCC_DN_SHARED, _("the extension is primary for more than one user"))
        return Refused(Error.AUTHENTICATION_ERROR, checked.verdict.value)
    for _attempt in range(TRIES_AT_ONCE):
        outcome = _log_in_on_a_device(question, cluster, source, now)
        if not (isinstance(outcome, Refused) and outcome.error is Error.PHONE_TAKEN):
            return outcome
    return Refused(Error.NO_FREE_EMCC_DEVICE, _("EMCC devices are taken quicker than they can be had"))


def _log_in_on_a_device(question: HomeLogIn, cluster: Cluster, source: str, now: datetime) -> Stay | Refused:
    stay = stays.take(question, cluster, now)
    if stay is None or stay.phone is None:
        return Refused(Error.NO_FREE_EMCC_DEVICE, _("every EMCC device is taken"))
    device = stay.phone.name
    if stay.phone.protected:
        outcome: object = Refused(Error.DEVICE_SECURITY_MODE, _("the EMCC device is protected"))
    else:
        request = LogIn(device, question.identifier, question.pin, question.login_type, question.profile)
        outcome = mobility.log_in(request, By(question.identifier, Way.EMCC, source), now)
    if isinstance(outcome, LoggedIn):
        return Stay.objects.select_related("phone").get(pk=stay.pk)
    stays.give_back(stay, "", now, is_told=True)
    Stay.objects.filter(pk=stay.pk, granted=False).delete()
    return outcome if isinstance(outcome, Refused) else Refused(Error.UNKNOWN_ERROR)


def _granted(stay: Stay) -> dict[str, Any]:
    content = content_of(stay)
    Stay.objects.filter(pk=stay.pk, told_version__lt=content.version).update(told_version=content.version)
    return {"granted": content_fields(content)}


def content_of(stay: Stay) -> Content:
    """What the visited phone of a stay that stands has to run now."""
    phone = phone_named(stay.phone.name if stay.phone else "")
    if phone is None:
        raise ValueError("a stay without its EMCC device")
    effective = effective_configuration_of(phone)
    session = LoginSession.objects.filter(phone=phone, ended_at__isnull=True).first()
    expires = session.expires_at if session else None
    return Content(
        version=phone.configuration_version,
        device=phone.name,
        user_id=stay.user_id,
        realm=secrets.realm(),
        secret=secrets.secret_of(phone.name, phone.configuration_version),
        places=_places(effective.phone.sip_servers),
        shown=shown.fields_of(effective),
        expires_at=int(expires.timestamp()) if expires else None,
    )


def _places(sip_servers: Sequence[str]) -> tuple[Place, ...]:
    tls, websocket = (int(settings.CONFIG[f"call_control.{port}"]) for port in ("tls_port", "websocket_port"))
    own = f"{addressing.bracketed(addressing.own_host(addressing.BOTH))}:{settings.CONFIG['call_control.port']}"
    split = [server.rpartition(":") for server in sip_servers or (own,)]
    return tuple(Place(host, int(port), tls, websocket) for host, _colon, port in split if port.isdigit())[:5]


@talking.answered_by(LogOut)
def log_out(question: LogOut, cluster: Cluster, now: datetime) -> dict[str, Any]:
    """The visited cluster logs a session out; one that is not known here is known to be over from now on."""
    stay = Stay.objects.filter(session=question.session).select_related("phone").first()
    if stay is None:
        Stay.objects.create(session=question.session, origin=cluster.origin, cluster=cluster.name[:50],
                            visited_phone="", began_at=now, ended_at=now, is_told=True)  # fmt: skip
        return {"ended": True}
    if stay.origin != cluster.origin:
        return refusal_fields(Refusal(Error.EMCC_NOT_ALLOWED.number))
    way = Way(question.way) if question.way in set(Way) else Way.PHONE
    if stay.ended_at is None and not _end(stay, By(question.actor, way, f"{cluster.name}"), now, question.at_once):
        return {"ended": False}
    Stay.objects.filter(pk=stay.pk).update(is_told=True)
    return {"ended": True}


def _end(stay: Stay, by: By, now: datetime, at_once: bool) -> bool:
    """End the session of a stay; False while it waits for its phone's call."""
    session = mobility_store.session_on_phone(stay.phone_id or 0)
    if session is None:
        stays.give_back(stay, by.way, now)
        return True
    if at_once:
        mobility.end(session, by, now)
        return True
    return not isinstance(end_or_wait(session, by, now), LogsOutAfterCall)


def end_all_of(sessions: set[str], now: datetime) -> int:
    """End the sessions of these stays that the visited clusters do not know any more; how many."""
    found = Stay.objects.filter(session__in=sessions, ended_at__isnull=True).select_related("phone")
    return sum(_end(stay, By("", Way.ANOTHER_CLUSTER), now, True) for stay in found)
