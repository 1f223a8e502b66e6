"""Putting many records in at once: merged with what is here, or, where nothing is here yet, as fast as can be."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from roamline.platform import sql
from roamline.rooms.clusters import statements
from roamline.wires.ils.records import Record

Marked = tuple[Record, int, bool]
"""A record, its mark, and whether it is used."""

_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def merge(cluster: int, kind: str, epoch: int, records: Sequence[Marked]) -> None:
    """Put records in place of older ones with the same keys, with one statement; no key comes twice."""
    if len(records) == 1:
        record, mark, used = records[0]
        values = [cluster, kind, epoch, record.key, record.n, record.stamp, record.payload, mark, used]
        sql.run(statements.PUT_RECORD, values)
        return
    rows = [(each.key, each.n, each.stamp, each.payload, mark, used) for each, mark, used in records]
    if sql.is_postgresql():
        columns = [list(column) for column in zip(*rows, strict=True)]
        sql.run(statements.PUT_RECORDS_POSTGRESQL, [cluster, kind, epoch, *columns])
    else:
        sql.run(statements.PUT_RECORDS_SQLITE, [cluster, kind, epoch, json.dumps(rows)])


def has_none(cluster: int, kind: str) -> bool:
    """Whether nothing of a stream is here, so that :func:`copy` may be tried (PostgreSQL only)."""
    return sql.is_postgresql() and sql.row(statements.HAS_RECORDS, [cluster, kind]) is None


def copy(cluster: int, kind: str, epoch: int, records: Sequence[Marked]) -> bool:
    """Add records whose keys are not here; False, and nothing added, when one is."""
    text = _plain if _is_plain(records) else _escaped
    start = f"{cluster}\t{kind}\t{epoch}\t"
    lines = [
        f"{start}{text(key)}\t{n}\t{stamp}\t{text(payload)}\t{mark}\t{'t' if used else 'f'}\n"
        for (n, stamp, key, payload), mark, used in records
    ]
    try:
        with transaction.atomic():
            sql.copy_in(statements.COPY_RECORDS, "".join(lines))
    except IntegrityError:
        return False
    return True


def _is_plain(records: Sequence[Marked]) -> bool:
    """Whether nothing in them is to be escaped: nearly always so, and found out quickly."""
    said = "".join([f"{record.key}{record.payload}" for record, _mark, _used in records])
    return said.isprintable() and "\\" not in said


def _plain(value: str | None) -> str:
    return "\\N" if value is None else value


def _escaped(value: str | None) -> str:
    return "\\N" if value is None else value.translate(_ESCAPED)
