"""The triggers of the audit log outlive what a migration does to its table."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from catalog import audit_triggers
from catalog.models import AuditEntry
from tests.databases import let_the_audit_log_be_emptied

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def protected() -> Iterator[None]:
    """The tests' database as a real one is, as long as the test lasts."""
    audit_triggers.protect(connection)
    yield
    audit_triggers.protect(connection)
    let_the_audit_log_be_emptied()


def triggers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(audit_triggers.THERE[connection.vendor], [audit_triggers.TABLE])
        return {name for (name,) in cursor.fetchall()}


def every_trigger() -> set[str]:
    return set(audit_triggers.TRIGGERS[connection.vendor])


def make_table_anew() -> None:
    """As Django changes a column on SQLite; PostgreSQL changes it where it is."""
    if connection.vendor == "sqlite":
        with connection.schema_editor() as editor:
            editor._remake_table(AuditEntry)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER catalog_auditentry_stays ON catalog_auditentry")


def test_a_table_that_a_migration_made_anew_is_protected_again():
    AuditEntry.objects.record("loaded", by="mary")
    assert triggers() == every_trigger()
    make_table_anew()
    assert triggers() < every_trigger()
    call_command("migrate", verbosity=0)
    assert triggers() == every_trigger()
    with pytest.raises(DatabaseError, match=audit_triggers.REFUSAL):
        AuditEntry.objects.update(by="paul")
    with pytest.raises(DatabaseError, match=audit_triggers.REFUSAL):
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.get().by == "mary"


def test_what_is_there_already_is_left_as_it_is():
    audit_triggers.protect(connection)
    assert triggers() == every_trigger()


def test_behind_its_migration_nothing_is_protected():
    audit_triggers.unprotect(connection)
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied(*audit_triggers.MIGRATION)
    audit_triggers.protect_again(using="default", plan=[])
    assert triggers() == set()
    recorder.record_applied(*audit_triggers.MIGRATION)
    audit_triggers.protect_again(using="default", plan=[])
    assert triggers() == every_trigger()
