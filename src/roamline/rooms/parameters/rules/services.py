"""The services that can be activated on a node (EM-1)."""

from __future__ import annotations

from dataclasses import dataclass

from roamline.kernel.wording import gettext_noop as _


@dataclass(frozen=True, slots=True)
class NodeService:
    """A service and what refuses, on its node only, while it does not run."""

    name: str
    help: str


CALL_CONTROL_SERVICE = NodeService(
    "Cisco CallManager", _("Registrations and calls. Off: SIP 503 with Retry-After; emergency calls still work.")
)
TFTP_SERVICE = NodeService(
    "Cisco Tftp", _("Configuration files. Off: the TFTP port is closed and HTTP answers 503.")
)  # fmt: skip
EM_SERVICE = NodeService("Cisco Extension Mobility", _("Log-ins and log-outs. Off: error 208."))
EM_APPLICATION = NodeService(
    "Cisco Extension Mobility Application", _("The screens on phones. Off: HTTP 503 with Retry-After.")
)
PHONE_SERVICES = NodeService(
    "Cisco IP Phone Services", _("Everything behind a phone's Services key. Off: HTTP 503 with Retry-After.")
)
ILS_SERVICE = NodeService(
    "Cisco Intercluster Lookup Service", _("Keeps clusters in step. Off: links are closed; log-ins here still work.")
)

SERVICES: dict[str, NodeService] = {
    service.name: service
    for service in (CALL_CONTROL_SERVICE, TFTP_SERVICE, EM_SERVICE, EM_APPLICATION, PHONE_SERVICES, ILS_SERVICE)
}
