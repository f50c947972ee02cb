"""The triggers by which the database itself refuses to change or delete a line of the audit log.

So it does where no trigger for deletion would fire: when PostgreSQL empties a table, and when SQLite replaces a
row. Where a migration makes the table anew, as Django does on SQLite to change a column, its triggers go with the
old one: so ``migrate`` looks after them at its end.
"""

from __future__ import annotations

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

TABLE = "catalog_auditentry"
REFUSAL = "The audit log is never changed."
MIGRATION = ("catalog", "0006_audit_log_stays")

FUNCTION = (
    f"CREATE OR REPLACE FUNCTION {TABLE}_stays() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
)
TRIGGERS = {
    "postgresql": {
        f"{TABLE}_stays": f"BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {TABLE}_stays()",
        f"{TABLE}_stays_whole": f"BEFORE TRUNCATE ON {TABLE} EXECUTE FUNCTION {TABLE}_stays()",
    },
    "sqlite": {
        f"{TABLE}_no_{name}": f"BEFORE {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for name, when in (
            ("update", f"UPDATE ON {TABLE}"),
            ("delete", f"DELETE ON {TABLE}"),
            ("replace", f"INSERT ON {TABLE} WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)"),  # noqa: S608
        )
    },
}
THERE = {
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = %s::regclass",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
}


def protect(connection: BaseDatabaseWrapper) -> None:
    """Create those of the triggers that are not there."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        cursor.execute(THERE[vendor], [TABLE])
        there = {name for (name,) in cursor.fetchall()}
        missing = {name: when for name, when in TRIGGERS[vendor].items() if name not in there}
        if missing and vendor == "postgresql":
            cursor.execute(FUNCTION)
        for name, when in missing.items():
            cursor.execute(f"CREATE TRIGGER {name} {when}")


def unprotect(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers, as for going back behind the migration that creates them."""
    of_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in TRIGGERS[connection.vendor]:
            cursor.execute(f"DROP TRIGGER {name}{of_table}")
        if of_table:
            cursor.execute(f"DROP FUNCTION {TABLE}_stays()")


def protect_again(*, using: str, **sent: object) -> None:
    """A receiver of ``post_migrate``, which ``flush`` sends as well, but without a plan."""
    connection = connections[using]
    if "plan" in sent and MIGRATION in MigrationRecorder(connection).applied_migrations():
        protect(connection)
