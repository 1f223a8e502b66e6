-- What each call and registration asks, on PostgreSQL: the same questions as in kamailio/database.cfg. PostgreSQL plans
-- a question of Kamailio's anew each time, which costs ten times what answering does; of a function it keeps the plan.

CREATE FUNCTION kamailio_trunk_at(source text, source_port integer)
RETURNS TABLE (name text, css bigint)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT t.name::text, COALESCE(t.inbound_css_id, 0)
    FROM dialplan_trunk t
   WHERE t.host IN (source, '[' || source || ']') AND (t.port = source_port OR t.transport <> 'udp')
   ORDER BY t.name
   LIMIT 1;
END
$$;

CREATE FUNCTION kamailio_registrant(asked_device text)
RETURNS TABLE (name text, ha1 text, version bigint, model bigint)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT p.name::text, p.ha1::text, p.configuration_version, p.model_id
    FROM phones_phone p
   WHERE p.folded_name = asked_device;
END
$$;

CREATE FUNCTION kamailio_right(asked_device text, asked_line text)
RETURNS TABLE (name text, ha1 text, device_css bigint, line_css bigint, display_name text, mask text, watched bigint)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT p.name::text, p.ha1::text, COALESCE(p.css_id, o.default_css_id, 0), COALESCE(l.css_id, 0),
         l.display_name::text, l.external_mask::text,
         CASE WHEN EXISTS (SELECT 1 FROM phones_button b WHERE b.kind = 'blf' AND b.number = asked_line)
              THEN n.id ELSE 0 END
    FROM phones_phone p
    JOIN phones_phonemodel m ON m.id = p.model_id
    JOIN phones_devicepool o ON o.id = p.device_pool_id
    JOIN phones_line l ON l.profile_id = p.current_profile_id
    JOIN dialplan_directorynumber n ON n.id = l.directory_number_id
   WHERE p.folded_name = asked_device AND n.pattern = asked_line AND l."index" <= m.max_lines
     AND (NOT l.is_intercom OR l.default_phone_id = p.id)
   LIMIT 1;
END
$$;

CREATE FUNCTION kamailio_called(asked_number text, line_space bigint, device_space bigint)
RETURNS TABLE (number_id bigint, traits integer)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT n.id,
         CASE WHEN EXISTS (SELECT 1 FROM dialplan_compiledpattern k
                            WHERE k.lead = SUBSTR(asked_number, 1, 6) AND k.like_pattern = asked_number)
              THEN 1 ELSE 0 END
         + CASE WHEN EXISTS (SELECT 1 FROM phones_line l JOIN phones_forward f ON f.line_id = l.id
                              WHERE l.directory_number_id = n.id)
                THEN 2 ELSE 0 END
         + CASE WHEN EXISTS (SELECT 1 FROM phones_line l
                               JOIN features_managersettings t ON t.profile_id = l.profile_id
                              WHERE l.directory_number_id = n.id AND (t.divert_all OR t.filter_on))
                THEN 4 ELSE 0 END
         + CASE WHEN EXISTS (SELECT 1 FROM clusters_place q WHERE q.number = asked_number)
                  OR EXISTS (SELECT 1 FROM roaming_replicanumber r WHERE r.number_id = n.id)
                THEN 8 ELSE 0 END
         + CASE WHEN EXISTS (SELECT 1 FROM phones_button b WHERE b.kind = 'blf' AND b.number = asked_number)
                THEN 16 ELSE 0 END
    FROM dialplan_callingsearchspacemember c
    JOIN dialplan_directorynumber n ON n.partition_id = c.partition_id
   WHERE n.pattern = asked_number AND c.css_id IN (line_space, device_space)
   ORDER BY CASE c.css_id WHEN line_space THEN 0 ELSE 1 END, c.position
   LIMIT 1;
END
$$;

CREATE FUNCTION kamailio_targets(asked_number_id bigint)
RETURNS TABLE (name text, flags integer)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT p.name::text,
         CASE WHEN m.registers_once THEN 1 ELSE 0 END + CASE WHEN l.is_intercom THEN 2 ELSE 0 END
         + CASE WHEN f.dnd_enabled AND f.dnd_option = 'reject' THEN 4 ELSE 0 END
         + CASE WHEN f.ignore_presentation THEN 8 ELSE 0 END
    FROM phones_line l
    JOIN phones_deviceprofile f ON f.id = l.profile_id
    JOIN phones_phone p ON p.current_profile_id = l.profile_id
    JOIN phones_phonemodel m ON m.id = p.model_id
   WHERE l.directory_number_id = asked_number_id AND l."index" <= m.max_lines
     AND (NOT l.is_intercom OR l.default_phone_id = p.id)
   LIMIT 29;
END
$$;
