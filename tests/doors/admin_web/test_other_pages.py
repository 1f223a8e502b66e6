"""Parameters, control centre, overview, About and the start page."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from lxml import html

from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.parameters import activation
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.rules import (
    CLUSTER_ID,
    ENFORCE_MAXIMUM_LOGIN_TIME,
    MAXIMUM_CONCURRENT_REQUESTS,
    MAXIMUM_LOGIN_TIME,
    REGISTRY,
    Parameter,
)
from roamline.rooms.parameters.rules.parameter import NODE
from tests.doors.admin_web import pages
from tests.doors.admin_web.test_in_use import log_in
from tests.doors.admin_web.test_sign_in import sign_in

SERVICE, ENTERPRISE = "/admin/parameters/parametervalue/service/", "/admin/parameters/parametervalue/enterprise/"
EMCC = "/admin/parameters/parametervalue/emcc/"


def field(parameter: Parameter) -> str:
    """The name of a parameter's field."""
    return f"{parameter.service}/{parameter.name}"


@pytest.mark.proves("EM-7")
def test_every_parameter_is_on_a_page_with_help_and_default_the_advanced_ones_when_asked(
    small_site: Any, admin: Client
) -> None:
    basic = "".join(pages.text_of(admin.get(page)) for page in (SERVICE, ENTERPRISE, EMCC))
    everything = "".join(pages.text_of(admin.get(f"{page}?advanced=1")) for page in (SERVICE, ENTERPRISE, EMCC))
    for parameter in REGISTRY.values():
        assert parameter.name in everything
        assert " ".join(parameter.help.split()) in everything
        scope = "On node" if parameter.scope == NODE else "For the whole cluster."
        about = f"Default: {parameter.default or '–'} {parameter.help} {parameter.values or ''} {scope}"
        assert " ".join(about.split()) in everything
        if not parameter.advanced:
            assert parameter.name in basic
    assert MAXIMUM_CONCURRENT_REQUESTS.name not in basic


@pytest.mark.proves("EM-7")
def test_a_change_is_saved_and_audited_and_turns_on_what_follows_from_it(small_site: Any, admin: Client) -> None:
    assert pages.send(admin, SERVICE, {field(MAXIMUM_LOGIN_TIME): "9:30"}).status_code == 302
    in_force = parameters.now_in_force()
    assert in_force.text(MAXIMUM_LOGIN_TIME) == "9:30"
    assert in_force.text(ENFORCE_MAXIMUM_LOGIN_TIME) == "True"
    entry = AuditEntry.objects.get(subject=f"{MAXIMUM_LOGIN_TIME.service}: {MAXIMUM_LOGIN_TIME.name}")
    assert (entry.actor, entry.way, entry.source) == ("admin", "administrator", "127.0.0.1")
    assert entry.details == {"before": "0:00", "after": "9:30"}


def test_a_bad_value_is_refused_beside_it_and_nothing_is_saved(small_site: Any, admin: Client) -> None:
    response = pages.send(
        admin, SERVICE + "?advanced=1", {field(MAXIMUM_LOGIN_TIME): "9:30", field(MAXIMUM_CONCURRENT_REQUESTS): "many"}
    )
    text = pages.text_of(response)
    assert "Nothing was saved" in text
    assert "Give a whole number from 1 to 10000" in text
    assert 'value="many"' in response.content.decode()
    assert parameters.now_in_force().text(MAXIMUM_LOGIN_TIME) == "0:00"


@pytest.mark.proves("EM-7")
def test_reset_gives_the_default_back(small_site: Any, admin: Client) -> None:
    pages.send(admin, ENTERPRISE, {field(CLUSTER_ID): "HQ"})
    assert parameters.now_in_force().text(CLUSTER_ID) == "HQ"
    pages.send(admin, ENTERPRISE, {"reset": field(CLUSTER_ID)})
    assert parameters.now_in_force().text(CLUSTER_ID) == CLUSTER_ID.default


def test_a_value_that_somebody_else_set_meanwhile_is_not_overwritten_unseen(small_site: Any, admin: Client) -> None:
    stale = pages.open_form(admin, ENTERPRISE)
    pages.send(admin, ENTERPRISE, {field(CLUSTER_ID): "THEIRS"})
    response = admin.post(ENTERPRISE, {**stale, field(CLUSTER_ID): "MINE"})
    assert "Somebody else set this to THEIRS meanwhile" in pages.text_of(response)
    assert parameters.now_in_force().text(CLUSTER_ID) == "THEIRS"
    assert admin.post(ENTERPRISE, pages.form_values(response)).status_code == 302
    assert parameters.now_in_force().text(CLUSTER_ID) == "MINE"


def test_who_may_only_look_sees_parameters_and_changes_none(small_site: Any, reader: Client) -> None:
    page = reader.get(ENTERPRISE)
    assert page.status_code == 200
    assert "Save" not in pages.text_of(page).split()
    assert reader.post(ENTERPRISE, {field(CLUSTER_ID): "MINE"}).status_code == 403


@pytest.mark.proves("EM-1")
def test_a_service_is_stopped_and_started_from_the_control_centre(small_site: Any, admin: Client) -> None:
    name = activation.states()[0].service
    values = {"service": name, "node": activation.nodes()[0]}
    deeds = (("stop", False), ("start", True), ("restart", True), ("deactivate", False), ("activate", True))
    for deed, running in deeds:
        assert admin.post("/admin/services/", {**values, "deed": deed}).status_code == 302
        state = activation.states()[0]
        assert (state.running, state.activated) == (running, deed != "deactivate")
        shown = html.fromstring(admin.get("/admin/services/").content.decode()).xpath(f"//tr[td='{name}']/td")
        since = date_format(localtime(state.since), "DATETIME_FORMAT") if state.since else "–"
        words = ["yes" if state.activated else "no", "running" if running else "stopped", since]
        assert [cell.text_content().strip() for cell in shown[1:4]] == words
    admin.post("/admin/services/", {**values, "deed": "deactivate"})
    refused = admin.post("/admin/services/", {**values, "deed": "start"})
    assert "activate it first" in pages.messages_of(admin, refused)
    assert AuditEntry.objects.filter(actor="admin", way="administrator", action__startswith="service").exists()


def test_the_overview_counts_what_there_is(small_site: Any, admin: Client) -> None:
    log_in(small_site)
    sign_in("admin", "wrong")
    text = pages.text_of(admin.get("/admin/"))
    for said in ("Phones 9", "End users 3", "Logged in now 1", "SEP0011AA220003", "Sign-in here 201"):
        assert said in text


def test_the_overview_asks_as_much_of_a_large_site_as_of_a_small_one(small_site: Any, admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin.get("/admin/")
        return len(captured)

    log_in(small_site)
    few = queries()
    from tests.doors.admin_web.nouns import NOUNS

    phone_noun = next(noun for noun in NOUNS if noun.kind == "phone")
    for n in range(20):
        phone_noun.make(small_site, n)
    assert queries() == few


def test_about_says_whose_names_these_are(small_site: Any, admin: Client) -> None:
    text = pages.text_of(admin.get("/admin/about/"))
    assert "independent of Cisco" in text
    assert "Apache License" in text


@pytest.mark.django_db
def test_the_start_page_leads_on_and_says_that_the_site_is_up() -> None:
    response = Client().get("/")
    assert response.status_code == 200
    content = response.content.decode()
    for link in ('href="/admin/"', 'href="/api/docs"'):
        assert link in content
    assert "The site is up" in content
    assert "Independent of Cisco" in content


def test_explain_speaks_the_language_of_whoever_asks(small_site: Any, admin: Client) -> None:
    log_in(small_site)
    text = pages.text_of(
        admin.get("/admin/explain/?user=alice&device=SEP0011AA220004&error=207", headers={"accept-language": "ko"})
    )
    assert "노드가 바쁘지 않음" in text
    assert "URL에 device가 없습니다" in text
    assert "The node is not busy" not in text


def test_why_something_failed_is_said_in_the_readers_language_whoever_it_names(small_site: Any, admin: Client) -> None:
    AuditEntry.objects.create(
        at=timezone.now(),
        action="em.login",
        user_id="bob",
        result=18,
        succeeded=False,
        reason="alice is logged in on the phone",
    )
    text = pages.text_of(admin.get(pages.list_of(AuditEntry), headers={"accept-language": "ko"}))
    assert "alice is logged in" not in text
    assert "18 다른 사용자가 로그인되어 있음: " in text
