"""What is in the audit log stays there: the database itself refuses to change or delete a line of it.

So it does where no trigger for deletion would fire: when PostgreSQL empties a table, and when SQLite replaces a row.
"""

from django.db import migrations

TABLE = "catalog_auditentry"
REFUSAL = "The audit log is never changed."

POSTGRESQL = [
    f"CREATE FUNCTION {TABLE}_stays() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
    f"CREATE TRIGGER {TABLE}_stays BEFORE UPDATE OR DELETE ON {TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_stays()",
    f"CREATE TRIGGER {TABLE}_stays_whole BEFORE TRUNCATE ON {TABLE} EXECUTE FUNCTION {TABLE}_stays()",
]
SQLITE = [
    f"CREATE TRIGGER {TABLE}_no_{act} BEFORE {act} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for act in ("update", "delete")
] + [
    f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} "
    f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
]
AND_BACK = {
    "postgresql": [
        *(f"DROP TRIGGER {TABLE}_{name} ON {TABLE}" for name in ("stays", "stays_whole")),
        f"DROP FUNCTION {TABLE}_stays()",
    ],
    "sqlite": [f"DROP TRIGGER {TABLE}_no_{act}" for act in ("update", "delete", "replace")],
}


def protect(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in {"postgresql": POSTGRESQL, "sqlite": SQLITE}[vendor]:
        schema_editor.execute(statement)


def unprotect(apps, schema_editor):
    for statement in AND_BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_the_desk")]
    operations = [migrations.RunPython(protect, unprotect)]
