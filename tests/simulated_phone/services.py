"""The phone's browser: opens a service, fills in forms, follows menus and soft keys."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message

from tests.simulated_phone import xml_objects
from tests.simulated_phone.conflicts import Conflicts
from tests.simulated_phone.xml_objects import Refused, Screen

LARGEST_PAGE = 64 * 1024
DISPLAYS = {"88": "559, 265, 24, C", "78": "396, 162, 1, G"}


@dataclass
class Browser:
    """``screen`` is what is shown, None when no service is open; ``history_cleared`` counts Init:CallHistory."""

    device: str
    model: str
    language: str
    conflicts: Conflicts = field(default_factory=Conflicts)
    screen: Screen | None = None
    refresh: str | None = None
    history_cleared: int = 0
    _path: list[Screen] = field(default_factory=list)

    def open(self, url: str) -> Screen:
        """Open a service: the phone fills in the placeholders and adds its name and locale."""
        url = url.replace("#DEVICENAME#", self.device)
        if self.conflicts.replaces_emcc:
            url = url.replace("#EMCC#", "")
        self._path.clear()
        return self._show(self._with_query(url, {"name": self.device, "locale": self.language}), None)

    def submit(self, **values: str) -> Screen:
        """Fill in the form's fields by their parameter and press Submit."""
        form = self._shown("Input")
        fields = {each.parameter: values.get(each.parameter, each.default) for each in form.fields}
        unknown = values.keys() - fields.keys()
        if unknown:
            raise Refused(f"the form has no field {unknown}")
        if form.method == "post":
            return self._show(form.url, urllib.parse.urlencode(fields).encode())
        return self._show(self._with_query(form.url, fields), None)

    def choose(self, name: str) -> Screen:
        """Select an item of the menu by its name."""
        return self._go(dict(self._shown("Menu").items)[name])

    def press(self, name: str) -> Screen | None:
        """Press a soft key by its name; the screen then shown, None when the services are closed."""
        assert self.screen is not None, "no service is open"
        uri = dict(self.screen.soft_keys)[name]
        if uri in ("SoftKey:Exit", "SoftKey:Back"):
            self.screen = self._path.pop() if uri == "SoftKey:Back" and self._path else None
            return self.screen
        if uri == "SoftKey:Submit":
            return self.submit()
        if uri.startswith("http"):
            return self._go(uri)
        self.run(uri)
        return self.screen

    def run(self, uri: str) -> None:
        """Do what an internal URI says, as far as it can be seen from outside."""
        if uri == "Init:CallHistory":
            self.history_cleared += 1
        elif uri in ("Init:Services", "Key:Services", "Key:Applications"):
            self.screen = None

    def execute(self, items: tuple[tuple[str, int], ...]) -> None:
        """Do what an Execute object lists; the order is not promised, so it is turned round."""
        for url, _priority in reversed(items):
            if url.startswith("http"):
                self._show(url, None)
            else:
                self.run(url)

    def _go(self, url: str) -> Screen:
        return self._show(url, None)

    def _shown(self, kind: str) -> Screen:
        assert self.screen is not None, "no service is open"
        assert self.screen.kind == kind, f"a {self.screen.kind} is shown: {self.screen.text}"
        return self.screen

    def _show(self, url: str, form: bytes | None) -> Screen:
        content, headers = self._fetch(url, form)
        kind = (headers.get("Content-Type") or "").lower()
        if not re.match(r"text/xml\s*;\s*charset=", kind):
            raise Refused(f"Content-Type {kind!r}: without a charset the phone assumes its locale's")
        if len((headers.get("Set-Cookie") or "").encode()) > 255:
            raise Refused("a cookie of more than 255 bytes")
        shown = xml_objects.read(content, self.model, self.conflicts)
        self.refresh = headers.get("Refresh")
        if shown.kind == "Execute":
            self.execute(shown.execute)
            return shown
        if self.screen is not None:
            self._path.append(self.screen)
        self.screen = shown
        return shown

    def _fetch(self, url: str, form: bytes | None) -> tuple[bytes, Message]:
        request = urllib.request.Request(url, form, self._headers())
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                return answer.read(LARGEST_PAGE + 1), answer.headers
        except urllib.error.HTTPError as error:
            raise Refused(f"HTTP {error.code}") from None

    def _headers(self) -> dict[str, str]:
        return {
            "x-CiscoIPPhoneModelName": f"CP-{self.model}",
            "x-CiscoIPPhoneDisplay": DISPLAYS[self.model[:2]],
            "x-CiscoIPPhoneSDKVersion": "8.5.1",
            "Accept": "x-CiscoIPPhone/*;version=8.5.1, text/*",
            "Accept-Language": self.language.replace("_", "-"),
            "Accept-Charset": "utf-8",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    @staticmethod
    def _with_query(url: str, values: Mapping[str, str]) -> str:
        return url + ("&" if "?" in url else "?") + urllib.parse.urlencode(values)
