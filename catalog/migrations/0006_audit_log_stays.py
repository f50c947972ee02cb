"""What is in the audit log stays there: the database itself refuses to change or delete a line of it."""

from django.db import migrations

from catalog import audit_triggers


def protect(apps, schema_editor):
    audit_triggers.protect(schema_editor.connection)


def unprotect(apps, schema_editor):
    audit_triggers.unprotect(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_the_desk")]
    operations = [migrations.RunPython(protect, unprotect)]
