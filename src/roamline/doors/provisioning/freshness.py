"""Whether a rendered file still says what the database says: one statement that reads the facts it is made of.

The facts themselves are compared, so it does not matter how a change came about (administration, bulk job, plain
SQL): whatever is committed counts at the next fetch. Whoever makes a file depend on one more fact adds it here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from roamline.platform import sql

# One row is read instead of twenty: SQLite would give up Python's lock at each of them.
_FACTS = """
WITH p AS (
  SELECT id, name, description, configuration_version, load_name, ip_addressing_mode, model_id, device_pool_id,
         own_profile_id, current_profile_id
  FROM phones_phone WHERE folded_name = %s
), f AS (
  SELECT current_profile_id AS id FROM p
  UNION
  SELECT d.id FROM p JOIN phones_deviceprofile d ON d.model_id = p.model_id AND d.kind = 'default'
), facts AS (
SELECT 'phone' AS what, p.configuration_version AS a, COALESCE(CAST(m.product_number AS BIGINT), 0) AS b,
       m.keys * 10000 + m.max_lines * 10 + own.expansion_modules AS c,
       p.name AS d, p.description AS e, p.load_name AS f, m.name || own.expansion_module AS g,
       m.load_name AS h, own.user_locale AS i, o.time_zone AS j,
       COALESCE(NULLIF(p.ip_addressing_mode, ''), o.ip_addressing_mode) || CAST(o.sip_servers AS TEXT) AS k,
       CASE WHEN m.registers_once THEN 1 ELSE 0 END + CASE WHEN m.is_software THEN 2 ELSE 0 END AS l
  FROM p
  JOIN phones_phonemodel m ON m.id = p.model_id
  JOIN phones_devicepool o ON o.id = p.device_pool_id
  JOIN phones_deviceprofile own ON own.id = p.own_profile_id
UNION ALL
SELECT 'user', a.id, 0, 0, a.user_id, a.first_name, a.last_name, '', '', '', '', '', 0
  FROM p
  JOIN mobility_loginsession s ON s.phone_id = p.id AND s.ended_at IS NULL
  JOIN directory_account a ON a.id = s.account_id
UNION ALL
SELECT 'profile', d.id, d.model_id, 0, d.name, d.user_locale, d.kind, m.name, d.voicemail_pilot, d.dnd_option,
       d.always_use_prime_line, d.dnd_alert,
       CASE WHEN d.dnd_enabled THEN 1 ELSE 0 END
  FROM f
  JOIN phones_deviceprofile d ON d.id = f.id
  JOIN phones_phonemodel m ON m.id = d.model_id
UNION ALL
SELECT 'line', l.profile_id, l."index", l.button, n.pattern, l.label, l.display_name, l.external_mask,
       COALESCE(q.name, ''), l.ring_setting, '', '', CASE WHEN l.is_intercom THEN 1 ELSE 0 END
  FROM f
  JOIN phones_line l ON l.profile_id = f.id
  JOIN dialplan_directorynumber n ON n.id = l.directory_number_id
  LEFT JOIN phones_phone q ON q.id = l.default_phone_id
UNION ALL
SELECT 'button', b.profile_id, b.position, 0, b.kind, b.label, b.number, COALESCE(s.name, ''), COALESCE(s.url, ''),
       '', '', '', 0
  FROM f
  JOIN phones_button b ON b.profile_id = f.id
  LEFT JOIN phones_phoneservice s ON s.id = b.service_id
UNION ALL
SELECT 'service', x.deviceprofile_id, 0, 0, s.name, s.url, s.secure_url, s.category, '', '', '', '', 0
  FROM f
  JOIN phones_deviceprofile_services x ON x.deviceprofile_id = f.id
  JOIN phones_phoneservice s ON s.id = x.phoneservice_id AND s.enabled
UNION ALL
SELECT 'service', 0, 0, 0, s.name, s.url, s.secure_url, s.category, '', '', '', '', 1
  FROM p, phones_phoneservice s WHERE s.enabled AND s.enterprise_subscription
UNION ALL
SELECT 'load', 0, 0, 0, z.name, '', '', '', '', '', '', '', 0
  FROM p
  JOIN phones_phonemodel m ON m.id = p.model_id
  JOIN phones_phonefile z ON z.name = COALESCE(NULLIF(p.load_name, ''), m.load_name) || '.loads'
)
SELECT {joined}(what || '|' || a || '|' || b || '|' || c || '|' || l || '|' || LENGTH(d) || '|' || LENGTH(e) || '|' ||
       LENGTH(f) || '|' || LENGTH(g) || '|' || LENGTH(h) || '|' || LENGTH(i) || '|' || LENGTH(j) || '|' || LENGTH(k) ||
       '|' || d || e || f || g || h || i || j || k, '|')
  FROM facts
"""
_ON_SQLITE = _FACTS.format(joined="GROUP_CONCAT").replace("%s", "?")
_ON_POSTGRESQL = _FACTS.format(joined="STRING_AGG")

Reader = Callable[[str], str]
"""From a device's name to everything in the database that its file is made of; empty when there is no such device."""


def facts_of(device: str) -> str:
    """The reader of an ordinary thread. The lengths stand in the text, so that different facts never read the same.

    It goes past Django's cursors to the driver's connection, which keeps the statement prepared: this statement is all
    that the fetch of an unchanged file costs.
    """
    connection.ensure_connection()
    return _read(connection.connection, _ON_POSTGRESQL if sql.is_postgresql() else _ON_SQLITE, device)


def quick_reader() -> Reader | None:
    """A reader on a connection of its own, for one thread that may not wait; None where the database is elsewhere."""
    if sql.is_postgresql():
        return None
    return QuickReader(connection.get_new_connection(connection.get_connection_params()))


class QuickReader:
    """Reads again only what may have changed: SQLite says whether anybody else has committed since (data_version).

    What was read stands for as long as that number does. So phones that all start after a power cut cost next to
    nothing, and while people log in everything is read, as by any other reader.
    """

    MOST = 4096

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._version = -1
        self._read: dict[str, str] = {}

    def __call__(self, device: str) -> str:
        """The facts of a device, as committed now."""
        with connection.wrap_database_errors:
            (version,) = self._driver.execute("PRAGMA data_version").fetchone()
        if version != self._version or len(self._read) >= self.MOST:
            self._read.clear()
            self._version = version
        facts = self._read.get(device)
        if facts is None:
            # Read after the number was: a commit in between changes the number for the next fetch.
            facts = self._read[device] = _read(self._driver, _ON_SQLITE, device)
        return facts


def _read(driver: Any, statement: str, device: str) -> str:
    with connection.wrap_database_errors:
        row = driver.execute(statement, (device.lower(),)).fetchone()
    return str(row[0]) if row[0] is not None else ""
