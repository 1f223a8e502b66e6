"""Whether a rendered file still says what the database says: one statement that reads the facts it is made of.

The facts themselves are compared, so it does not matter how a change came about (administration, bulk job, plain
SQL): whatever is committed counts at the next fetch. Whoever makes a file depend on one more fact adds it here.
"""

from __future__ import annotations

from roamline.platform import sql

Facts = tuple[sql.Row, ...]

_FACTS = """
WITH p AS (
  SELECT id, name, description, configuration_version, load_name, model_id, device_pool_id, own_profile_id,
         current_profile_id
  FROM phones_phone WHERE folded_name = %s
), f AS (
  SELECT current_profile_id AS id FROM p
  UNION
  SELECT d.id FROM p JOIN phones_deviceprofile d ON d.model_id = p.model_id AND d.kind = 'default'
)
SELECT 'phone' AS what, p.configuration_version AS a, CAST(m.product_number AS BIGINT) AS b,
       m.keys * 1000 + m.max_lines AS c, p.name AS d, p.description AS e, p.load_name AS f, m.name AS g,
       m.load_name AS h, own.user_locale AS i, o.time_zone AS j, CAST(o.sip_servers AS TEXT) AS k,
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
SELECT 'profile', d.id, d.model_id, 0, d.name, d.user_locale, d.kind, m.name, '', '', '', '',
       CASE WHEN d.dnd_enabled THEN 1 ELSE 0 END
  FROM f
  JOIN phones_deviceprofile d ON d.id = f.id
  JOIN phones_phonemodel m ON m.id = d.model_id
UNION ALL
SELECT 'line', l.profile_id, l."index", l.button, n.pattern, l.label, l.display_name, l.external_mask,
       COALESCE(q.name, ''), '', '', '', CASE WHEN l.is_intercom THEN 1 ELSE 0 END
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
"""


def facts_of(device: str) -> Facts:
    """Everything in the database that a device's file is made of; empty when there is no such device."""
    return tuple(sql.rows(_FACTS, [device.lower()]))
