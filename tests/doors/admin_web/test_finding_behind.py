"""Finding by what lies behind other nouns, searching, and how many a list says there are."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roamline.doors.admin_web import counting, finding
from roamline.doors.admin_web.models import EndUser
from roamline.rooms.dialplan.models import DirectoryNumber
from roamline.rooms.directory.models import Account
from roamline.rooms.phones.models import DeviceProfile, Phone
from tests.doors.admin_web import pages

NUMBER = "own_profile__lines__directory_number__pattern"


def found(client: Client, model: Any, **query: str) -> list[str]:
    """The names on the list that a query leads to, in their order."""
    response = client.get(pages.list_of(model), query)
    assert response.status_code == 200
    return [str(row) for row in response.context["cl"].result_list]


@pytest.mark.parametrize(
    ("how", "text", "which"),
    [
        ("is", "1901", [1]), ("contains", "903", [3]), ("ends", "5", [5]), ("begins", "190", [1, *range(3, 10)]),
        ("filled", "", list(range(1, 10))), ("empty", "", []), ("contains", "1905x", []),
    ],
)  # fmt: skip
def test_phones_are_found_by_the_numbers_of_their_lines(
    small_site: Any, admin: Client, how: str, text: str, which: list[int]
) -> None:
    names = [small_site.phone(digit).name for digit in which]
    assert found(admin, Phone, find=NUMBER, how=how, text=text) == names


def test_a_user_with_several_profiles_comes_once(small_site: Any, admin: Client) -> None:
    profile = DeviceProfile.objects.create(name="EM_alice_too", model=small_site.profile.model)
    Account.objects.get(user_id="alice").controlled_profiles.create(profile=profile, position=2)
    query = {"find": "controlled_profiles__profile__name", "how": "contains"}
    assert found(admin, EndUser, **query, text="EM_alice") == ["alice"]
    assert found(admin, EndUser, **query, text="_") == ["alice"]


def test_a_search_finds_every_word_in_any_field_whatever_its_length(small_site: Any, admin: Client) -> None:
    assert found(admin, DeviceProfile, q="em_ 1001") == ["EM_alice"]
    assert found(admin, DeviceProfile, q="em_ 1002") == []
    assert found(admin, DeviceProfile, q="'em_alice'") == ["EM_alice"]
    assert len(found(admin, Phone, q="1")) == Phone.objects.count()
    assert found(admin, Phone, q="1906") == [small_site.phone(6).name]


def test_pages_of_what_was_found_keep_the_order(small_site: Any, admin: Client) -> None:
    partition = DirectoryNumber.objects.first().partition  # type: ignore[union-attr]
    DirectoryNumber.objects.bulk_create(
        DirectoryNumber(pattern=f"77{number}", partition=partition) for number in range(100, 220)
    )
    query = {"find": "pattern", "how": "begins", "text": "77", "o": "-1"}
    listed = [name for page in "123" for name in found(admin, DirectoryNumber, **query, p=page)]
    assert [name.split()[0] for name in listed] == [f"77{number}" for number in reversed(range(100, 220))]


def test_what_is_looked_for_is_looked_for_once(small_site: Any, admin: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        found(admin, Phone, q="nothing-has-this")
    assert len([each for each in captured if "nothing-has-this" in each["sql"]]) == 1


def test_a_list_that_is_not_counted_to_its_end_says_so(
    small_site: Any, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Phones: 9" in pages.text_of(admin.get(pages.list_of(Phone)))
    monkeypatch.setattr(counting, "MOST_COUNTED", 4)
    monkeypatch.setattr(finding, "MOST_COUNTED", 4)
    for query in ({}, {"q": "SEP"}):
        assert "Phones: more than 4" in pages.text_of(admin.get(pages.list_of(Phone), query))
