"""Plain SQL that runs on SQLite and PostgreSQL alike, for the few statements that must be quick.

Times: bind :func:`bound` of an aware datetime, read back with :func:`time_of`; both databases then hold what Django's
own models hold. Flags: bind Python booleans, read back with ``bool``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from operator import attrgetter, methodcaller
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections

Row = tuple[Any, ...]

ROWS_AT_ONCE = 5000
PREPARED_FROM, PREPARED_AT_MOST = 2, 500
"""On PostgreSQL: at which use a statement is prepared, and how many a connection keeps."""


def plan_plainly(connection: Any, **_more: Any) -> None:
    """For Django's ``connection_created``: PostgreSQL compiles no statement of this connection.

    It would compile those whose cost it overrates, such as a page of a list of 100,000, for longer than they run.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")


def rows(statement: str, values: Sequence[Any] = ()) -> list[Row]:
    """Run one statement and return all its rows (also those of ``RETURNING``)."""
    return cast("list[Row]", _run(statement, values, _all_rows))


def stream(statement: str, values: Sequence[Any] = ()) -> Iterator[Row]:
    """The rows of one statement, which may be a million: on PostgreSQL never more than some thousand are held here.

    The caller may commit meanwhile. On SQLite all are read at once, because an open reading would bar that.
    """
    if not is_postgresql():
        yield from rows(statement, values)
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while found := cursor.fetchmany(ROWS_AT_ONCE):
            yield from found


def row(statement: str, values: Sequence[Any] = ()) -> Row | None:
    """Run one statement and return its first row, or None."""
    return cast("Row | None", _run(statement, values, _first_row))


def run(statement: str, values: Sequence[Any] = ()) -> int:
    """Run one statement that returns nothing; the number of rows it touched."""
    return int(_run(statement, values, _row_count))


def copy_in(statement: str, content: str) -> None:
    """``COPY … FROM STDIN`` on PostgreSQL: rows as text, tab-separated and escaped by the caller."""
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as into:
        into.write(content)


def run_many(statement: str, many: Sequence[Sequence[Any]]) -> None:
    """Run one statement, which returns nothing, with each of several sets of values: much cheaper than one by one."""
    if many:
        _run(statement, many, _row_count, is_many=True)


_all_rows, _first_row, _row_count = methodcaller("fetchall"), methodcaller("fetchone"), attrgetter("rowcount")


def _run(statement: str, values: Sequence[Any], take: Callable[[Any], Any], *, is_many: bool = False) -> Any:
    """Run a statement and ``take`` what is wanted from its cursor; errors are Django's.

    Django's own cursor costs three times what SQLite needs for a statement of a log-in, and on PostgreSQL has each
    statement planned anew, which costs twenty times what running it does. So it is used only where it does something:
    when somebody watches statements.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    if database.connection is None:
        database.ensure_connection()
    if database.execute_wrappers or database.queries_logged:
        cursor = database.cursor()
    else:
        if database.needs_rollback:
            database.validate_no_broken_transaction()
        if database.vendor == "sqlite":
            statement, cursor = _spelled(statement), database.connection.cursor()
        else:
            cursor = _preparing_cursor(database.connection)
    try:
        (cursor.executemany if is_many else cursor.execute)(statement, values)
        return take(cursor)
    except Exception:
        with database.wrap_database_errors:
            raise
    finally:
        cursor.close()


def _preparing_cursor(raw: Any) -> Any:
    """A PostgreSQL cursor whose statements are prepared by the server once they come again (Django turns that off)."""
    import psycopg  # only where PostgreSQL is the database

    if raw.prepare_threshold is None:
        raw.prepare_threshold, raw.prepared_max = PREPARED_FROM, PREPARED_AT_MOST
    return psycopg.Cursor(raw)


@lru_cache(maxsize=1000)
def _spelled(statement: str) -> str:
    return statement.replace("%s", "?").replace("%%", "%")


def bound(moment: datetime | None) -> Any:
    """A time as the database in use takes it: aware on PostgreSQL; on SQLite, which has no times, text in UTC."""
    if moment is None or is_postgresql():
        return moment
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return str(moment.astimezone(UTC).replace(tzinfo=None))


def time_of(value: object) -> datetime | None:
    """A time as the database in use returned it, aware and in UTC."""
    if value is None:
        return None
    # SQLite gives naive datetimes for columns declared so, and texts for expressions.
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@cache
def is_postgresql() -> bool:
    """Whether the database in use is PostgreSQL."""
    return connection.vendor == "postgresql"


def ids_locked_in_order(table: str, count: int) -> str:
    """A sub-select of ``count`` row ids, which on PostgreSQL locks them in order, as updates one by one would."""
    lock = " FOR NO KEY UPDATE" if is_postgresql() else ""  # SQLite has one writer
    return f"SELECT id FROM {table} WHERE id IN ({marks(count)}) ORDER BY id{lock}"  # noqa: S608 - a constant's name


def marks(count: int) -> str:
    """``%s, %s, …`` for an ``IN`` list of ``count`` values."""
    return ", ".join(["%s"] * count)
