"""The phone feature list: which models and phones support a feature; kept with its date until a new one (EM-8)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from roamline.rooms.ledger import service as ledger
from roamline.rooms.mobility.models import FeatureReport
from roamline.rooms.phones import features
from roamline.rooms.phones.emcc_devices import IS_EMCC_DEVICE
from roamline.rooms.phones.models import Phone, PhoneModel

HEADER = ("Product", "Feature", "Supported", "Phones", "Phones that can use it")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Supported:
    """Whether a product (a phone model) has a feature, how many phones of it there are, how many can use it."""

    product: str
    feature: str
    is_supported: bool
    phones: int
    able: int


@transaction.atomic
def generate_report(*, actor: str, now: datetime, way: str = "", source: str = "") -> FeatureReport:
    """Look at all models and phones, and keep what was found in place of the report before."""
    real = PhoneModel.objects.filter(is_emcc_base=False)
    known, models = features.features(), {model.pk: model for model in real.order_by("name")}
    supported = {(pk, each.name): each.of_model(model) for pk, model in models.items() for each in known}
    able: Counter[tuple[int, str]] = Counter()
    phones: Counter[int] = Counter()
    for phone in Phone.objects.exclude(IS_EMCC_DEVICE).iterator(chunk_size=2000):
        phone.model = models[phone.model_id]  # one object for each model, with what was asked of it
        phones[phone.model_id] += 1
        able.update((phone.model_id, f.name) for f in known if supported[phone.model_id, f.name] and f.of_phone(phone))
    rows = [
        asdict(Supported(model.name, each.name, supported[pk, each.name], phones[pk], able[pk, each.name]))
        for pk, model in models.items() for each in known
    ]  # fmt: skip
    report, _ = FeatureReport.objects.update_or_create(
        pk=1, defaults={"generated_at": now, "generated_by": actor[:128], "rows": rows}
    )
    ledger.record(
        at=now, action="feature_report.generated", actor=actor, way=way, source=source, details={"rows": len(rows)}
    )
    return report


def kept_report() -> FeatureReport | None:
    """The report as it was generated last."""
    return FeatureReport.objects.first()


def rows_of(report: FeatureReport, product: str = "", feature: str = "") -> list[Supported]:
    """A report's rows, of one product and feature or (empty) of all."""
    rows = [Supported(**row) for row in report.rows]
    return [row for row in rows if product in ("", row.product) and feature in ("", row.feature)]


def as_csv(rows: Iterable[Supported]) -> str:
    """Rows as CSV; a name that a spreadsheet would take for a formula stands behind an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for row in rows:
        yes = "yes" if row.is_supported else "no"
        writer.writerow([_plain(row.product), _plain(row.feature), yes, row.phones, row.able])
    return text.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
