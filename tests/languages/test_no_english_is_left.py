"""What people look at in Chinese or Korean says nothing in English but names, ids and abbreviations.

A walk through the administration, self-care, the web phone and the phones' screens without a browser. Words of the
site's own rows are names; words that stay in Latin letters everywhere are in ``same_words``. The catalogues have every
text in both languages (``scripts/check_translations.py``), so what is left in one is left in the other, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import CharField, JSONField, TextField
from django.test import Client, RequestFactory
from django.urls import reverse
from lxml import etree, html

from roamline.doors.admin_web.models import EndUser
from roamline.kernel.secret import Secret
from roamline.rooms.bulk.service import columns_of
from roamline.rooms.bulk.tables import NAMES as TABLES
from roamline.rooms.dialplan.models import CallingSearchSpace
from roamline.rooms.directory.authentication import recently_right
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, LoggedIn, LogIn, Way
from roamline.rooms.phones.models import DeviceProfile, Phone
from scripts import compile_translations
from tests.doors.admin_web import pages, small_site
from tests.doors.admin_web.nouns import NOUNS
from tests.languages.same_words import SAME_WORD
from tests.support import factories
from tests.support.processes import as_phones_process

compile_translations.main()

WORD = re.compile(r"[A-Za-z][A-Za-z'’-]+")
NOT_SEEN = (
    "//script | //style | //svg | //code | //*[contains(@class, 'material-symbols')] | //*[@lang][not(self::html)]"
)
ATTRIBUTES = ("title", "placeholder", "aria-label", "alt")
COLUMNS = {word for name in TABLES for column in columns_of(name)[0] for word in WORD.findall(column)}
DELETED = (Phone, DeviceProfile, EndUser, CallingSearchSpace)
NO_PAGES = ("jsi18n", "logout", "autocomplete", "search", "phone_files_delete")
DEVICE = "SEP0011AA220001"

pytestmark = pytest.mark.django_db


def words_of_page(content: bytes) -> set[str]:
    """The Latin words of what a person sees or hears of a page."""
    page = html.fromstring(content.decode())
    for each in page.xpath(NOT_SEEN):
        each.drop_tree()
    seen = [*page.itertext(), *(each.get(name) for name in ATTRIBUTES for each in page.xpath(f"//*[@{name}]"))]
    seen += [each.get("value") or "" for each in page.xpath("//input[@type='submit' or @type='button']")]
    return {word for text in seen for word in WORD.findall(text)}


def words_of_screen(content: bytes) -> set[str]:
    """The Latin words of what a phone shows: everything but addresses and names of fields."""
    shown = etree.fromstring(content)
    hidden = ("URL", "QueryStringParam", "InputFlags", "DefaultValue", "Position")
    return {word for each in shown.iter() if each.tag not in hidden for word in WORD.findall(each.text or "")}


def words_of_the_rows() -> set[str]:
    """Every word in the site's rows."""
    found = set(COLUMNS)
    for model in apps.get_models():
        names = [each.name for each in model._meta.fields if isinstance(each, CharField | TextField | JSONField)]
        for row in model._default_manager.values_list(*names)[:200] if names else []:
            found.update(word for value in row for word in WORD.findall(str(value)))
    return found


def left(client: Client, addresses: Iterable[str], language: str) -> dict[str, list[str]]:
    """The English words of these pages, by address."""
    known, found = words_of_the_rows() | SAME_WORD, {}
    for address in addresses:
        answer = client.get(address, headers={"accept-language": language}, follow=True)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        words = words_of_screen if "xml" in answer["content-type"] else words_of_page
        if bad := sorted(words(answer.content) - known):
            found[address] = bad
    return found


def pages_of_the_administration(request: Any) -> Iterator[str]:
    """Lists, forms, some questions before a deletion, and whatever else has an address without a key."""
    for model, page in admin.site._registry.items():
        name, first = f"admin:{model._meta.app_label}_{model._meta.model_name}", page.get_queryset(request).first()
        yield reverse(f"{name}_changelist")
        if first is not None:
            yield reverse(f"{name}_change", args=[first.pk])
            if model in DELETED:
                yield reverse(f"{name}_delete", args=[first.pk])
    for pattern in admin.site.get_urls():
        name = getattr(pattern, "name", None) or ""
        if name and "<" not in str(pattern.pattern) and name not in NO_PAGES:
            yield reverse(f"admin:{name}")


def test_the_administration(settings: Any) -> None:
    site = small_site.build()
    for number, noun in enumerate(NOUNS):
        noun.make(site, number)
    request = RequestFactory().get("/")
    request.user = site.admin
    addresses = dict.fromkeys(pages_of_the_administration(request))
    assert len(addresses) > 60
    assert left(small_site.signed_in("admin"), addresses, "ko") == {}


@pytest.fixture
def alice(settings: Any) -> Client:
    """Alice is logged in on the lobby's phone, and signed in to self-care."""
    recently_right.forget_all()
    factories.phone(DEVICE)
    factories.profile("EM_alice", numbers=("1001",))
    factories.user("alice", password=factories.PASSWORD, first_name="Alice")
    log_in = LogIn(DEVICE, "alice", Secret(factories.PIN))
    assert isinstance(mobility.log_in(log_in, By("alice", Way.PHONE), datetime.now(UTC)), LoggedIn)
    client = Client()
    assert client.post("/selfcare/sign-in", {"user": "alice", "password": factories.PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize("language", ["zh-hans", "ko"])
def test_self_care_and_the_web_phone(alice: Client, language: str) -> None:
    profile = DeviceProfile.objects.get(name="EM_alice").uuid
    own = ["", "pin", "password", "settings", "headsets", "calls", "profiles", f"profiles/{profile}"]
    assert left(alice, [f"/selfcare/{page}" for page in own], language) == {}
    assert left(Client(), ["/", "/selfcare/sign-in", "/admin/login/", f"/phone/{DEVICE}"], language) == {}


@pytest.mark.parametrize("language", ["zh-CN", "ko"])
def test_the_screens_of_phones(alice: Client, settings: Any, language: str) -> None:
    as_phones_process(settings)
    factories.phone("SEP0011AA220002")
    app, own = "/emapp/EMAppServlet?device=", "/changecredential/ChangeCredentialServlet?device="
    screens = [
        f"{app}{DEVICE}", f"{app}{DEVICE}&doLogout=true", f"{app}SEP0011AA220002",
        f"{app}SEP0011AA220002&userid=alice&seq=99999", f"{app}SEP0011AA220002&userid=nobody&seq=12345",
        f"{app}SEP0011AA229999", f"{app}", f"{own}{DEVICE}", f"/assistant/AssistantServlet?device={DEVICE}",
        f"/callback/CallBackServlet?device={DEVICE}",
    ]  # fmt: skip
    assert left(Client(), screens, language) == {}


@pytest.mark.parametrize("language", ["zh-hans", "ko"])
def test_what_says_that_a_page_is_missing_or_not_allowed(alice: Client, language: str) -> None:
    for address, status in (("/nowhere", 404), ("/selfcare/profiles/0", 404)):
        answer = alice.get(address, headers={"accept-language": language})
        assert answer.status_code == status
        assert words_of_page(answer.content) <= SAME_WORD


def test_what_is_wrong_with_a_field(settings: Any) -> None:
    site = small_site.build()
    browser = small_site.signed_in("admin")
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "ko"
    answer = pages.send(browser, pages.address_of(site.alice), {"new_pin": "12345", "new_pin_again": "12345"})
    assert "PIN은 추측하기 쉽습니다" in answer.content.decode()
