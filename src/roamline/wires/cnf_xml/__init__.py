"""Configuration files of 78xx and 88xx phones with enterprise firmware.

``render_device_file`` writes a phone's own ``SEP<MAC>.cnf.xml``, ``render_default_file`` the ``XMLDefault.cnf.xml``
that unknown phones ask for, ``render_dial_template`` the file with the digit patterns. The same facts give the same
bytes, whose ``versionStamp`` is made of the rest of the content. What the phones expect is taken from the public
documentation of the usecallmanager project, from configuration files that its users published, and from other free
provisioning projects; all of it is other people's observation of single models and firmware builds.
"""

from roamline.wires.cnf_xml.default_file import DEFAULT_FILE_NAME, render_default_file
from roamline.wires.cnf_xml.device_file import left_out, render_device_file
from roamline.wires.cnf_xml.dial_template import CATCH_ALL, DialRule, fitting_rules, render_dial_template
from roamline.wires.cnf_xml.differences import differing_elements
from roamline.wires.cnf_xml.facts import (
    AddOnModule,
    AddressMode,
    BusyLampKey,
    CallManager,
    Clock,
    Credential,
    DeviceFile,
    DndAlert,
    Feature,
    FeatureKey,
    Key,
    Line,
    PhoneSettings,
    ServiceEntry,
    ServiceKey,
    ServiceMenu,
    SpeedDial,
    Transport,
    Urls,
)
from roamline.wires.cnf_xml.locales import CHINESE, ENGLISH, KOREAN, LOCALES, PhoneLocale
from roamline.wires.cnf_xml.models import MODEL_NUMBERS, device_file_name, locale_file, most_calls
from roamline.wires.cnf_xml.stamp import version_stamp_of

__all__ = [
    "CATCH_ALL",
    "CHINESE",
    "DEFAULT_FILE_NAME",
    "ENGLISH",
    "KOREAN",
    "LOCALES",
    "MODEL_NUMBERS",
    "AddOnModule",
    "AddressMode",
    "BusyLampKey",
    "CallManager",
    "Clock",
    "Credential",
    "DeviceFile",
    "DialRule",
    "DndAlert",
    "Feature",
    "FeatureKey",
    "Key",
    "Line",
    "PhoneLocale",
    "PhoneSettings",
    "ServiceEntry",
    "ServiceKey",
    "ServiceMenu",
    "SpeedDial",
    "Transport",
    "Urls",
    "device_file_name",
    "differing_elements",
    "fitting_rules",
    "left_out",
    "locale_file",
    "most_calls",
    "render_default_file",
    "render_device_file",
    "render_dial_template",
    "version_stamp_of",
]
