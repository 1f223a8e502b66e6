"""Reading CiscoIPPhone objects as strictly as their schema and Cisco's notes describe them."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from tests.simulated_phone.conflicts import Conflicts

HEAD = ("Title", "Prompt", "SoftKeyItem", "KeyItem")
OWN = {
    "CiscoIPPhoneText": ("Text",),
    "CiscoIPPhoneMenu": ("MenuItem",),
    "CiscoIPPhoneInput": ("URL", "InputItem"),
    "CiscoIPPhoneExecute": ("ExecuteItem",),
}
MOST = {"MenuItem": 100, "InputItem": 5, "ExecuteItem": 3, "KeyItem": 32}
LONGEST = {
    "Title": 32,
    "Prompt": 32,
    "Text": 4000,
    "DisplayName": 32,
    "QueryStringParam": 32,
    "DefaultValue": 32,
    "URL": 256,
    "URLDown": 256,
}
LONGEST_MENU_NAME = 64
LONGEST_NAME = 32
LONGEST_APP_ID = 64
CHILDREN = {
    "SoftKeyItem": ("Name", "Position", "URL", "URLDown"),
    "KeyItem": ("Key", "URL", "URLDown"),
    "MenuItem": ("Name", "URL"),
    "InputItem": ("DisplayName", "QueryStringParam", "InputFlags", "DefaultValue"),
    "ExecuteItem": (),
}
FLAGS = {"A", "T", "N", "E", "U", "L"}
INTERNAL = ("SoftKey:", "Key:", "Init:", "Dial:", "EditDial:", "Play:", "QueryStringParam:", "RTPRx:", "RTPTx:", "RTPM")
ONLY_88 = ("Display:", "Notify:", "SendDigits:", "App:", "Device:")
SOFT_KEYS = ("Exit", "Back", "Submit", "Select", "<<", "Update", "Dial")


class Refused(Exception):
    """The phone shows an error instead of this object."""


@dataclass(frozen=True)
class Field:
    """One field of a form."""

    label: str
    parameter: str
    flags: str
    default: str

    @property
    def is_masked(self) -> bool:
        return "P" in self.flags


@dataclass(frozen=True)
class Screen:
    """What the phone shows; ``soft_keys`` and ``items`` are (name, URL), ``execute`` is (URL, priority)."""

    kind: str
    title: str
    prompt: str
    text: str = ""
    url: str = ""
    method: str = "get"
    fields: tuple[Field, ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    soft_keys: tuple[tuple[str, str], ...] = ()
    execute: tuple[tuple[str, int], ...] = field(default=())


def read(content: bytes, model: str, conflicts: Conflicts) -> Screen:
    """The object; Refused when a phone of that model would not show it."""
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, recover=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise Refused(f"malformed at line {error.lineno}") from None
    if root.tag not in OWN:
        raise Refused("an object that not every model shows")
    return _Reader(root, model, conflicts).read()


class _Reader:
    def __init__(self, root: etree._Element, model: str, conflicts: Conflicts) -> None:
        self._root, self._model, self._conflicts = root, model, conflicts

    def read(self) -> Screen:
        root, kind = self._root, str(self._root.tag)
        self._check_children(kind)
        for element in root.iter():
            self._check_length(element)
        url = root.find("URL")
        return Screen(
            kind.removeprefix("CiscoIPPhone"),
            self._text(root, "Title"),
            self._text(root, "Prompt"),
            self._text(root, "Text"),
            self._text(root, "URL"),
            (url.get("method") or "get").lower() if url is not None else "get",
            tuple(self._field(item) for item in root.iterfind("InputItem")),
            tuple((self._text(item, "Name"), self._uri(item, "URL")) for item in root.iterfind("MenuItem")),
            self._soft_keys(),
            self._execute(),
        )

    def _check_children(self, kind: str) -> None:
        order = OWN[kind] if kind == "CiscoIPPhoneExecute" else HEAD + OWN[kind]
        tags = [str(child.tag) for child in self._root]
        for tag in tags:
            if tag not in order:
                raise Refused(f"<{tag}> is unknown in {kind}")
            single = tag not in MOST and tag != "SoftKeyItem"
            if tags.count(tag) > (1 if single else MOST.get(tag, 100)):
                raise Refused(f"too many <{tag}>")
        places = [order.index(tag) for tag in tags]
        if self._conflicts.insists_on_child_order and places != sorted(places):
            raise Refused("children in another order than the schema's")
        for child in self._root:
            allowed = CHILDREN.get(str(child.tag))
            if allowed is not None and any(str(grandchild.tag) not in allowed for grandchild in child):
                raise Refused("something unknown in an item")
        if len(self._root.get("appId") or "") > LONGEST_APP_ID:
            raise Refused("appId is too long")

    def _check_length(self, element: etree._Element) -> None:
        tag, text = str(element.tag), element.text or ""
        longest = LONGEST.get(tag)
        if tag == "Name":
            parent = element.getparent()
            longest = LONGEST_MENU_NAME if parent is not None and parent.tag == "MenuItem" else LONGEST_NAME
        if longest is not None and len(text) > longest:
            raise Refused(f"<{tag}> has more than {longest} characters")

    @staticmethod
    def _text(element: etree._Element, tag: str) -> str:
        return element.findtext(tag) or ""

    def _field(self, item: etree._Element) -> Field:
        flags, parameter = self._text(item, "InputFlags"), self._text(item, "QueryStringParam")
        if flags.replace("P", "", 1) not in FLAGS or not parameter:
            raise Refused(f"InputFlags {flags!r}")
        return Field(self._text(item, "DisplayName"), parameter, flags, self._text(item, "DefaultValue"))

    def _soft_keys(self) -> tuple[tuple[str, str], ...]:
        items, most = self._root.findall("SoftKeyItem"), 8 if self._conflicts.eight_soft_keys else 16
        positions = [self._text(item, "Position") for item in items]
        if len(items) > most or len(set(positions)) != len(positions):
            raise Refused(f"more than {most} soft keys, or two in one position")
        if any(not position.isdigit() or not 1 <= int(position) <= most for position in positions):
            raise Refused("a soft key in no position")
        ordered = sorted(items, key=lambda item: int(self._text(item, "Position")))
        return tuple((self._text(item, "Name"), self._uri(item, "URL")) for item in ordered)

    def _uri(self, item: etree._Element, tag: str) -> str:
        uri = self._text(item, tag)
        if uri.startswith(("http://", "https://")):
            return uri
        if uri.startswith("SoftKey:") and uri.removeprefix("SoftKey:") not in SOFT_KEYS:
            raise Refused(f"no such soft key: {uri}")
        if uri.startswith(INTERNAL) or (uri.startswith(ONLY_88) and self._model.startswith("88")):
            return uri
        raise Refused(f"a URI that this model does not know: {uri}")

    def _execute(self) -> tuple[tuple[str, int], ...]:
        found = []
        for item in self._root.iterfind("ExecuteItem"):
            url, priority = item.get("URL") or "", item.get("Priority") or "0"
            if not url or len(url) > LONGEST["URL"] or priority not in ("0", "1", "2"):
                raise Refused("an ExecuteItem without URL, or of no priority")
            found.append((url, int(priority)))
        if sum(url.startswith("http") for url, _priority in found) > 1:
            raise Refused("more than one HTTP URL in an Execute")
        return tuple(found)
