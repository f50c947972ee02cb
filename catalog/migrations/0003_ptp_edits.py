"""The table of PTP edits: one table on SQLite, partitioned by release on PostgreSQL."""

import django.db.models.deletion
from django.db import migrations, models

import catalog.models.ptp

# As Django would make it, but for the partitions and the key, which must name the partition and is never asked for.
# The default partition takes rows of releases that have no partition of their own: the starter set's.
PARTITIONED = """
CREATE SEQUENCE catalog_ptpedit_id_seq;
CREATE TABLE catalog_ptpedit (
    id bigint NOT NULL DEFAULT nextval('catalog_ptpedit_id_seq'),
    release_id bigint NOT NULL,
    column_one varchar(5) NOT NULL,
    column_two varchar(5) NOT NULL,
    prior_to_1996 boolean NOT NULL,
    effective_date date NOT NULL,
    deletion_date date NULL,
    modifier_indicator varchar(1) NOT NULL,
    rationale_id bigint NOT NULL,
    file_id bigint NOT NULL,
    line integer NOT NULL CHECK (line >= 0)
) PARTITION BY LIST (release_id);
ALTER SEQUENCE catalog_ptpedit_id_seq OWNED BY catalog_ptpedit.id;
CREATE INDEX ptp_by_column_one ON catalog_ptpedit (release_id, column_one, column_two);
CREATE INDEX ptp_by_column_two ON catalog_ptpedit (release_id, column_two, column_one);
CREATE TABLE catalog_ptpedit_other PARTITION OF catalog_ptpedit DEFAULT;
"""


class CreatePartitioned(migrations.CreateModel):
    """The model as Django makes it, and on PostgreSQL the table above for it."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(PARTITIONED)
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_ncci_edits")]

    operations = [
        CreatePartitioned(
            name="PtpEdit",
            fields=[
                ("id", catalog.models.ptp.RowIdField(primary_key=True, serialize=False)),
                (
                    "release",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ptp_edits",
                        to="catalog.release",
                    ),
                ),
                ("column_one", models.CharField(help_text="The code that may be paid.", max_length=5)),
                ("column_two", models.CharField(help_text="The code that is denied beside it.", max_length=5)),
                (
                    "prior_to_1996",
                    models.BooleanField(
                        help_text="In existence before 1996, as published; nothing follows from it."
                    ),
                ),
                ("effective_date", models.DateField(help_text="First day in force.")),
                (
                    "deletion_date",
                    models.DateField(
                        blank=True, help_text="Last day in force; empty while it is open.", null=True
                    ),
                ),
                (
                    "modifier_indicator",
                    models.CharField(
                        choices=[
                            ("0", "No modifier bypasses it"),
                            ("1", "A modifier may bypass it"),
                            ("9", "Withdrawn from its start"),
                        ],
                        max_length=1,
                    ),
                ),
                (
                    "rationale",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.rationale",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.releasefile",
                    ),
                ),
                (
                    "line",
                    models.PositiveIntegerField(
                        help_text="Line in the file, or row in the sheet, counted from 1."
                    ),
                ),
            ],
            options={
                "verbose_name": "PTP edit",
                "indexes": [
                    models.Index(fields=["release", "column_one", "column_two"], name="ptp_by_column_one"),
                    models.Index(fields=["release", "column_two", "column_one"], name="ptp_by_column_two"),
                ],
            },
        ),
    ]
