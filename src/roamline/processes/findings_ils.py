"""What ``roamline check`` looks at where clusters know each other by certificates (RO-2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from gettext import gettext as _

from cryptography import x509

from roamline.doors.ils.authority import bundle, read_certified
from roamline.platform import certificate
from roamline.platform.config import Config
from roamline.processes.commands.command import set_up_django
from roamline.processes.findings import Finding, Level
from roamline.wires.ils.certified import Authority, Shown

STATEMENT = b"a statement to be checked"


def look_at_ils(config: Config, now: datetime) -> Iterator[Finding]:
    """Bundle and own certificate can be read, belong together, and name this cluster."""
    authority = None
    path = bundle(config)
    if path is not None:
        try:
            authority = Authority(x509.load_pem_x509_certificates(path.read_bytes()))
        except (OSError, ValueError) as error:
            remedy = _("Set ils.ca to a PEM file of the authorities' certificates; until then no cluster is let in.")
            yield _error(_("authority for clusters: %s") % f"{path}: {error}", remedy)
        else:
            yield Finding(Level.OK, _("authority for clusters: %s") % path)
    yield from _look_at_own(config, authority, now)


def _look_at_own(config: Config, authority: Authority | None, now: datetime) -> Iterator[Finding]:
    given = certificate.configured_for_clusters(config)
    if given is None:
        if authority is not None:
            remedy = _("Set ils.certificate and ils.private_key, or clusters that ask for it refuse this one.")
            yield Finding(Level.WARNING, _("certificate for clusters: none configured"), remedy)
        return
    try:
        own = read_certified(given)
        expires = certificate.expiry(given.chain)
    except (OSError, ValueError, TypeError) as error:
        remedy = _("Set ils.certificate and ils.private_key to PEM files that belong together.")
        yield _error(_("certificate for clusters: %s") % f"{given.chain}: {error}", remedy)
        return
    shown, name = Shown(own.chain, STATEMENT, own.sign(STATEMENT)), _cluster_id()
    objection = authority.objection(shown, name, now) if authority is not None and name else ""
    if objection:
        remedy = _("Other clusters refuse it: have the authority certify this cluster's key for its Cluster ID.")
        yield _error(_("certificate for clusters: %s") % _(objection), remedy)
    elif expires - now < certificate.RENEWED_BEFORE:
        said = _("certificate for clusters: expires on %s") % expires.date()
        yield Finding(Level.WARNING, said, _("Renew it in time."))
    else:
        yield Finding(Level.OK, _("certificate for clusters: valid until %s") % expires.date())


def _error(what: str, remedy: str) -> Finding:
    return Finding(Level.ERROR, what, remedy, keeps_from_starting=False)


def _cluster_id() -> str:
    """This cluster's Cluster ID; empty when the database does not say."""
    set_up_django()
    from django.db import DatabaseError

    from roamline.rooms.clusters.service.membership import own_name

    try:
        return own_name()
    except DatabaseError:
        return ""
