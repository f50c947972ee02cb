"""The groups of editors and data managers. Going back leaves them, with the people who are in them."""

from django.db import migrations

from catalog.roles import create_groups


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0006_audit_log_stays"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(lambda apps, _: create_groups(apps), migrations.RunPython.noop)]
