"""Call forwarding of lines in the administration, the analyser, and trunks' states (EM-3, EM-32, EM-40)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from roamline.rooms.dialplan.models import CallingSearchSpace, TranslationPattern, Trunk
from roamline.rooms.dialplan.trunks import TrunkState, ask_about_trunks
from roamline.rooms.ledger.changes import Author
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.phones import addresses, administration, forwarding
from roamline.rooms.phones.models import Forward, Line
from tests.doors.admin_web import pages
from tests.doors.admin_web.small_site import NOW, signed_in


@pytest.fixture(autouse=True)
def nobody_asks_trunks() -> Any:
    """No Kamailio here."""
    ask_about_trunks(lambda trunk: None)


def line_of(site: Any) -> Line:
    return Line.objects.get(profile=site.profile)


def address(site: Any) -> str:
    return f"/admin/forwarding/{site.profile.pk}/"


def values(line: Line, kind: str, destination: str, css: Any = "", seen: str = "") -> dict[str, Any]:
    """What a browser sends for one row of the form."""
    name = f"{line.pk}-{kind}"
    return {f"{name}-destination": destination, f"{name}-css": css, f"initial-{name}-destination": seen}


def test_a_forward_is_set_with_its_space_and_taken_back(small_site: Any, admin: Client) -> None:
    line, space = line_of(small_site), CallingSearchSpace.objects.get(name="Internal and external")
    sent = values(line, "all", "95551234", space.pk) | values(line, "no_answer", "1901", space.pk)
    sent |= {f"{line.pk}-no_answer-seconds": "20", f"initial-{line.pk}-no_answer-seconds": "12"}
    assert admin.post(address(small_site), sent).status_code == 302
    found = {each.kind: (each.destination, each.css, each.seconds) for each in line.forwards.all()}
    assert found == {"all": ("95551234", space, 12), "no_answer": ("1901", space, 20)}
    text = pages.text_of(admin.get(address(small_site)))
    assert "1001" in text
    assert admin.post(address(small_site), values(line, "all", "", space.pk, "95551234")).status_code == 302
    assert Forward.objects.get(line=line, kind="all").destination == ""
    actions = AuditEntry.objects.filter(action__startswith="line.").order_by("id").values_list("action", flat=True)
    assert list(actions)[-3:] == ["line.forwarded", "line.forwarded", "line.not_forwarded"]


@pytest.mark.parametrize(
    ("destination", "said"),
    [
        ("bob", "1 to 24 digits"),
        ("112", "Emergency numbers"),
        ("9112", "Emergency numbers"),
        ("1001", "cannot forward to itself"),
        ("4711", "does not reach"),
        ("95551234", "does not reach"),
    ],
)
def test_what_cannot_be_is_said_at_the_row_and_nothing_is_saved(
    small_site: Any, admin: Client, destination: str, said: str
) -> None:
    line, inside = line_of(small_site), CallingSearchSpace.objects.get(name="Internal only")
    sent = values(line, "busy", "1901", inside.pk) | values(line, "all", destination, inside.pk)
    response = admin.post(address(small_site), sent)
    assert said in pages.text_of(response)
    assert not Forward.objects.exists()


def test_a_form_that_was_open_meanwhile_does_not_undo_what_the_user_set(small_site: Any, admin: Client) -> None:
    line, inside = line_of(small_site), CallingSearchSpace.objects.get(name="Internal only")
    Forward.objects.create(line=line, kind="all", destination="1901", css=inside)
    sent = values(line, "all", "", inside.pk, "") | values(line, "busy", "1903", inside.pk)
    sent[f"initial-{line.pk}-all-css"] = inside.pk
    assert admin.post(address(small_site), sent).status_code == 302
    found = {each.kind: each.destination for each in line.forwards.all()}
    assert found == {"all": "1901", "busy": "1903"}


def test_a_reader_sees_forwards_and_changes_none(small_site: Any) -> None:
    line, reader = line_of(small_site), signed_in("reader")
    assert reader.get(address(small_site)).status_code == 200
    assert reader.post(address(small_site), values(line, "all", "1901")).status_code == 403


def test_a_copied_profile_has_the_forwards_too(small_site: Any) -> None:

    line = line_of(small_site)
    Forward.objects.create(line=line, kind="busy", destination="1901")
    author = Author("admin", "test")
    copy = administration.copy_profile(small_site.profile, name="EM_copy", author=author, now=NOW)
    assert [each.destination for each in Forward.objects.filter(line__profile=copy)] == ["1901"]
    assert Forward.objects.filter(line=line).count() == 1


def test_the_analyser_says_what_a_call_comes_to_and_who_is_logged_in(small_site: Any, admin: Client) -> None:
    addresses.registered("SEP0011AA220001", "192.0.2.7", datetime.now(UTC))
    page = pages.text_of(admin.get("/admin/analyse/?device=sep0011aa220006&number=0"))
    assert "The call arrives." in page
    assert "Nobody is logged in on the phone." in page
    assert "A translation pattern makes 1901 of it." in page
    assert "SEP0011AA220001 rings (profile ADP_SEP0011AA220001, registered from 192.0.2.7)." in page
    refused = pages.text_of(admin.get("/admin/analyse/?device=SEP0011AA220006&number=95551234"))
    assert "The caller is answered 403 Not Permitted." in refused
    assert "There is no phone SEPX." in pages.text_of(admin.get("/admin/analyse/?device=SEPX&number=1"))
    assert signed_in("alice").get("/admin/analyse/").status_code in (302, 403)


def test_a_translation_is_refused_where_it_would_go_in_a_ring_or_stands_already(small_site: Any, admin: Client) -> None:
    internal = small_site.routing.internal
    ring = {"pattern": "77X", "partition": internal.pk}
    assert "It leads in a ring" in pages.text_of(pages.send(admin, pages.add_to(TranslationPattern), ring))
    external = {"pattern": "9!", "partition": Trunk.objects.get().route_patterns.get().partition_id, "prefix": "1"}
    refused = pages.text_of(pages.send(admin, pages.add_to(TranslationPattern), external))
    assert "stands there already: 9! (External)" in refused
    assert not TranslationPattern.objects.filter(pattern__in=("77X", "9!")).exists()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "not known"),
        (TrunkState(True, 200, NOW), "yes, with 200"),
        (TrunkState(False, 408, NOW), "no, it is silent"),
        (TrunkState(False, 503, NOW), "no, it says 503"),
    ],
)
def test_a_trunks_page_says_whether_it_answers(small_site: Any, admin: Client, state: Any, said: str) -> None:
    ask_about_trunks(lambda trunk: state)
    text = pages.text_of(admin.get(pages.address_of(Trunk.objects.get())))
    assert said in text
    assert ("This trunk does not answer" in text) is (state is not None and not state.is_up)


def test_set_forwarding_says_whether_anything_changed(small_site: Any) -> None:

    line = line_of(small_site)
    line.css = CallingSearchSpace.objects.get(name="Internal only")
    line.save()
    common = {"line": line, "author": Author("alice", "self-care"), "now": NOW}
    assert forwarding.set_forwarding(destination="1901", **common) == forwarding.ForwardSet("all", "1901", True)
    assert forwarding.set_forwarding(destination="1901", **common) == forwarding.ForwardSet("all", "1901", False)
    assert forwarding.set_forwarding(destination="", **common) == forwarding.ForwardSet("all", "", True)
