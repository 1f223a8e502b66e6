"""The help desk, page by page and POST by POST: nothing but its four deeds changes anything (AD-1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin as django_admin
from django.core import serializers
from django.test import Client
from django.urls import URLPattern, URLResolver

from roamline.rooms.ledger.models import AuditEntry
from tests.doors.admin_web.nouns import NOUNS
from tests.doors.admin_web.test_in_use import log_in

ITS_OWN = ("unlock/", "reset-pin/", "log-out/")
"""How the addresses of its deeds end; Explain only looks."""
SIGNING = ("logout/", "login/", "password_change/", "autocomplete/", "jsi18n/")
"""What everybody may do with their own account, or that only answers."""

SENT: dict[str, Any] = {
    "post": "yes", "action": "delete_selected", "confirmed": "yes", "_revision": "0", "name": "SEP00AABBCCDDEE",
    "services": [], "service": "Cisco Tftp", "deed": "stop", "node": "node1", "table": "users", "how": "valid",
    "as": "csv", "user": "1", "apply_config": "1", "device_pool": "1", "description": "changed by the help desk",
}  # fmt: skip


def addresses(patterns: Any, before: str = "/admin/", key: int = 1) -> Iterator[str]:
    """Every address of the administration, with a key where one is asked for."""
    for pattern in patterns:
        text = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, before + text, key)
        elif isinstance(pattern, URLPattern) and not text.startswith(("^", "(?")) and "app_label" not in text:
            parts = [_filled(part, key) for part in text.split("/")]
            yield before + "/".join(parts)


def _filled(part: str, key: int) -> str:
    if not part.startswith("<"):
        return part
    return "users.csv" if part.startswith("<str:table>") else "SEP00AABBCCDDEE" if "name" in part else str(key)


def state() -> dict[str, str]:
    """Everything that is stored, but for sessions of browsers and their last sign-in."""
    kept = [model for app in apps.get_app_configs() if app.name.startswith("roamline.rooms")
            for model in app.get_models()]  # fmt: skip
    return {model.__name__: serializers.serialize("json", model._base_manager.order_by("pk")) for model in kept}


@pytest.fixture
def filled(small_site: Any) -> Any:
    """A site with something of each noun, and somebody logged in."""
    for n, noun in enumerate(NOUNS, start=1):
        noun.make(small_site, n)
    log_in(small_site)
    return small_site


def everything() -> list[str]:
    """All addresses, for one noun of each kind."""
    urls = django_admin.site.get_urls()
    return sorted(addresses(urls, key=9))


@pytest.mark.proves("AD-1")
@pytest.mark.parametrize("who", ["dana", "reader"])
def test_nothing_that_is_posted_anywhere_else_changes_anything(
    who: str, filled: Any, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(who)
    tried = [address for address in everything() if not address.endswith((*ITS_OWN, *SIGNING))]
    assert len(tried) > 100
    before, keys = state(), {"_selected_action": ["1", "9"]}
    for address in tried:
        assert client.post(address, {**SENT, **keys}).status_code in {200, 302, 403, 404, 405}, address
        assert not AuditEntry.objects.filter(actor=who).exists(), address
        if address.endswith("/") and address.count("/") == 4:
            client.post(address, {**SENT, **keys, "action": "change_selected"})
    assert state() == before


@pytest.mark.proves("AD-1")
def test_the_help_desk_opens_every_page_or_is_refused_and_none_breaks(filled: Any, dana: Client, admin: Client) -> None:
    for address in everything():
        assert dana.get(address).status_code in {200, 302, 403, 404, 405}, address
        assert admin.get(address).status_code in {200, 302, 403, 404, 405}, address
