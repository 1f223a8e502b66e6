"""An administrator at a running site: signs in and fills in forms over HTTP, without a browser."""

from __future__ import annotations

import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from lxml import html


class Administrator:
    """Signed in; addresses are paths of the administration."""

    def __init__(self, web_url: str, user_id: str, password: str) -> None:
        self._url = web_url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.send("/admin/login/?next=/admin/", username=user_id, password=password)

    def open(self, path: str) -> html.HtmlElement:
        """A page."""
        with self._opener.open(self._url + path, timeout=30) as answer:
            return html.fromstring(answer.read().decode())

    def send(self, path: str, **changes: str) -> html.HtmlElement:
        """Change fields of a page's main form and send it; the page that follows."""
        forms = [form for form in self.open(path).forms if form.method == "POST"]
        form = next((form for form in forms if (form.get("id") or "").endswith("_form")), forms[-1])
        values = [
            (name, value) for name, value in form.form_values() if name not in changes and "__prefix__" not in name
        ]
        body = urllib.parse.urlencode([*values, *changes.items()]).encode()
        request = urllib.request.Request(self._url + path, body, {"Referer": self._url + path})
        with self._opener.open(request, timeout=30) as answer:
            return html.fromstring(answer.read().decode())

    def address_of(self, listed: str, name: str) -> str:
        """The address of what a list names so."""
        found = self.open(f"{listed}?q={urllib.parse.quote(name)}").xpath(f"//a[normalize-space()='{name}']/@href")
        return str(found[0]).partition("?")[0]
