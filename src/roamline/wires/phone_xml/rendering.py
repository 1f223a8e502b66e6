"""Writing the objects, with the order of elements that the published schema fixes.

That order is Title, Prompt, soft keys, then what the object has of its own; phones in the field take others too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

from lxml import etree

from roamline.wires.phone_xml.objects import (
    LONGEST_DEFAULT,
    Execute,
    Input,
    Menu,
    PhoneError,
    PhoneObject,
    Response,
    Screen,
    SoftKey,
    Text,
)
from roamline.wires.xml_text import add, to_bytes, writable

CONTENT_TYPE = "text/xml; charset=utf-8"

LONGEST_TITLE = 32
LONGEST_TEXT = 4000
LONGEST_MENU_NAME = 64
LONGEST_LABEL = 32
LONGEST_RESULT = 32
LARGEST_PUSH = 40 * 1024


def render(phone_object: PhoneObject) -> bytes:
    """The object as a document in UTF-8; send it with CONTENT_TYPE, or the phone assumes its locale's charset."""
    tag, fill = _RENDERERS[type(phone_object)]
    root = etree.Element(tag)
    fill(root, phone_object)
    return to_bytes(root)


def push_form(phone_object: PhoneObject) -> bytes:
    """The body of a POST to a phone's ``/CGI/Execute``: the form field ``XML``, URL-encoded.

    ValueError above the 40 KiB that a phone reads (older models read 512 bytes; an Execute of ours fits in that).
    """
    body = b"XML=" + quote_plus(render(phone_object)).encode()
    if len(body) > LARGEST_PUSH:
        raise ValueError(f"a phone reads at most {LARGEST_PUSH} bytes")
    return body


def cut(text: str, longest: int) -> str:
    """The text, with an ellipsis as its last character where it had to be cut."""
    text = writable(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _head(root: etree._Element, screen: Screen) -> None:
    if screen.app_id is not None:
        root.set("appId", writable(screen.app_id))
    add(root, "Title", cut(screen.title, LONGEST_TITLE))
    add(root, "Prompt", cut(screen.prompt, LONGEST_TITLE))
    for soft_key in screen.soft_keys:
        _soft_key(add(root, "SoftKeyItem"), soft_key)


def _soft_key(element: etree._Element, soft_key: SoftKey) -> None:
    add(element, "Name", cut(soft_key.name, LONGEST_LABEL))
    add(element, "Position", str(soft_key.position))
    add(element, "URL", soft_key.url)
    if soft_key.url_down is not None:
        add(element, "URLDown", soft_key.url_down)


def _text(root: etree._Element, screen: Text) -> None:
    _head(root, screen)
    add(root, "Text", cut(screen.text, LONGEST_TEXT))


def _input(root: etree._Element, screen: Input) -> None:
    _head(root, screen)
    add(root, "URL", screen.url, **({"method": screen.method} if screen.method else {}))
    for item in screen.items:
        element = add(root, "InputItem")
        add(element, "DisplayName", cut(item.label, LONGEST_LABEL))
        add(element, "QueryStringParam", item.parameter)
        add(element, "InputFlags", item.flags)
        add(element, "DefaultValue", item.default if len(item.default) <= LONGEST_DEFAULT else "")


def _menu(root: etree._Element, screen: Menu) -> None:
    _head(root, screen)
    for item in screen.items:
        element = add(root, "MenuItem")
        add(element, "Name", cut(item.name, LONGEST_MENU_NAME))
        add(element, "URL", item.url)


def _execute(root: etree._Element, execute: Execute) -> None:
    for item in execute.items:
        add(root, "ExecuteItem", Priority=str(item.priority), URL=item.url)


def _response(root: etree._Element, response: Response) -> None:
    for item in response.items:
        add(root, "ResponseItem", Status=str(item.status), Data=cut(item.text, LONGEST_RESULT), URL=item.url)


def _error(root: etree._Element, error: PhoneError) -> None:
    root.set("Number", str(error.number))


_RENDERERS: dict[type, tuple[str, Callable[[etree._Element, Any], None]]] = {
    Text: ("CiscoIPPhoneText", _text),
    Input: ("CiscoIPPhoneInput", _input),
    Menu: ("CiscoIPPhoneMenu", _menu),
    Execute: ("CiscoIPPhoneExecute", _execute),
    Response: ("CiscoIPPhoneResponse", _response),
    PhoneError: ("CiscoIPPhoneError", _error),
}
