"""What goes when something is deleted, and what keeps it from being deleted, with links to mend that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import NestedObjects
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from roamline.rooms.dialplan.models import CallingSearchSpaceMember, CompiledPattern
from roamline.rooms.directory.models import Account, AssociatedPhone, ControlledProfile, Membership, PhoneOwner
from roamline.rooms.emcc.models import Stay, Visit
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones.models import Button, DeviceProfile, Forward, Line

SHOWN = 50
"""How many users of a thing are listed before *and N more*."""
SILENT = (LoginSession, Stay, Visit, CompiledPattern)
"""Rows that go along without a word: ended sessions are in the audit trail, compiled patterns are a cache.

So do rows of tables that Django makes itself, such as subscriptions.
"""


def page_of(row: models.Model) -> models.Model:
    """The noun on whose page a row is edited."""
    if isinstance(row, Forward):
        return page_of(row.line)
    if isinstance(row, (Line, Button)):
        return page_of(row.profile)
    if isinstance(row, DeviceProfile) and row.kind == DeviceProfile.AUTO:
        return getattr(row, "phone_of_its_own", row)
    if isinstance(row, CallingSearchSpaceMember):
        return row.css
    if isinstance(row, (ControlledProfile, Membership, AssociatedPhone, PhoneOwner)):
        return row.account
    return row


def address_of(noun: models.Model) -> str:
    """The address of a noun's page; empty when it has none."""
    name = f"{noun._meta.app_label}_{noun._meta.model_name}"
    if isinstance(noun, Account):
        name = "admin_web_enduser" if noun.kind == Account.END else "admin_web_applicationuser"
    try:
        return reverse(f"admin:{name}_change", args=[noun.pk])
    except NoReverseMatch:
        return ""


def link_to(row: models.Model) -> str:
    """What a row is called, with a link to the page where it is edited."""
    noun = page_of(row)
    text = f"{capfirst(str(row._meta.verbose_name))}: {row}"
    address = address_of(noun)
    return format_html('<a href="{}">{}</a>', address, text) if address else text


def link(noun: models.Model, text: str = "") -> str:
    """A noun's name, or another text, with a link to its page."""
    address = address_of(noun)
    return format_html('<a href="{}">{}</a>', address, text or noun) if address else str(noun)


def links(nouns: Sequence[models.Model]) -> list[str]:
    """Links to the pages of the first of some nouns, and how many more there are."""
    shown = [link(noun) for noun in nouns[:SHOWN]]
    if len(nouns) > SHOWN:
        shown.append(_("… and %(count)d more") % {"count": len(nouns) - SHOWN})
    return shown


def uses_of(objects: Sequence[models.Model], ignored: tuple[type[models.Model], ...]) -> list[models.Model]:
    """The rows that refer to these objects in a way that forbids their deletion."""
    collector = NestedObjects(using=objects[0]._state.db or "default", origin=objects[0])
    collector.collect(objects)
    found = [row for row in collector.protected if not isinstance(row, ignored)]
    return sorted(found, key=lambda row: (row._meta.model_name or "", row.pk))


def goes_along(objects: Sequence[models.Model]) -> list[Any]:
    """The rows that go when these objects go, nested, as texts with links."""
    collector = NestedObjects(using=objects[0]._state.db or "default", origin=objects[0])
    collector.collect(objects)
    return list(_without_silence(collector.nested()))


def _without_silence(nested: Iterable[Any]) -> Iterable[Any]:
    skip_children = False
    for each in nested:
        if isinstance(each, list):
            children = [] if skip_children else list(_without_silence(each))
            if children:
                yield children
            continue
        skip_children = isinstance(each, SILENT) or bool(each._meta.auto_created)
        if not skip_children:
            yield link_to(each)


def listed(rows: Sequence[models.Model]) -> list[str]:
    """Links to the first of the rows, and how many more there are."""
    links = [link_to(row) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        links.append(_("… and %(count)d more") % {"count": len(rows) - SHOWN})
    return links


def has_page(model: type[models.Model]) -> bool:
    """Whether a model has pages of its own."""
    return admin.site.is_registered(model)
