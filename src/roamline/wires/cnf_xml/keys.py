"""The ``sipLines`` of a file: lines and every other key (``featureID`` says which kind)."""

from __future__ import annotations

from lxml import etree

from roamline.wires.cnf_xml.facts import BusyLampKey, DeviceFile, FeatureKey, Key, Line, ServiceKey, SpeedDial
from roamline.wires.cnf_xml.limits import LONGEST_LABEL, fits_url
from roamline.wires.cnf_xml.models import most_calls
from roamline.wires.xml_text import add, writable

_LINE, _SPEED_DIAL, _SERVICE, _BUSY_LAMP, _INTERCOM = 9, 2, 20, 21, 23
_ON_SPEAKER = "Auto Answer with Speakerphone"


def flag(value: bool) -> str:
    """How files say yes and no in words."""
    return "true" if value else "false"


def digit(value: bool) -> str:
    """How files say yes and no in digits."""
    return "1" if value else "0"


def cut(text: str, longest: int) -> str:
    """The first characters of a label, as many as the phone takes."""
    return writable(text)[:longest].strip()


def fits(key: Key) -> bool:
    """Whether the phone can take the key at all."""
    return not isinstance(key, ServiceKey) or fits_url(key.url)


def add_keys(parent: etree._Element, device: DeviceFile) -> None:
    """Every key in the order of the buttons; lines count on their own, from 1."""
    holder = add(parent, "sipLines")
    line_index = 0
    for key in sorted(device.keys, key=lambda key: key.button):
        if isinstance(key, Line):
            line_index += 1
            element = add(holder, "line", button=str(key.button), lineIndex=str(line_index))
            _fill_line(element, key, device)
        elif fits(key):
            _fill_key(add(holder, "line", button=str(key.button)), key)


def _fill_key(element: etree._Element, key: SpeedDial | BusyLampKey | ServiceKey | FeatureKey) -> None:
    match key:
        case SpeedDial():
            _head(element, _SPEED_DIAL, key.label)
            add(element, "speedDialNumber", key.number)
        case BusyLampKey():
            _head(element, _BUSY_LAMP, key.label)
            add(element, "speedDialNumber", key.number)
            add(element, "featureOptionMask", digit(key.picks_up))
        case ServiceKey():
            _head(element, _SERVICE, key.label)
            tag = "secureServiceURI" if key.url.lower().startswith("https:") else "serviceURI"
            add(element, tag, key.url)
        case FeatureKey():
            _head(element, key.feature.value, key.label)


def _head(element: etree._Element, feature: int, label: str) -> None:
    add(element, "featureID", str(feature))
    add(element, "featureLabel", cut(label, LONGEST_LABEL))


def _fill_line(element: etree._Element, line: Line, device: DeviceFile) -> None:
    _head(element, _INTERCOM if line.is_intercom else _LINE, line.label or line.number)
    add(element, "proxy", "USECALLMANAGER")
    add(element, "port", str(device.call_managers[0].sip_port))
    add(element, "name", line.number)
    add(element, "displayName", cut(line.display_name or line.number, LONGEST_LABEL))
    add(element, "contact", line.number)
    add(element, "authName", device.credential.name)
    add(element, "authPassword", device.credential.password.reveal())
    add(element, "sharedLine", flag(line.is_shared))
    add(element, "callWaiting", digit(line.call_waiting))
    _add_calls(element, line, most_calls(device.model))
    _add_messages(element, line)
    _add_ringing(element, line)


def _add_calls(element: etree._Element, line: Line, ceiling: int) -> None:
    most = 1 if line.is_intercom else max(1, min(line.most_calls, ceiling))
    add(element, "maxNumCalls", str(most))
    add(element, "busyTrigger", str(max(1, min(line.busy_trigger, most))))


def _add_messages(element: etree._Element, line: Line) -> None:
    add(element, "messageWaitingLampPolicy", "3")
    add(element, "messagesNumber", cut(line.messages_number, LONGEST_LABEL))


def _add_ringing(element: etree._Element, line: Line) -> None:
    add(element, "ringSettingIdle", str(min(max(line.ring_idle, 0), 4)))
    add(element, "ringSettingActive", str(min(max(line.ring_active, 0), 5)))
    answer = add(element, "autoAnswer")
    add(answer, "autoAnswerEnabled", "3" if line.is_intercom else "0")
    if line.is_intercom:
        add(answer, "autoAnswerMode", _ON_SPEAKER)
    shown = add(element, "forwardCallInfoDisplay")
    for tag in ("callerName", "callerNumber"):
        add(shown, tag, "true")
    add(shown, "redirectedNumber", flag(line.shows_redirected_number))
    add(shown, "dialedNumber", "true")
