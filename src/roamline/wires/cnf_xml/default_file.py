"""Writing ``XMLDefault.cnf.xml``, which a phone asks for when it has no file of its own.

It names the SIP servers and, per model, firmware that is really served. Source: public documentation of the
usecallmanager project.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from roamline.wires.cnf_xml.device_file import add_call_managers
from roamline.wires.cnf_xml.facts import CallManager
from roamline.wires.cnf_xml.limits import MOST_CALL_MANAGERS, fits_url
from roamline.wires.cnf_xml.models import MODEL_NUMBERS
from roamline.wires.xml_text import add, to_bytes

DEFAULT_FILE_NAME = "XMLDefault.cnf.xml"


def render_default_file(
    call_managers: tuple[CallManager, ...],
    firmware: Mapping[str, str] | None = None,
    authentication_url: str = "",
    services_url: str = "",
) -> bytes:
    """The file for unknown phones. ``firmware`` maps a model (``8851``) to the name of a load that is served.

    A load for a model that is not known here is left out. ValueError without a server or with more than five.
    """
    if not 1 <= len(call_managers) <= MOST_CALL_MANAGERS:
        raise ValueError(f"a phone has 1 to {MOST_CALL_MANAGERS} call managers")
    root = etree.Element("Default")
    add_call_managers(root, call_managers)
    for tag, url in (("authenticationURL", authentication_url), ("servicesURL", services_url)):
        add(root, tag, url if fits_url(url) else None)
    loads = firmware or {}
    for model in sorted(loads.keys() & MODEL_NUMBERS.keys()):
        add(root, f"loadInformation{MODEL_NUMBERS[model]}", loads[model], model=f"Cisco {model}")
    return to_bytes(root, pretty=True)
