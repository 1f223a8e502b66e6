-- On SQLite: which numbers may have what few numbers have, so that a call asks one small table instead of nine. SQLite
-- prepares each question of Kamailio's anew, and every table in it costs as much as the whole answer does.
--
-- A trait that stands here may be gone: then the call asks in vain. None is ever missing: triggers note it in the
-- transaction that makes it, whoever writes. All are noted anew after migrations.

-- "traits" is a sum: 1 rival, 2 forwards, 4 diverts, 8 roams, 16 watched; kamailio/database.cfg reads it.
CREATE TABLE kamailio_trait (
  number TEXT NOT NULL PRIMARY KEY,
  traits INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- To note a trait: INSERT INTO kamailio_note VALUES (number, trait). Only what is not there yet is inserted, because in a
-- trigger SQLite would resolve a conflict as the outer statement says, and OR REPLACE would take all others away.
CREATE VIEW kamailio_note AS
SELECT number, '' AS trait FROM kamailio_trait;

CREATE TRIGGER kamailio_noted INSTEAD OF INSERT ON kamailio_note BEGIN
  INSERT INTO kamailio_trait (number)
    SELECT NEW.number WHERE NEW.number NOT IN (SELECT number FROM kamailio_trait);
  UPDATE kamailio_trait
     SET traits = traits | CASE NEW.trait WHEN 'rival' THEN 1 WHEN 'forwards' THEN 2 WHEN 'diverts' THEN 4
                           WHEN 'roams' THEN 8 WHEN 'watched' THEN 16 END
   WHERE number = NEW.number;
END;

-- A pattern of these very digits is closer than the number where their specificities say so.
CREATE TRIGGER kamailio_rival_new AFTER INSERT ON dialplan_compiledpattern
WHEN NEW.lead = SUBSTR(NEW.like_pattern, 1, 6) BEGIN
  INSERT INTO kamailio_note VALUES (NEW.like_pattern, 'rival');
END;

CREATE TRIGGER kamailio_rival_changed AFTER UPDATE OF lead, like_pattern ON dialplan_compiledpattern
WHEN NEW.lead = SUBSTR(NEW.like_pattern, 1, 6) BEGIN
  INSERT INTO kamailio_note VALUES (NEW.like_pattern, 'rival');
END;

CREATE TRIGGER kamailio_forward_new AFTER INSERT ON phones_forward BEGIN
  INSERT INTO kamailio_note SELECT n.pattern, 'forwards'
    FROM phones_line l JOIN dialplan_directorynumber n ON n.id = l.directory_number_id
   WHERE l.id = NEW.line_id;
END;

CREATE TRIGGER kamailio_forward_moved AFTER UPDATE OF line_id ON phones_forward BEGIN
  INSERT INTO kamailio_note SELECT n.pattern, 'forwards'
    FROM phones_line l JOIN dialplan_directorynumber n ON n.id = l.directory_number_id
   WHERE l.id = NEW.line_id;
END;

CREATE TRIGGER kamailio_diversion_new AFTER INSERT ON features_managersettings
WHEN NEW.divert_all OR NEW.filter_on BEGIN
  INSERT INTO kamailio_note SELECT n.pattern, 'diverts'
    FROM phones_line l JOIN dialplan_directorynumber n ON n.id = l.directory_number_id
   WHERE l.profile_id = NEW.profile_id;
END;

CREATE TRIGGER kamailio_diversion_changed AFTER UPDATE ON features_managersettings
WHEN NEW.divert_all OR NEW.filter_on BEGIN
  INSERT INTO kamailio_note SELECT n.pattern, 'diverts'
    FROM phones_line l JOIN dialplan_directorynumber n ON n.id = l.directory_number_id
   WHERE l.profile_id = NEW.profile_id;
END;

-- A line that comes to a profile that diverts, or to another number, brings along what it has.
CREATE TRIGGER kamailio_line_new AFTER INSERT ON phones_line BEGIN
  INSERT INTO kamailio_note SELECT n.pattern, 'forwards' FROM dialplan_directorynumber n
   WHERE n.id = NEW.directory_number_id AND EXISTS (SELECT 1 FROM phones_forward f WHERE f.line_id = NEW.id);
  INSERT INTO kamailio_note SELECT n.pattern, 'diverts' FROM dialplan_directorynumber n
   WHERE n.id = NEW.directory_number_id
     AND EXISTS (SELECT 1 FROM features_managersettings t
                  WHERE t.profile_id = NEW.profile_id AND (t.divert_all OR t.filter_on));
END;

CREATE TRIGGER kamailio_line_moved AFTER UPDATE OF profile_id, directory_number_id ON phones_line BEGIN
  INSERT INTO kamailio_note SELECT n.pattern, 'forwards' FROM dialplan_directorynumber n
   WHERE n.id = NEW.directory_number_id AND EXISTS (SELECT 1 FROM phones_forward f WHERE f.line_id = NEW.id);
  INSERT INTO kamailio_note SELECT n.pattern, 'diverts' FROM dialplan_directorynumber n
   WHERE n.id = NEW.directory_number_id
     AND EXISTS (SELECT 1 FROM features_managersettings t
                  WHERE t.profile_id = NEW.profile_id AND (t.divert_all OR t.filter_on));
END;

CREATE TRIGGER kamailio_place_new AFTER INSERT ON clusters_place BEGIN
  INSERT INTO kamailio_note VALUES (NEW.number, 'roams');
END;

CREATE TRIGGER kamailio_place_changed AFTER UPDATE OF number ON clusters_place BEGIN
  INSERT INTO kamailio_note VALUES (NEW.number, 'roams');
END;

CREATE TRIGGER kamailio_replica_new AFTER INSERT ON roaming_replicanumber BEGIN
  INSERT INTO kamailio_note SELECT n.pattern, 'roams' FROM dialplan_directorynumber n WHERE n.id = NEW.number_id;
END;

CREATE TRIGGER kamailio_replica_changed AFTER UPDATE OF number_id ON roaming_replicanumber BEGIN
  INSERT INTO kamailio_note SELECT n.pattern, 'roams' FROM dialplan_directorynumber n WHERE n.id = NEW.number_id;
END;

CREATE TRIGGER kamailio_lamp_new AFTER INSERT ON phones_button WHEN NEW.kind = 'blf' BEGIN
  INSERT INTO kamailio_note VALUES (NEW.number, 'watched');
END;

CREATE TRIGGER kamailio_lamp_changed AFTER UPDATE OF kind, number ON phones_button WHEN NEW.kind = 'blf' BEGIN
  INSERT INTO kamailio_note VALUES (NEW.number, 'watched');
END;

-- A number that is written otherwise keeps its lines, and so what they may have.
CREATE TRIGGER kamailio_number_changed AFTER UPDATE OF pattern ON dialplan_directorynumber
WHEN NEW.pattern <> OLD.pattern BEGIN
  INSERT INTO kamailio_note VALUES (NEW.pattern, 'forwards'), (NEW.pattern, 'diverts'), (NEW.pattern, 'roams');
END;

-- What was read back from a file may have its lines before its numbers.
CREATE TRIGGER kamailio_number_new AFTER INSERT ON dialplan_directorynumber
WHEN EXISTS (SELECT 1 FROM phones_line l WHERE l.directory_number_id = NEW.id) BEGIN
  INSERT INTO kamailio_note VALUES (NEW.pattern, 'forwards'), (NEW.pattern, 'diverts'), (NEW.pattern, 'roams');
END;

-- What there is already.
INSERT INTO kamailio_note
SELECT k.like_pattern, 'rival' FROM dialplan_compiledpattern k WHERE k.lead = SUBSTR(k.like_pattern, 1, 6)
UNION ALL
SELECT n.pattern, 'forwards' FROM phones_forward f
  JOIN phones_line l ON l.id = f.line_id
  JOIN dialplan_directorynumber n ON n.id = l.directory_number_id
UNION ALL
SELECT n.pattern, 'diverts' FROM features_managersettings t
  JOIN phones_line l ON l.profile_id = t.profile_id
  JOIN dialplan_directorynumber n ON n.id = l.directory_number_id
 WHERE t.divert_all OR t.filter_on
UNION ALL
SELECT q.number, 'roams' FROM clusters_place q
UNION ALL
SELECT n.pattern, 'roams' FROM roaming_replicanumber r JOIN dialplan_directorynumber n ON n.id = r.number_id
UNION ALL
SELECT b.number, 'watched' FROM phones_button b WHERE b.kind = 'blf';
