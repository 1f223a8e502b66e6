"""Which pages are opened: every list, in each way that it can be found and sorted, and one page of each noun."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

FOUND = (("begins", "user9"), ("contains", "99"), ("is", "user500"), ("ends", "7"), ("empty", ""), ("filled", ""))
SEARCHED = ("1", "user99", "SEP00000001", "nothing has this")
FILTERS = {
    "phones_phone": (
        "logged_in=yes",
        "logged_in=no",
        "logged_in=waiting",
        "em_enabled__exact=1",
        "em_service=missing",
        "em_service=missing_now",
    ),
    "admin_web_enduser": ("lock=locked", "is_active__exact=1", "em_service=missing"),
    "phones_deviceprofile": ("em_service=missing", "kind__exact=user"),
    "mobility_loginsession": ("state=open", "state=ended"),
    "ledger_auditentry": ("succeeded__exact=0", "kind=em.", "kind=other"),
    "headsets_headset": ("status=active", "status=inactive", "status=unassigned"),
}
WITHOUT_A_LIST = {"directory_account"}
OWN = ("", "pin", "password", "settings", "headsets", "calls", "profiles")


def of_the_administration() -> Iterator[str]:
    """The first page, all lists, a page of each noun, the reports, and the search beside the navigation."""
    from django.contrib import admin
    from django.urls import reverse

    yield reverse("admin:index")
    for page in admin.site._registry.values():
        name = f"{page.opts.app_label}_{page.opts.model_name}"
        if name not in WITHOUT_A_LIST:
            yield from _of_a_list(reverse(f"admin:{name}_changelist"), name, page)
        one = page.model._default_manager.last()
        if one is not None:
            yield reverse(f"admin:{name}_change", args=[one.pk])
    for pattern in admin.site.extra_urls():  # type: ignore[attr-defined]
        if "<" not in str(pattern.pattern) and pattern.name not in {"phone_files_delete", "undo"}:
            yield reverse(f"admin:{pattern.name}")
    for text in SEARCHED:
        yield f"{reverse('admin:search')}?{urlencode({'s': text})}"


def of_self_care() -> Iterator[str]:
    """A user's own pages."""
    yield from (f"/selfcare/{page}" for page in OWN)


def _of_a_list(address: str, name: str, page: Any) -> Iterator[str]:
    yield address
    yield f"{address}?p=30"
    for field in page.find_fields:
        for how, text in FOUND:
            yield f"{address}?{urlencode({'find': field, 'how': how, 'text': text})}"
    for text in SEARCHED if page.search_fields else ():
        yield f"{address}?{urlencode({'q': text})}"
    for column in range(1, len(page.list_display) + 1):
        yield f"{address}?o={column}"
        yield f"{address}?o=-{column}"
    for query in FILTERS.get(name, ()):
        yield f"{address}?{query}"
