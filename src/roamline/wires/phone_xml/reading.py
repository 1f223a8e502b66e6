"""Reading the objects: what a phone answers to a push, and, for simulated phones, what a service shows.

A reply's items carry their values as attributes in Cisco's examples and as child elements in its schema (which also
misspells the reply's name); both are read. Unknown elements are ignored.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from roamline.wires.phone_xml.objects import (
    Execute,
    ExecuteItem,
    Input,
    InputItem,
    InputKind,
    Menu,
    MenuItem,
    PhoneError,
    PhoneObject,
    Response,
    ResponseItem,
    SoftKey,
    Text,
)
from roamline.wires.safe_xml import MalformedXml, parse_xml


def read(source: bytes | str) -> PhoneObject:
    """Parse one object; MalformedXml when it is none of those we know, or breaks a phone's limits."""
    root = parse_xml(source)
    reader = _READERS.get(str(root.tag))
    if reader is None:
        raise MalformedXml("not a phone object that is known here")
    try:
        return reader(root)
    except MalformedXml:
        raise
    except ValueError as error:
        raise MalformedXml(str(error)) from None


def _value(element: etree._Element, name: str, default: str = "") -> str:
    """A value in either form: attribute or child element."""
    attribute = element.get(name)
    text = attribute if attribute is not None else (element.findtext(name) or default)
    return text.strip()


def _number(text: str) -> int:
    if not (text.isascii() and text.lstrip("-").isdigit() and len(text) <= 6):
        raise MalformedXml("a number was expected")
    return int(text)


def _soft_keys(root: etree._Element) -> tuple[SoftKey, ...]:
    return tuple(
        SoftKey(_value(item, "Name"), _number(_value(item, "Position")), _value(item, "URL"), item.findtext("URLDown"))
        for item in root.findall("SoftKeyItem")
    )


def _text(root: etree._Element) -> Text:
    return Text(
        _value(root, "Title"), _value(root, "Text"), _value(root, "Prompt"), _soft_keys(root), root.get("appId")
    )


def _input(root: etree._Element) -> Input:
    url = root.find("URL")
    items = tuple(_input_item(item) for item in root.findall("InputItem"))
    return Input(
        _value(root, "Title"),
        _value(root, "URL"),
        items,
        _value(root, "Prompt"),
        _soft_keys(root),
        None if url is None else url.get("method"),
        root.get("appId"),
    )


def _input_item(item: etree._Element) -> InputItem:
    flags = _value(item, "InputFlags", "A").strip()
    return InputItem(
        _value(item, "DisplayName"),
        _value(item, "QueryStringParam"),
        InputKind(flags.replace("P", "") or "A"),
        "P" in flags,
        _value(item, "DefaultValue"),
    )


def _menu(root: etree._Element) -> Menu:
    items = tuple(MenuItem(_value(item, "Name"), _value(item, "URL")) for item in root.findall("MenuItem"))
    return Menu(_value(root, "Title"), items, _value(root, "Prompt"), _soft_keys(root), root.get("appId"))


def _execute(root: etree._Element) -> Execute:
    return Execute(
        tuple(
            ExecuteItem(_value(item, "URL"), _number(_value(item, "Priority", "0")))
            for item in root.findall("ExecuteItem")
        )
    )


def _response(root: etree._Element) -> Response:
    return Response(
        tuple(
            ResponseItem(_number(_value(item, "Status")), _value(item, "Data"), _value(item, "URL"))
            for item in root.findall("ResponseItem")
        )
    )


def _error(root: etree._Element) -> PhoneError:
    return PhoneError(_number(_value(root, "Number")))


_READERS: dict[str, Callable[[etree._Element], PhoneObject]] = {
    "CiscoIPPhoneText": _text,
    "CiscoIPPhoneInput": _input,
    "CiscoIPPhoneMenu": _menu,
    "CiscoIPPhoneExecute": _execute,
    "CiscoIPPhoneResponse": _response,
    "CiscoIPhoneResponse": _response,
    "CiscoIPPhoneError": _error,
}
