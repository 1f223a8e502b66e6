"""The first synchronisation of very many numbers between two hubs on PostgreSQL, beside COPY of the same rows."""

from __future__ import annotations

import tempfile
import threading
import time
from io import BytesIO
from pathlib import Path

import psycopg

from benchmarks.ils.sites import Engine, quantile, wait_for
from tests.support.clusters import ClusterSite
from tests.support.postgresql import private_postgresql

GOAL_RATIO, GOAL_MIB = 0.3, 500
FILL = """
INSERT INTO dialplan_directorynumber (uuid, revision, pattern, partition_id, alerting_name, description)
SELECT gen_random_uuid(), 0, (10000000 + n)::text, %s, '', '' FROM generate_series(%s::int, %s::int) n
"""
PARTITION = """
INSERT INTO dialplan_partition (uuid, revision, name, description) VALUES (gen_random_uuid(), 0, 'all', '') RETURNING id
"""
COUNT = """
SELECT COALESCE(SUM(s.n), 0) FROM clusters_stream s JOIN clusters_cluster c ON c.id = s.cluster_id
WHERE s.kind = 'number' AND NOT c.is_own
"""
HELD = "SELECT COUNT(*) FROM clusters_record WHERE kind = 'number' AND payload IS NOT NULL"
LIMIT = """
INSERT INTO parameters_parametervalue (uuid, revision, service, name, node, value)
VALUES (gen_random_uuid(), 0, 'Enterprise Parameters', 'ILS Max Number of Learned Objects in Database', '', '1000000')
"""
TABLES = ("clusters_record", "clusters_seal")
SIZES = (10_000, 100_000, 1_000_000)


def measure(count: int) -> bool:
    """Print times, memory and the cost of one change at each size; whether all goals are reached."""
    with private_postgresql() as url, tempfile.TemporaryDirectory(prefix="roamline-ils-") as name:
        urls = [_database(url, each) for each in ("hq", "east")]
        hq, east = (
            ClusterSite(each, Path(name) / each.lower(), at) for each, at in zip(("HQ", "EAST"), urls, strict=True)
        )
        hq.create()
        engines = Engine(hq), Engine(east)
        try:
            return _measure(engines, urls, count)
        finally:
            for engine in engines:
                engine.stop()


def _database(url: str, name: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.rpartition("/")[0] + f"/{name}"


def _measure(engines: tuple[Engine, Engine], urls: list[str], count: int) -> bool:
    hq, east = engines
    _publish(hq, urls[0], count)
    hq.start()
    east.site.join(hq.site)
    with psycopg.connect(urls[1], autocommit=True) as seen:
        seen.execute(LIMIT)
        east.start()
        started = wait_for(lambda: seen.execute(COUNT).fetchone()[0] > 0, 120)
        waits: list[float] = []
        logging_in = threading.Thread(target=_log_in, args=(hq, urls[1], waits, count))
        logging_in.start()
        wait_for(lambda: seen.execute(COUNT).fetchone()[0] >= count, 3600, 0.1)
        ended = wait_for(lambda: seen.execute(HELD).fetchone()[0] == count, 60, 0.1)
        logging_in.join()
    copied = _copy(urls)
    ratio, peaks = copied / (ended - started), [engine.peak_mib() for engine in engines]
    is_reached = ratio >= GOAL_RATIO and max(peaks) < GOAL_MIB
    print(f"first synchronisation of {count:,} numbers: {ended - started:.1f} s; COPY of the same rows {copied:.1f} s; "
          f"ratio {ratio:.2f} (goal {GOAL_RATIO}); peak memory {max(peaks):.0f} MiB (goal < {GOAL_MIB}): "
          f"{'reached' if is_reached else 'MISSED'}", flush=True)  # fmt: skip
    print(f"log-ins meanwhile: {len(waits)}, p50 {quantile(waits, 0.5) * 1000:.0f} ms, "
          f"longest {max(waits) * 1000:.0f} ms", flush=True)  # fmt: skip
    return is_reached


def _publish(hq: Engine, url: str, count: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(PARTITION).fetchone()
        assert row is not None
        before = 0
        for size in [size for size in SIZES if size < count] + [count]:
            connection.execute(FILL, [row[0], before + 1, size])
            began, ended = hq.do("publish")
            times = [end - begin for begin, end in (hq.do("number", "99999999", f"owner{i}") for i in range(100))]
            middle, slow = quantile(times, 0.5) * 1000, quantile(times, 0.99) * 1000
            print(f"with {size:,} numbers (published in {ended - began:.1f} s): one change costs "
                  f"p50 {middle:.1f} ms, p99 {slow:.1f} ms", flush=True)  # fmt: skip
            before = size
        hq.do("publish")
        connection.execute("VACUUM ANALYZE")


def _log_in(hq: Engine, url: str, waits: list[float], count: int) -> None:
    """Log in again and again while the numbers come; how long each took to be known."""
    with psycopg.connect(url, autocommit=True) as seen:
        while not waits or seen.execute(COUNT).fetchone()[0] < count:  # type: ignore[index]
            user = f"user{len(waits)}"
            _began, committed = hq.do("log in", user, "2001")
            known = "SELECT 1 FROM clusters_place WHERE user_id = %s"
            waits.append(wait_for(lambda: seen.execute(known, [user]).fetchone(), 60) - committed)  # noqa: B023
            time.sleep(0.2)


def _copy(urls: list[str]) -> float:
    """COPY what arrived into the same tables, with the same indexes, of an empty database; seconds."""
    taken: dict[str, BytesIO] = {}
    with psycopg.connect(urls[1], autocommit=True) as connection:
        for table in TABLES:
            taken[table] = BytesIO()
            with connection.cursor().copy(f"COPY {table} TO STDOUT") as out:
                for part in out:
                    taken[table].write(part)
            connection.execute(f"CREATE TABLE copy_{table} (LIKE {table} INCLUDING ALL)")
        began = time.monotonic()
        for table, content in taken.items():
            with connection.cursor().copy(f"COPY copy_{table} FROM STDIN") as into:
                into.write(content.getbuffer())
        return time.monotonic() - began
