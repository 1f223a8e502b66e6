"""Every statement of the records' store, the same on SQLite and PostgreSQL but for how many rows are put in at once."""

from __future__ import annotations

POSITIONS = """
SELECT c.origin, s.kind, s.epoch, s.n FROM clusters_stream s JOIN clusters_cluster c ON c.id = s.cluster_id
"""
MAKE_CLUSTER = """
INSERT INTO clusters_cluster (origin, name, role, address, host, sip_port, sip_tls_port, route_string,
  is_own, is_member, is_linked, is_cut, alarm, error)
VALUES (%s, '', '', '', '', 0, 0, '', %s, %s, %s, %s, '', '') ON CONFLICT (origin) DO NOTHING
"""
CLUSTER = "SELECT id FROM clusters_cluster WHERE origin = %s"
MAKE_STREAM = """
INSERT INTO clusters_stream (cluster_id, kind, epoch, n, applied_epoch, applied_n,
  head_epoch, head_n, head_count, head_total, head_signature)
VALUES (%s, %s, %s, 0, 0, 0, 0, 0, 0, 0, %s) ON CONFLICT (cluster_id, kind) DO NOTHING
"""
STREAM = "SELECT epoch, n FROM clusters_stream WHERE cluster_id = %s AND kind = %s"
LOCK_STREAM = "UPDATE clusters_stream SET n = n WHERE cluster_id = %s AND kind = %s RETURNING epoch, n"
MOVE_STREAM = "UPDATE clusters_stream SET epoch = %s, n = %s WHERE cluster_id = %s AND kind = %s"
GROW_STREAM = "UPDATE clusters_stream SET n = n + %s WHERE cluster_id = %s AND kind = %s RETURNING n"

RUNS_AFTER = """
SELECT first, last FROM clusters_seal WHERE cluster_id = %s AND kind = %s AND epoch = %s AND last > %s
ORDER BY last LIMIT %s
"""
SEALS_BETWEEN = """
SELECT epoch, first, last, digests, signature FROM clusters_seal
WHERE cluster_id = %s AND kind = %s AND epoch = %s AND last > %s AND last <= %s ORDER BY last
"""
RECORDS_BETWEEN = """
SELECT n, stamp, key, payload FROM clusters_record
WHERE cluster_id = %s AND kind = %s AND n > %s AND n <= %s AND epoch = %s ORDER BY n
"""

PUT_SEAL = """
INSERT INTO clusters_seal (cluster_id, kind, epoch, first, last, digests, signature)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (cluster_id, kind, epoch, last) DO NOTHING
"""
DROP_OLD_SEALS = "DELETE FROM clusters_seal WHERE cluster_id = %s AND kind = %s AND epoch < %s"
DROP_EMPTY_SEALS = """
DELETE FROM clusters_seal WHERE id IN (
  SELECT e.id FROM clusters_seal e JOIN clusters_stream s ON s.cluster_id = e.cluster_id AND s.kind = e.kind
  WHERE e.last < s.n AND NOT EXISTS (
    SELECT 1 FROM clusters_record r WHERE r.cluster_id = e.cluster_id AND r.kind = e.kind
    AND r.n >= e.first AND r.n <= e.last AND r.epoch = e.epoch))
"""

_REPLACE = """
ON CONFLICT (cluster_id, kind, key) DO UPDATE SET
  epoch = excluded.epoch, n = excluded.n, stamp = excluded.stamp, payload = excluded.payload, mark = excluded.mark,
  used = clusters_record.used OR excluded.used
WHERE clusters_record.epoch < excluded.epoch
   OR (clusters_record.epoch = excluded.epoch AND clusters_record.n < excluded.n)
"""
# ruff: noqa: S608 - put together from constants
_COLUMNS = "INSERT INTO clusters_record (cluster_id, kind, epoch, key, n, stamp, payload, mark, used)"
PUT_RECORDS_POSTGRESQL = f"""
{_COLUMNS}
SELECT %s, %s, %s, r.* FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::boolean[]) r
{_REPLACE}
"""
PUT_RECORDS_SQLITE = f"""
{_COLUMNS}
SELECT %s, %s, %s, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
  json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]')
FROM json_each(%s) WHERE true
{_REPLACE}
"""
COPY_RECORDS = """
COPY clusters_record (cluster_id, kind, epoch, key, n, stamp, payload, mark, used) FROM STDIN
"""
HAS_RECORDS = "SELECT 1 FROM clusters_record WHERE cluster_id = %s AND kind = %s LIMIT 1"
PUT_RECORD = f"""
{_COLUMNS} VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
{_REPLACE}
"""

HEADS = """
SELECT c.origin, s.kind, s.head_epoch, s.head_n, s.head_count, s.head_total, s.head_signature
FROM clusters_stream s JOIN clusters_cluster c ON c.id = s.cluster_id WHERE s.head_epoch > 0
"""
UNSIGNED = """
SELECT kind FROM clusters_stream WHERE cluster_id = %s AND (head_epoch <> epoch OR head_n <> n)
"""
KEEP_HEAD = """
UPDATE clusters_stream SET head_epoch = %s, head_n = %s, head_count = %s, head_total = %s, head_signature = %s
WHERE cluster_id = %s AND kind = %s
"""
HEAD_REACHED = """
SELECT 1 FROM clusters_stream WHERE cluster_id = %s AND kind = %s AND head_epoch = epoch AND head_n <= n
"""
QUEUE_GONE = """
INSERT INTO clusters_unapplied (cluster_id, kind, key, attempts, error)
SELECT cluster_id, kind, key, 0, '' FROM clusters_record
WHERE cluster_id = %s AND kind = %s AND epoch < %s AND payload IS NOT NULL
ON CONFLICT (cluster_id, kind, key) DO NOTHING
"""
DROP_OLD_RECORDS = "DELETE FROM clusters_record WHERE cluster_id = %s AND kind = %s AND epoch < %s"
FINGERPRINT = """
SELECT s.epoch, s.n,
  (SELECT COUNT(*) FROM clusters_record r WHERE r.cluster_id = s.cluster_id AND r.kind = s.kind
     AND r.payload IS NOT NULL),
  (SELECT COALESCE(SUM(r.mark), 0) FROM clusters_record r WHERE r.cluster_id = s.cluster_id AND r.kind = s.kind
     AND r.payload IS NOT NULL)
FROM clusters_stream s WHERE s.cluster_id = %s AND s.kind = %s
"""
FORGET_POSITION = "UPDATE clusters_stream SET epoch = 0, n = 0 WHERE cluster_id = %s AND kind = %s"

OF_KIND = """
SELECT c.origin, r.n, r.stamp, r.key, r.payload FROM clusters_record r JOIN clusters_cluster c ON c.id = r.cluster_id
WHERE r.kind = %s AND r.payload IS NOT NULL ORDER BY r.id
"""
RECORD_OF = "SELECT n, stamp, key, payload FROM clusters_record WHERE cluster_id = %s AND kind = %s AND key = %s"
OWN_RECORD = "SELECT stamp, payload FROM clusters_record WHERE cluster_id = %s AND kind = %s AND key = %s"
OWN_RECORDS = "SELECT key, payload FROM clusters_record WHERE cluster_id = %s AND kind = %s AND payload IS NOT NULL"
OWN_LIVE = """
SELECT n, stamp, key, payload FROM clusters_record WHERE cluster_id = %s AND kind = %s AND payload IS NOT NULL
ORDER BY stamp, n
"""
DROP_RECORDS = "DELETE FROM clusters_record WHERE cluster_id = %s AND kind = %s"

MAKE_CLOCK = "INSERT INTO clusters_clock (id, stamp, epoch) VALUES (1, %s, %s) ON CONFLICT (id) DO NOTHING"
ADVANCE_CLOCK = """
UPDATE clusters_clock SET stamp = CASE WHEN stamp + 1 > %s THEN stamp ELSE %s - 1 END + %s WHERE id = 1
RETURNING stamp, epoch
"""
SEE_STAMP = "UPDATE clusters_clock SET stamp = %s WHERE id = 1 AND stamp < %s"
NEW_EPOCH = "UPDATE clusters_clock SET epoch = %s, stamp = %s WHERE id = 1"

LEARNED = """
SELECT COUNT(*) FROM clusters_record r JOIN clusters_cluster c ON c.id = r.cluster_id
WHERE r.kind IN ('number', 'pattern') AND r.used AND r.payload IS NOT NULL AND NOT c.is_own
"""
USE_MORE = """
UPDATE clusters_record SET used = %s WHERE id IN (
  SELECT r.id FROM clusters_record r WHERE r.kind IN ('number', 'pattern') AND NOT r.used AND r.payload IS NOT NULL
  ORDER BY r.stamp LIMIT %s)
"""
