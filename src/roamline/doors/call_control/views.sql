-- What Kamailio reads: views over the live tables, so that a committed log-in counts at the next request.
-- {now} is the Unix time in the database's own words. Strings stand in COALESCE: Kamailio takes NULL for a failure.

CREATE VIEW kamailio_device AS
SELECT p.id AS phone_id, p.name AS name, p.folded_name AS device,
       p.configuration_version AS version, p.ha1 AS ha1,
       CASE WHEN p.previous_until > {now} THEN p.previous_ha1 ELSE '' END AS old_ha1,
       CASE WHEN m.registers_once THEN 1 ELSE 0 END AS registers_once,
       CAST(COALESCE(p.css_id, o.default_css_id, 0) AS INTEGER) AS device_css,
       o.emergency_callback AS callback, o.location AS location,
       p.current_profile_id AS profile_id, p.own_profile_id AS own_profile_id, m.max_lines AS max_lines
  FROM phones_phone p
  JOIN phones_phonemodel m ON m.id = p.model_id
  JOIN phones_devicepool o ON o.id = p.device_pool_id;

-- A line counts on a phone that has a key for it; an intercom line only on its default phone (EM-33, EM-38). Straight
-- from the tables: with a view in between it takes half as long again to prepare.
CREATE VIEW kamailio_line AS
SELECT p.id AS phone_id, p.name AS name, p.folded_name AS device,
       p.configuration_version AS version, p.ha1 AS ha1,
       CASE WHEN p.previous_until > {now} THEN p.previous_ha1 ELSE '' END AS old_ha1,
       CASE WHEN m.registers_once THEN 1 ELSE 0 END AS registers_once,
       CAST(COALESCE(p.css_id, o.default_css_id, 0) AS INTEGER) AS device_css,
       o.emergency_callback AS callback, o.location AS location,
       n.id AS number_id, n.pattern AS dn,
       CASE WHEN m.registers_once THEN p.folded_name ELSE p.folded_name || '~' || REPLACE(n.pattern, '#', '%23') END AS aor,
       CAST(COALESCE(l.css_id, 0) AS INTEGER) AS line_css, l.display_name AS display_name,
       CASE WHEN l.is_intercom THEN 1 ELSE 0 END AS intercom,
       CASE WHEN EXISTS (SELECT 1 FROM phones_button b WHERE b.kind = 'blf' AND b.number = n.pattern)
            THEN n.id ELSE 0 END AS watched,
       CASE WHEN f.dnd_enabled AND f.dnd_option = 'reject' THEN 1 ELSE 0 END AS dnd,
       CASE WHEN f.ignore_presentation THEN 'yes' ELSE 'no' END AS ignores_presentation
  FROM phones_phone p
  JOIN phones_phonemodel m ON m.id = p.model_id
  JOIN phones_devicepool o ON o.id = p.device_pool_id
  JOIN phones_line l ON l.profile_id = p.current_profile_id AND l."index" <= m.max_lines
  JOIN phones_deviceprofile f ON f.id = p.current_profile_id
  JOIN dialplan_directorynumber n ON n.id = l.directory_number_id
 WHERE NOT l.is_intercom OR l.default_phone_id = p.id;

-- What a device has BLF keys for now (EM-43); a profile made for another model takes missing keys from the default one.
CREATE VIEW kamailio_blf AS
SELECT p.folded_name AS device, b.number AS digits
  FROM phones_phone p
  JOIN phones_button b ON b.profile_id = p.current_profile_id
 WHERE b.kind = 'blf'
UNION ALL
SELECT p.folded_name, b.number
  FROM phones_phone p
  JOIN phones_deviceprofile f ON f.id = p.current_profile_id AND f.model_id <> p.model_id
  JOIN phones_deviceprofile g ON g.model_id = p.model_id AND g.kind = 'default'
  JOIN phones_button b ON b.profile_id = g.id
 WHERE b.kind = 'blf'
   AND NOT EXISTS (SELECT 1 FROM phones_button o WHERE o.profile_id = f.id AND o.position = b.position);

-- What a calling search space reaches: numbers, found by an index, and patterns, found by LIKE. Two views, because
-- one would make every look-up of a number walk all patterns and every pattern walk all numbers.
CREATE VIEW kamailio_number AS
SELECT CAST(c.css_id AS INTEGER) AS css, c.position AS position, n.pattern AS digits, n.id AS number_id,
       LENGTH(n.pattern) * 1000 AS specificity
  FROM dialplan_directorynumber n
  JOIN dialplan_callingsearchspacemember c ON c.partition_id = n.partition_id;

CREATE VIEW kamailio_pattern AS
SELECT CAST(c.css_id AS INTEGER) AS css, c.position AS position, k.like_pattern AS like_pattern,
       k.lead AS lead, k.symbols AS symbols, k.specificity AS specificity,
       CASE WHEN x.id IS NOT NULL THEN 'translate' WHEN t.id IS NULL THEN 'block' ELSE 'trunk' END AS action,
       k.strip AS strip, COALESCE(r.prefix, x.prefix, '') AS prefix,
       COALESCE(t.host, '') AS host, COALESCE(t.port, 0) AS port, COALESCE(t.transport, '') AS transport,
       CAST(COALESCE(x.css_id, 0) AS INTEGER) AS next_css
  FROM dialplan_compiledpattern k
  JOIN dialplan_callingsearchspacemember c ON c.partition_id = k.partition_id
  LEFT JOIN dialplan_routepattern r ON r.id = k.route_pattern_id
  LEFT JOIN dialplan_translationpattern x ON x.id = k.translation_id
  LEFT JOIN dialplan_trunk t ON t.id = r.trunk_id;

-- Whether a number exists at all, in whatever partition: tells "not permitted" from "no such number".
CREATE VIEW kamailio_any_number AS
SELECT n.pattern AS digits, n.id AS number_id FROM dialplan_directorynumber n;

CREATE VIEW kamailio_any_pattern AS
SELECT k.like_pattern AS like_pattern, k.symbols AS symbols FROM dialplan_compiledpattern k;

CREATE VIEW kamailio_trunk AS
SELECT t.name AS name, t.host AS host, t.port AS port, t.transport AS transport,
       CAST(COALESCE(t.inbound_css_id, 0) AS INTEGER) AS css
  FROM dialplan_trunk t;

-- Where calls to a manager's number go while a switch is on: to each assistant's number, in order (EM-37).
CREATE VIEW kamailio_diversion AS
SELECT l.directory_number_id AS manager_number_id, t.profile_id AS profile_id,
       CASE WHEN t.divert_all THEN 1 ELSE 0 END AS divert_all,
       CASE WHEN t.filter_on THEN t.filter_kind ELSE '' END AS filter_kind,
       s.position AS position, n.id AS number_id, n.pattern AS digits
  FROM phones_line l
  JOIN features_managersettings t ON t.profile_id = l.profile_id AND (t.divert_all OR t.filter_on)
  JOIN features_assistance s ON s.profile_id = l.profile_id
  JOIN directory_account a ON a.id = s.account_id AND a.is_active
  JOIN dialplan_directorynumber n ON n.id = COALESCE(a.primary_extension_id, (
       SELECT k.directory_number_id FROM directory_controlledprofile c
         JOIN phones_line k ON k.profile_id = c.profile_id AND NOT k.is_intercom
        WHERE c.account_id = a.id ORDER BY c.is_default DESC, c.position, k."index" LIMIT 1))
 WHERE NOT l.is_intercom;

CREATE VIEW kamailio_filtered_caller AS
SELECT f.profile_id AS profile_id, f.like_pattern AS like_pattern FROM features_filteredcaller f;

-- Where a number's calls are forwarded to: by the lines that phones have now or, when no phone has the number, by any
-- line with it. A user's profile goes before a phone's own. The spaces are those that decide what may be reached.
CREATE VIEW kamailio_forward AS
SELECT l.directory_number_id AS number_id, f.kind AS kind, f.destination AS destination, f.seconds AS seconds,
       CAST(CASE WHEN f.activated THEN COALESCE(f.activating_line_css_id, 0)
                 ELSE COALESCE(f.css_id, l.css_id, 0) END AS INTEGER) AS line_css,
       CAST(CASE WHEN f.activated THEN COALESCE(f.activating_device_css_id, 0)
                 WHEN f.css_id IS NOT NULL THEN 0
                 ELSE COALESCE((SELECT MIN(d.device_css) FROM kamailio_device d
                                 WHERE d.profile_id = l.profile_id OR d.own_profile_id = l.profile_id), 0)
            END AS INTEGER) AS device_css,
       CASE p.kind WHEN 'user' THEN 0 ELSE 1 END AS place, l.id AS line_id
  FROM phones_forward f
  JOIN phones_line l ON l.id = f.line_id
  JOIN phones_deviceprofile p ON p.id = l.profile_id
 WHERE f.destination <> '' AND NOT l.is_intercom
   AND (EXISTS (SELECT 1 FROM phones_phone h WHERE h.current_profile_id = l.profile_id)
        OR NOT EXISTS (SELECT 1 FROM phones_line o JOIN phones_phone h ON h.current_profile_id = o.profile_id
                        WHERE o.directory_number_id = l.directory_number_id));

-- Other clusters of the network, and this one.
CREATE VIEW kamailio_cluster AS
SELECT c.origin AS origin, c.name AS cluster, c.host AS host, c.sip_port AS port, c.sip_tls_port AS tls_port,
       CASE WHEN c.is_own THEN 1 ELSE 0 END AS is_own
  FROM clusters_cluster c WHERE c.is_member;

-- EMCC devices in use: the phone of another cluster that each stands for, and where that cluster takes calls (RO-32).
CREATE VIEW kamailio_stay AS
SELECT p.folded_name AS device, s.visited_phone AS visited_phone, c.host AS host, c.sip_port AS port,
       s.callback AS callback, s.location AS location,
       CASE WHEN r.pstn_access_enabled AND EXISTS (
         SELECT 1 FROM emcc_interclusterserviceprofile i WHERE i.pstn_access_active) THEN 1 ELSE 0 END AS outside
  FROM emcc_stay s
  JOIN phones_phone p ON p.id = s.phone_id
  JOIN clusters_cluster c ON c.origin = s.origin AND c.is_member
  LEFT JOIN emcc_remoteclusterservices r ON r.origin = s.origin
 WHERE s.granted AND s.ended_at IS NULL;

-- How calls to the public network leave that a visited phone's user makes, where PSTN access is active and enabled for
-- the user's cluster (RO-31): the trunk, and the space that decides what they may reach (0: whatever the trunk takes).
CREATE VIEW kamailio_way_out AS
SELECT p.folded_name AS device, t.host AS host, t.port AS port, t.transport AS transport,
       CAST(CASE WHEN EXISTS (SELECT 1 FROM parameters_parametervalue v
                               WHERE v.name = 'CSS for PSTN Access SIP Trunk' AND v.node = ''
                                 AND v.value = 'Use phone''s original device CSS')
                 THEN COALESCE(p.css_id, o.default_css_id, 0)
                 ELSE COALESCE(t.inbound_css_id, 0) END AS INTEGER) AS css
  FROM phones_phone p
  JOIN phones_devicepool o ON o.id = p.device_pool_id
  JOIN emcc_interclusterserviceprofile i ON i.pstn_access_active
  JOIN dialplan_trunk t ON t.id = i.pstn_trunk_id
  JOIN emcc_visit s ON s.phone_id = p.id AND s.began_at IS NOT NULL AND s.ended_at IS NULL
  JOIN emcc_remoteclusterservices r ON r.origin = s.origin AND r.pstn_access_enabled
 WHERE p.visitor > '';

-- Where a number is reached: first where its user is logged in now, then its home (RO-40). Of several clusters that
-- claim one number only the first that did is learned (RO-25); what is over the limit is not used (RO-6).
CREATE VIEW kamailio_route AS
SELECT p.number AS number, k.cluster AS cluster, k.origin AS origin, k.host AS host, k.port AS port,
       k.tls_port AS tls_port, k.is_own AS is_here, 1 AS rank
  FROM clusters_place p
  JOIN clusters_cluster c ON c.id = p.cluster_id
  JOIN kamailio_cluster k ON k.origin = c.origin
UNION ALL
SELECT r.key, c.name, c.origin, c.host, c.sip_port, c.sip_tls_port, CASE WHEN c.is_own THEN 1 ELSE 0 END, 2
  FROM clusters_record r
  JOIN clusters_cluster c ON c.id = r.cluster_id
 WHERE r.kind = 'number' AND r.payload IS NOT NULL AND r.used AND c.is_member
   AND NOT EXISTS (
     SELECT 1 FROM clusters_record o JOIN clusters_cluster oc ON oc.id = o.cluster_id
      WHERE o.kind = 'number' AND o.key = r.key AND o.payload IS NOT NULL AND oc.is_member
        AND (o.stamp < r.stamp OR (o.stamp = r.stamp AND oc.origin < c.origin)));

-- The spaces that reach anything.
CREATE VIEW kamailio_space AS
SELECT CAST(c.css_id AS INTEGER) AS css FROM dialplan_callingsearchspacemember c;

-- What clusters authenticate calls to each other with (RO-40); no row while this cluster is in no network.
CREATE VIEW kamailio_cluster_secret AS
SELECT r.call_ha1 AS ha1, CASE r.accepted_ha1s WHEN '' THEN r.call_ha1 ELSE r.accepted_ha1s END AS accepted,
       c.origin AS own,
       CAST(COALESCE((SELECT v.value FROM parameters_parametervalue v
                       WHERE v.name = 'Inter-cluster call timeout' AND v.node = ''), '4') AS INTEGER) AS wait
  FROM roaming_roamingsettings r, kamailio_cluster c
 WHERE c.is_own = 1 AND r.call_ha1 <> '';

-- Numbers that stand here for users of other clusters.
CREATE VIEW kamailio_foreign_number AS
SELECT r.number_id AS number_id FROM roaming_replicanumber r;

CREATE VIEW kamailio_route_pattern AS
SELECT l.like_pattern AS like_pattern, l.symbols AS symbols, l.specificity AS specificity,
       c.name AS cluster, c.origin AS origin, c.host AS host, c.sip_port AS port, c.sip_tls_port AS tls_port
  FROM clusters_learnedpattern l
  JOIN clusters_cluster c ON c.id = l.cluster_id
 WHERE c.is_member;
