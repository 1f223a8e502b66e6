"""Using the administration as a browser does: open a page, fill in its form, send it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse
from lxml import html


def form_values(response: Any, form_id: str = "") -> dict[str, Any]:
    """What a page's form would send as it stands: the last form, or the one with an id."""
    page = html.fromstring(response.content.decode())
    forms = [form for form in page.forms if form.method == "POST" and (not form_id or form.get("id") == form_id)]
    assert forms, "the page has no such form"
    values: dict[str, Any] = {}
    for name, value in forms[-1].form_values():
        if "__prefix__" in name:
            continue
        values[name] = [*values[name], value] if isinstance(values.get(name), list) else (
            [values[name], value] if name in values else value
        )  # fmt: skip
    return values


def open_form(client: Client, address: str) -> dict[str, Any]:
    """The values of a page's main form."""
    response = client.get(address)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    page = html.fromstring(response.content.decode())
    ids = [form.get("id") for form in page.forms if (form.get("id") or "").endswith("_form")]
    return form_values(response, ids[0] if ids else "")


def send(client: Client, address: str, changes: dict[str, Any], *, without: tuple[str, ...] = ()) -> Any:
    """Open a form, change some of its fields, send it; the answer."""
    values = {**open_form(client, address), **changes}
    return client.post(address, {name: value for name, value in values.items() if name not in without})


def text_of(response: Any) -> str:
    """What a page says, without its markup."""
    page = html.fromstring(response.content.decode())
    for each in page.xpath("//script | //style"):
        each.drop_tree()
    return " ".join(" ".join(page.itertext()).split())


def address_of(noun: Any, what: str = "change") -> str:
    """The address of a noun's page."""
    options = noun._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{what}", args=[noun.pk])


def list_of(model: Any) -> str:
    """The address of a list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def add_to(model: Any) -> str:
    """The address of the page that adds."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def messages_of(client: Client, response: Any) -> str:
    """What the page after a redirect says."""
    return text_of(client.get(response.url)) if response.status_code == 302 else text_of(response)


def add_row(values: dict[str, Any], prefix: str, **fields: Any) -> dict[str, Any]:
    """A form's values with one more row."""
    index = int(values[f"{prefix}-TOTAL_FORMS"])
    row = {f"{prefix}-{index}-{name}": value for name, value in fields.items()}
    return {**values, **row, f"{prefix}-TOTAL_FORMS": str(index + 1)}


def choose(client: Client, model: Any, action: str, nouns: Iterable[Any], **query: str) -> Any:
    """Select nouns in a list and choose what to do with them; the answer, which should ask."""
    address = list_of(model) + (f"?{urlencode(query)}" if query else "")
    return client.post(address, {"action": action, "_selected_action": [noun.pk for noun in nouns]})


def confirm(client: Client, asked: Any, **answers: Any) -> Any:
    """Say yes to what a page asks, with these answers."""
    assert asked.status_code == 200, asked.status_code
    return client.post(asked.request["PATH_INFO"], {**form_values(asked), **answers})
