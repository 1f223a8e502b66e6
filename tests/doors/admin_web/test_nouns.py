"""Every noun of the administration: found, added, changed, deleted; each change in the audit trail, who and what."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roamline.doors.admin_web.base import NounPage, Record
from roamline.rooms.bulk.models import Job
from roamline.rooms.directory.models import Account, GuessingSource
from roamline.rooms.emcc.models import RemoteClusterServices
from roamline.rooms.features.models import CallBack
from roamline.rooms.ledger.models import AuditEntry, Deadline, Effect
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.parameters.models import ParameterValue
from tests.doors.admin_web import pages
from tests.doors.admin_web.nouns import NOUNS, Noun

ONLY_LOOKED_AT = {CallBack, LoginSession, AuditEntry, Deadline, Effect, GuessingSource, Job}
WITH_TESTS_OF_THEIR_OWN = {ParameterValue, Account}
KNOWN_BY_THEMSELVES = {RemoteClusterServices}
"""Changed, but never added by anybody; with tests of their own."""

every_noun = pytest.mark.parametrize("noun", NOUNS, ids=str)


def last_entry() -> AuditEntry:
    """The newest entry of the audit trail about a change of a noun."""
    entry = AuditEntry.objects.exclude(action="phone.reconfigured").first()
    assert entry is not None
    return entry


def name_of(noun: Noun, made: Any) -> str:
    """What the lists call it."""
    return str(getattr(made, noun.name))


def test_every_noun_of_the_administration_is_in_this_battery() -> None:
    registered = set(django_admin.site._registry)
    assert registered == {noun.model for noun in NOUNS} | ONLY_LOOKED_AT | WITH_TESTS_OF_THEIR_OWN | KNOWN_BY_THEMSELVES


def test_no_noun_bypasses_the_audit() -> None:
    for page in django_admin.site._registry.values():
        assert isinstance(page, NounPage), f"{page} does not use the base that audits"
        assert isinstance(page, Record) == (page.model in ONLY_LOOKED_AT | WITH_TESTS_OF_THEIR_OWN)


@every_noun
def test_the_list_finds_it(noun: Noun, small_site: Any, admin: Client) -> None:
    made = noun.make(small_site, 1)
    for query in ({}, {"q": name_of(noun, made)}, {"find": noun.name, "how": "is", "text": name_of(noun, made)}):
        response = admin.get(pages.list_of(noun.model), query)
        assert response.status_code == 200
        assert made in list(response.context["cl"].result_list)


@pytest.mark.proves("AD-1")
@every_noun
def test_what_is_added_is_audited_with_who_and_where_from(noun: Noun, small_site: Any, admin: Client) -> None:
    response = pages.send(admin, pages.add_to(noun.model), noun.add(small_site))
    assert response.status_code == 302, pages.text_of(response)
    made = noun.model.objects.latest("id")
    entry = last_entry()
    assert (entry.action, entry.actor, entry.way, entry.source) == (
        f"{noun.kind}.added", "admin", "administrator", "127.0.0.1",
    )  # fmt: skip
    assert entry.details["noun"] == str(made.uuid)
    assert entry.details["changes"][noun.name] == {"before": None, "after": name_of(noun, made)}


@pytest.mark.proves("AD-1", "EM-46")
@every_noun
def test_a_change_is_saved_and_audited_with_before_and_after(noun: Noun, small_site: Any, admin: Client) -> None:
    made = noun.make(small_site, 1)
    ((field, value),) = noun.change.items()
    before = getattr(made, field)
    response = pages.send(admin, pages.address_of(made), noun.change)
    assert response.status_code == 302, pages.text_of(response)
    made.refresh_from_db()
    assert str(getattr(made, field)) == value
    assert made.revision == 1
    entry = last_entry()
    assert (entry.action, entry.actor, entry.way, entry.source) == (
        f"{noun.kind}.changed", "admin", "administrator", "127.0.0.1",
    )  # fmt: skip
    assert entry.details["changes"] == {field: {"before": before, "after": getattr(made, field)}}


@every_noun
def test_saving_what_was_not_changed_leaves_no_trace(noun: Noun, small_site: Any, admin: Client) -> None:
    made = noun.make(small_site, 1)
    entries = AuditEntry.objects.count()
    response = pages.send(admin, pages.address_of(made), {})
    assert response.status_code == 302, pages.text_of(response)
    made.refresh_from_db()
    assert (made.revision, AuditEntry.objects.count()) == (0, entries)


@every_noun
def test_a_form_that_somebody_overtook_is_refused_and_keeps_the_input(
    noun: Noun, small_site: Any, admin: Client
) -> None:
    made = noun.make(small_site, 1)
    address = pages.address_of(made)
    ((field, theirs),) = noun.change.items()
    stale = pages.open_form(admin, address)
    assert pages.send(admin, address, noun.change).status_code == 302
    mine = {"keys": "8", "url": "http://192.0.2.1/mine", "host": "192.0.2.3"}.get(field, "mine")
    response = admin.post(address, {**stale, field: mine})
    assert response.status_code == 200
    text = pages.text_of(response)
    assert "somebody else changed this meanwhile" in text
    assert "admin at " in text
    assert theirs in text
    made.refresh_from_db()
    assert str(getattr(made, field)) == theirs
    again = pages.form_values(response, f"{noun.model._meta.model_name}_form")
    assert again[field] == mine
    assert admin.post(address, again).status_code == 302
    made.refresh_from_db()
    assert str(getattr(made, field)) == mine


@every_noun
def test_a_form_without_its_revision_is_refused(noun: Noun, small_site: Any, admin: Client) -> None:
    made = noun.make(small_site, 1)
    response = pages.send(admin, pages.address_of(made), noun.change, without=("_revision",))
    assert "does not say which state of the page" in pages.text_of(response)


@every_noun
def test_what_is_deleted_is_asked_for_first_and_audited(noun: Noun, small_site: Any, admin: Client) -> None:
    made = noun.make(small_site, 1)
    address = pages.address_of(made, "delete")
    assert name_of(noun, made) in pages.text_of(admin.get(address))
    response = admin.post(address, {"post": "yes"})
    assert response.status_code == 302, pages.text_of(response)
    assert not noun.model.objects.filter(pk=made.pk).exists()
    entry = last_entry()
    assert (entry.action, entry.actor, entry.details["noun"]) == (f"{noun.kind}.deleted", "admin", str(made.uuid))
    assert entry.details["changes"][noun.name] == {"before": name_of(noun, made), "after": None}


@every_noun
def test_several_are_deleted_at_once_each_with_its_entry(noun: Noun, small_site: Any, admin: Client) -> None:
    made = [noun.make(small_site, n) for n in (1, 2, 3)]
    values = {"action": "delete_selected", "_selected_action": [each.pk for each in made]}
    assert admin.post(pages.list_of(noun.model), values).status_code == 200
    response = admin.post(pages.list_of(noun.model), {**values, "post": "yes"})
    assert response.status_code == 302
    assert not noun.model.objects.filter(pk__in=[each.pk for each in made]).exists()
    deleted = AuditEntry.objects.filter(action=f"{noun.kind}.deleted", actor="admin")
    assert {entry.details["noun"] for entry in deleted} == {str(each.uuid) for each in made}


@every_noun
def test_the_history_tells_every_change(noun: Noun, small_site: Any, admin: Client) -> None:
    made = noun.make(small_site, 1)
    pages.send(admin, pages.address_of(made), noun.change)
    history = admin.get(pages.address_of(made, "history"))
    text = pages.text_of(history)
    assert f'title="{noun.kind}.changed"' in history.content.decode()
    assert "admin" in text


@pytest.mark.proves("AD-1")
@every_noun
@pytest.mark.parametrize("who", ["dana", "reader"])
def test_who_may_only_look_sees_it_and_changes_nothing(
    noun: Noun, who: str, small_site: Any, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(who)
    made = noun.make(small_site, 1)
    assert client.get(pages.list_of(noun.model)).status_code == 200
    page = client.get(pages.address_of(made))
    assert page.status_code == 200
    assert "Save and continue" not in pages.text_of(page)
    entries = AuditEntry.objects.count()
    ((field, value),) = noun.change.items()
    assert client.post(pages.address_of(made), {field: value, "_revision": "0"}).status_code == 403
    assert client.get(pages.add_to(noun.model)).status_code == 403
    assert client.post(pages.add_to(noun.model), noun.add(small_site)).status_code == 403
    assert client.post(pages.address_of(made, "delete"), {"post": "yes"}).status_code == 403
    client.post(pages.list_of(noun.model), {"action": "delete_selected", "_selected_action": [made.pk], "post": "yes"})
    assert noun.model.objects.filter(pk=made.pk, revision=0).exists()
    assert AuditEntry.objects.count() == entries


@every_noun
def test_a_list_of_40_asks_no_more_queries_than_one_of_3(noun: Noun, small_site: Any, admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = admin.get(pages.list_of(noun.model), {"all": ""})
        assert response.status_code == 200
        assert len(response.context["cl"].result_list) >= 3
        return len(captured)

    for n in range(3):
        noun.make(small_site, n)
    few = queries()
    for n in range(3, 40):
        noun.make(small_site, n)
    assert queries() == few
