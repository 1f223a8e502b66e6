"""Reading ``SEP<MAC>.cnf.xml`` as strictly as a phone: the whole file is refused for one thing that is wrong in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from tests.simulated_phone.conflicts import Conflicts

LONGEST = {
    "processNodeName": 50,
    "name": 30,
    "displayName": 30,
    "authName": 30,
    "authPassword": 30,
    "featureLabel": 30,
    "phoneLabel": 12,
}
LONGEST_NTP_NAME = 50
LONGEST_URL = 255
MOST_MEMBERS = 5
LARGEST_DIAL_TEMPLATE = 8191

MODELS = {"7811": 36213, "7821": 621, "7841": 622, "7861": 623, "8811": 36217, "8841": 683, "8851": 684, "8861": 685}
KEYS = {"7811": 1, "7821": 2, "7841": 4, "7861": 16, "8811": 10, "8841": 10, "8851": 10, "8861": 10}
MOST_CALLS = {"7811": 12, "7821": 12, "7841": 24}
MOST_CALLS_88 = 200
ONLY_7900 = {1, 3, 4, 5, 18, 102, 132, 133, 134, 137, 141, *range(192, 199)}
LINE, SPEED_DIAL, BLF, SERVICE = 9, 2, 21, 20

_STAMP = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ZERO_OR_ONE = ("anonymousCallBlock", "callWaiting", "callerIdBlocking", "callLogBlfEnabled")
_INVERTED = ("webAccess", "sshAccess", "pcPort")


class Rejected(Exception):
    """A phone throws this file away; the text says for what."""


@dataclass(frozen=True)
class Line:
    """One line: ``index`` counts lines, ``button`` is its key."""

    index: int
    button: int
    name: str
    contact: str
    display_name: str
    label: str
    feature: int


@dataclass(frozen=True)
class Key:
    """A key that is no line; ``target`` is a number or a URL."""

    button: int
    feature: int
    label: str
    target: str


@dataclass(frozen=True)
class Configuration:
    """What the phone runs."""

    stamp: str
    servers: tuple[tuple[str, int], ...]
    auth_name: str
    auth_password: str = field(repr=False)
    lines: tuple[Line, ...]
    keys: tuple[Key, ...]
    services: tuple[tuple[str, str], ...]
    authentication_url: str
    language: str
    locale_name: str
    network_locale: str
    dial_template: str | None
    load: str | None
    phone_label: str
    register_expires: int
    keep_alive_expires: int
    web_access: bool


def read(content: bytes, model: str, conflicts: Conflicts) -> Configuration:
    """The configuration; Rejected when a phone of that model would not take the file."""
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, recover=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise Rejected(f"malformed at line {error.lineno}") from None
    return _Reader(root, model, conflicts).read()


class _Reader:
    def __init__(self, root: etree._Element, model: str, conflicts: Conflicts) -> None:
        self._root, self._model, self._conflicts = root, model, conflicts

    def read(self) -> Configuration:
        if self._root.tag != "device":
            raise Rejected("the root is not <device>")
        self._need("deviceProtocol", "SIP")
        self._check_lengths()
        self._check_flags()
        self._check_transport()
        elements = self._root.findall("sipProfile/sipLines/line")
        lines = self._lines(elements)
        self._check_credentials(elements)
        self._check_missed_calls(lines)
        return Configuration(
            stamp=self._stamp(),
            servers=self._servers(),
            auth_name=self._text("sipProfile/sipLines/line[@lineIndex='1']/authName"),
            auth_password=self._text("sipProfile/sipLines/line[@lineIndex='1']/authPassword"),
            lines=lines,
            keys=self._keys(elements),
            services=self._services(),
            authentication_url=self._url("authenticationURL", needed=True),
            language=self._text("userLocale/langCode"),
            locale_name=self._text("userLocale/name"),
            network_locale=self._text("networkLocale"),
            dial_template=self._text("sipProfile/dialTemplate") or None,
            load=self._text("loadInformation") or None,
            phone_label=self._text("sipProfile/phoneLabel"),
            register_expires=self._number("sipProfile/sipStack/timerRegisterExpires", 60, 86400),
            keep_alive_expires=self._number("sipProfile/sipStack/timerKeepAliveExpires", 1, 3600),
            web_access=self._text("vendorConfig/webAccess") == "0",
        )

    # -- single values --------------------------------------------------------------------------------------------

    def _text(self, path: str) -> str:
        return (self._root.findtext(path) or "").strip()

    def _need(self, path: str, value: str) -> None:
        if self._text(path) != value:
            raise Rejected(f"{path} is not {value}")

    def _number(self, path: str, low: int, high: int) -> int:
        text = self._text(path)
        if not text.isdigit() or not low <= int(text) <= high:
            raise Rejected(f"{path} is not {low} to {high}")
        return int(text)

    def _url(self, path: str, *, needed: bool = False) -> str:
        url = self._text(path)
        if needed and not url:
            raise Rejected(f"{path} is empty: anybody could push to this phone")
        return url

    def _stamp(self) -> str:
        stamp = self._text("versionStamp")
        if not _STAMP.fullmatch(stamp):
            raise Rejected("versionStamp is no stamp")
        return stamp

    # -- the whole file -------------------------------------------------------------------------------------------

    def _check_lengths(self) -> None:
        for element in self._root.iter():
            tag, text = str(element.tag), element.text or ""
            parent = element.getparent()
            longest = LONGEST.get(tag)
            if tag == "name" and parent is not None:
                longest = {"line": 30, "ntp": LONGEST_NTP_NAME}.get(str(parent.tag))
            if tag.endswith(("URL", "URI")) or tag == "url":
                longest = LONGEST_URL
            if longest is not None and len(text) > longest:
                raise Rejected(f"{tag} has more than {longest} characters")

    def _check_flags(self) -> None:
        for tag in _ZERO_OR_ONE + _INVERTED:
            for element in self._root.iter(tag):
                if element.text not in ("0", "1"):
                    raise Rejected(f"{tag} is not 0 or 1")
        if self._conflicts.refuses_kpml:
            self._need("sipProfile/kpml", "0")
        if self._text("sipProfile/softKeyFile") and self._text("vendorConfig/softKeyControl") != "1":
            raise Rejected("a softKeyFile without softKeyControl is not used")
        if not self._text("devicePool/dateTimeSetting/timeZone").endswith(" Time"):
            raise Rejected("timeZone is not one of the phone's names")

    def _check_transport(self) -> None:
        transport, mode = self._text("transportLayerProtocol"), self._text("deviceSecurityMode")
        if transport not in ("1", "3"):
            raise Rejected("transportLayerProtocol is neither TCP nor TLS")
        if transport == "3" and mode not in ("2", "3"):
            raise Rejected("TLS needs deviceSecurityMode 2 or 3")

    def _check_missed_calls(self, lines: tuple[Line, ...]) -> None:
        digits = self._text("MissedCallLoggingOption")
        if not re.fullmatch("[01]*", digits) or len(digits) != len(lines):
            raise Rejected("MissedCallLoggingOption has not one digit per line")

    def _servers(self) -> tuple[tuple[str, int], ...]:
        members = self._root.findall("devicePool/callManagerGroup/members/member")
        if not 1 <= len(members) <= MOST_MEMBERS:
            raise Rejected("1 to 5 call managers are needed")
        ordered = sorted(members, key=lambda member: int(member.get("priority") or "9"))
        if [member.get("priority") for member in ordered] != [str(place) for place in range(len(members))]:
            raise Rejected("priorities are 0 to 4, each once")
        port = "callManager/ports/sipPort"
        return tuple(
            (member.findtext("callManager/processNodeName") or "", int(member.findtext(port) or 0))
            for member in ordered
        )

    # -- lines and keys -------------------------------------------------------------------------------------------

    def _lines(self, elements: list[etree._Element]) -> tuple[Line, ...]:
        buttons = [element.get("button") for element in elements]
        if len(set(buttons)) != len(buttons):
            raise Rejected("two keys on one button")
        found = [self._line(element) for element in elements if element.get("lineIndex")]
        if not found:
            raise Rejected("no line")
        if [line.index for line in found] != list(range(1, len(found) + 1)):
            raise Rejected("lineIndex does not count the lines")
        if len({line.name for line in found}) != len(found):
            raise Rejected("two lines of one name")
        return tuple(found)

    def _line(self, element: etree._Element) -> Line:
        name, contact = element.findtext("name") or "", element.findtext("contact") or ""
        if not name:
            raise Rejected("a line without a name")
        if element.findtext("proxy") != "USECALLMANAGER":
            raise Rejected("a line that does not use the call managers")
        most = MOST_CALLS.get(self._model, MOST_CALLS_88)
        calls, busy = element.findtext("maxNumCalls") or "", element.findtext("busyTrigger") or ""
        if not calls.isdigit() or not 1 <= int(calls) <= most:
            raise Rejected(f"maxNumCalls is not 1 to {most}")
        if not busy.isdigit() or not 1 <= int(busy) <= int(calls):
            raise Rejected("busyTrigger is not 1 to maxNumCalls")
        return Line(
            int(element.get("lineIndex") or 0),
            self._button(element),
            name,
            contact or name,
            element.findtext("displayName") or "",
            element.findtext("featureLabel") or "",
            self._feature(element),
        )

    def _button(self, element: etree._Element) -> int:
        text, modules = element.get("button") or "", self._root.findall("addOnModules/addOnModule/deviceLine")
        most = KEYS[self._model] + sum(int(module.text or 0) for module in modules)
        if not text.isdigit() or not 1 <= int(text) <= most:
            raise Rejected(f"button is not 1 to {most}")
        return int(text)

    def _feature(self, element: etree._Element) -> int:
        text = element.findtext("featureID") or ""
        if not text.isdigit() or int(text) in ONLY_7900:
            raise Rejected(f"featureID {text!r} is none of this series")
        return int(text)

    def _keys(self, elements: list[etree._Element]) -> tuple[Key, ...]:
        return tuple(self._key(element) for element in elements if not element.get("lineIndex"))

    def _key(self, element: etree._Element) -> Key:
        feature = self._feature(element)
        if feature == LINE:
            raise Rejected("a line without lineIndex")
        target = element.findtext("speedDialNumber") or ""
        if feature == SERVICE:
            target = element.findtext("serviceURI") or element.findtext("secureServiceURI") or ""
        if feature in (SPEED_DIAL, BLF, SERVICE) and not target:
            raise Rejected("a key that leads nowhere")
        return Key(self._button(element), feature, element.findtext("featureLabel") or "", target)

    def _check_credentials(self, elements: list[etree._Element]) -> None:
        """Line 1's credential signs everything, so another one on another line would never be used."""
        lines = [element for element in elements if element.get("lineIndex")]
        found = {(line.findtext("authName") or "", line.findtext("authPassword") or "") for line in lines}
        if len(found) != 1:
            raise Rejected("lines with different credentials")
        if not all(next(iter(found))):
            raise Rejected("no credential: the phone would not answer a challenge")

    def _services(self) -> tuple[tuple[str, str], ...]:
        self._number("phoneServices/provisioning", 0, 2)
        found = []
        for element in self._root.iterfind("phoneServices/phoneService"):
            if element.get("type") not in ("0", "1", "2"):
                raise Rejected("a phoneService of no menu")
            found.append((element.findtext("name") or "", element.findtext("url") or ""))
        return tuple(found)
