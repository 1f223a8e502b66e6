"""The phone feature list: by product and feature, kept with its date, on screen, as CSV, and from the command line."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roamline.processes import cli
from roamline.rooms.headsets.models import ModelRequirement
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility.models import FeatureReport
from roamline.rooms.mobility.service import generate_report
from roamline.rooms.phones.models import PhoneModel
from tests.doors.admin_web import pages
from tests.doors.admin_web.nouns import _phone
from tests.doors.admin_web.small_site import NOW

LIST = "/admin/feature-list/"


def table(admin: Client, **query: str) -> dict[tuple[str, str], tuple[str, str, str]]:
    """The report's CSV by product and feature."""
    answer = admin.get(LIST, {**query, "format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0] == ["Product", "Feature", "Supported", "Phones", "Phones that can use it"]
    return {(product, feature): (yes, phones, able) for product, feature, yes, phones, able in rows[1:]}


@pytest.mark.proves("EM-8", "EM-36")
def test_the_list_is_what_the_engine_decides_by_and_stays_until_a_new_one_is_generated(
    small_site: Any, admin: Client
) -> None:
    assert "No report was generated yet" in pages.text_of(admin.get(LIST))
    assert admin.post(LIST).status_code == 302
    found = table(admin)
    # Five 8851 less one protected; of them one with firmware from before 14.1(1).
    assert found["Cisco 8851", "Extension Mobility"] == ("yes", "4", "3")
    assert found["Cisco 8851", "Headset services"] == ("yes", "4", "2")
    assert found["Software phone", "Headset services"] == ("yes", "3", "3")
    assert found["Software phone", "Configuration files"] == ("no", "3", "0")
    assert {yes for (_product, feature), (yes, *_) in found.items() if feature == "Hold reversion"} == {"no"}
    ModelRequirement.objects.create(phone_model=PhoneModel.objects.get(name="Cisco 8851"), qualifies=False)
    PhoneModel.objects.filter(name="Cisco 7841").update(capabilities=["Video"])
    assert table(admin) == found
    first = FeatureReport.objects.get().generated_at
    admin.post(LIST)
    found = table(admin)
    assert found["Cisco 8851", "Headset services"] == ("no", "4", "0")
    assert found["Cisco 7841", "Video"] == ("yes", "1", "1")
    assert FeatureReport.objects.get().generated_at > first
    assert AuditEntry.objects.filter(action="feature_report.generated", actor="admin").count() == 2


@pytest.mark.proves("EM-8")
def test_it_is_filtered_by_product_and_feature(small_site: Any, admin: Client) -> None:
    admin.post(LIST)
    of_feature = table(admin, feature="Headset services")
    assert {feature for _, feature in of_feature} == {"Headset services"}
    assert len(of_feature) == PhoneModel.objects.count()
    assert {product for product, _ in table(admin, product="Cisco 7841")} == {"Cisco 7841"}
    text = pages.text_of(admin.get(LIST, {"product": "Cisco 7841", "feature": "Headset services"}))
    assert "Cisco 7841 Headset services ✓ yes" in text
    assert "by admin." in text
    assert "Nothing fits" in pages.text_of(admin.get(LIST, {"product": "None such"}))


def test_a_name_that_a_spreadsheet_would_run_does_not_begin_a_cell(small_site: Any, admin: Client) -> None:
    PhoneModel.objects.filter(name="Cisco 7841").update(name="=cmd")
    admin.post(LIST)
    assert ("'=cmd", "Extension Mobility") in table(admin)


def test_who_may_look_may_read_it(small_site: Any, reader: Client) -> None:
    assert reader.get(LIST).status_code == 200


def test_it_takes_no_more_queries_for_more_phones(small_site: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            generate_report(actor="test", now=NOW)
        return len(captured)

    queries()
    few = queries()
    for number in range(20):
        _phone(small_site, number)
    assert queries() == few


@pytest.mark.proves("EM-8")
def test_the_command_line_prints_it_and_writes_csv(
    small_site: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["report", "features", "--product", "Cisco 8811"]) == 0
    assert "Cisco 8811" in capsys.readouterr().out
    assert cli.main(["report", "features", "--new", "--csv", str(tmp_path / "list.csv")]) == 0
    assert (tmp_path / "list.csv").read_text().startswith("Product,Feature,Supported")
    assert cli.main(["report", "features", "--csv", str(tmp_path)]) == 1
    assert cli.main(["report", "features", "--feature", "Teleportation"]) == 1
