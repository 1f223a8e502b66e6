"""The ledger room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """What must be durable: the audit trail, deadlines and effects."""

    name = "roamline.rooms.ledger"
    label = "ledger"
    verbose_name = "Audit and ledger"

    def ready(self) -> None:
        """The first of the rooms sets every connection up."""
        from django.db.backends.signals import connection_created

        from roamline.platform import sql

        connection_created.connect(sql.plan_plainly)
