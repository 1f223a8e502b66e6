"""The ledger room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """What must be durable: the audit trail, deadlines and effects."""

    name = "roamline.rooms.ledger"
    label = "ledger"
    verbose_name = "Audit and ledger"
