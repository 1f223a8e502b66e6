"""The database itself refuses to change or delete audit entries, but for days named in ledger_auditpurge (EM-46)."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON ledger_auditentry
       BEGIN SELECT RAISE(ABORT, 'the audit trail cannot be changed'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON ledger_auditentry
       WHEN NOT EXISTS (SELECT 1 FROM ledger_auditpurge p WHERE p.day = substr(OLD.at, 1, 10))
       BEGIN SELECT RAISE(ABORT, 'the audit trail cannot be deleted'); END""",
    # INSERT OR REPLACE deletes without asking the triggers for deletions.
    """CREATE TRIGGER audit_no_replace BEFORE INSERT ON ledger_auditentry
       WHEN EXISTS (SELECT 1 FROM ledger_auditentry e WHERE e.id = NEW.id)
       BEGIN SELECT RAISE(ABORT, 'the audit trail cannot be changed'); END""",
]
SQLITE_BACK = ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete", "DROP TRIGGER audit_no_replace"]

POSTGRESQL = [
    """CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'DELETE' AND EXISTS (
           SELECT 1 FROM ledger_auditpurge p WHERE p.day = (OLD.at AT TIME ZONE 'UTC')::date
         ) THEN RETURN OLD; END IF;
         RAISE EXCEPTION 'the audit trail cannot be changed or deleted';
       END $$""",
    """CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON ledger_auditentry
       FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()""",
    """CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON ledger_auditentry
       FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()""",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER audit_append_only ON ledger_auditentry",
    "DROP TRIGGER audit_no_truncate ON ledger_auditentry",
    "DROP FUNCTION audit_is_append_only()",
]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
