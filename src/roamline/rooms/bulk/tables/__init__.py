"""The tables of the bulk administration, by name; to add one: a module here with a ``TABLE``, and a line below."""

from __future__ import annotations

from roamline.rooms.bulk.tables import associations, log_outs, phones, profiles, users
from roamline.rooms.bulk.terms import Table

HEADSETS = "headsets"
"""Associations of headsets have an import of their own, staged so that it is applied whole (HS-3)."""

TABLES: dict[str, Table] = {
    table.name: table for table in (users.TABLE, phones.TABLE, profiles.TABLE, associations.TABLE, log_outs.TABLE)
}
NAMES: tuple[str, ...] = (*TABLES, HEADSETS)
