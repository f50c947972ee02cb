"""Procedure-to-procedure edits: pairs of codes that are normally not paid together on one date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import F, Q

from catalog.models.release import Release, ReleaseFile


class RowIdField(models.BigAutoField):
    """A key that SQLite keeps as its row number. Without AUTOINCREMENT, millions of rows go in a tenth faster."""

    def db_type_suffix(self, connection: object) -> str | None:
        return None if connection.vendor == "sqlite" else super().db_type_suffix(connection)


class Rationale(models.Model):
    """A reason for an edit in the publisher's words, kept once for the hundred thousands of edits that give it."""

    text = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        return self.text


class PtpEditQuerySet(models.QuerySet):
    def of(self, release: Release | None) -> PtpEditQuerySet:
        """The edits of one release; none of no release."""
        return self.filter(release=release) if release else self.none()

    def among(self, codes: Iterable[str]) -> PtpEditQuerySet:
        """Edits both of whose codes are among these, in either order."""
        codes = sorted(set(codes))
        return self.filter(column_one__in=codes, column_two__in=codes)

    def for_pair(self, one: str, two: str) -> PtpEditQuerySet:
        """Every edit of these two codes, in either order, whenever it was in force.

        Asked as lists of both columns, as an index answers that; of the two orders joined by OR, SQLite reads on.
        """
        return self.among((one, two)).exclude(column_one=F("column_two"))

    def for_code(self, code: str) -> PtpEditQuerySet:
        """Edits that name this code in either column.

        Ask after ``of``: each half then finds code and release in its index.
        """
        return self.filter(column_one=code) | self.filter(column_two=code)

    def effective_on(self, day: date) -> PtpEditQuerySet:
        """Edits in force on that day. The deletion date counts as in force; indicator 9 never is."""
        in_time = Q(effective_date__lte=day) & (Q(deletion_date=None) | Q(deletion_date__gte=day))
        return self.filter(in_time).exclude(modifier_indicator=PtpEdit.Indicator.NOT_APPLICABLE)


class PtpEdit(models.Model):
    """One row of CMS's PTP table of one setting.

    On PostgreSQL the table is partitioned by release, so that a release is written and indexed beside the others
    and dropped whole. No key constraints: they would be checked for millions of rows that only an import writes.
    """

    class Indicator(models.TextChoices):
        NOT_ALLOWED = "0", "No modifier bypasses it"
        ALLOWED = "1", "A modifier may bypass it"
        NOT_APPLICABLE = "9", "Withdrawn from its start"

    id = RowIdField(primary_key=True)
    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, related_name="ptp_edits", db_constraint=False, db_index=False
    )
    column_one = models.CharField(max_length=5, help_text="The code that may be paid.")
    column_two = models.CharField(max_length=5, help_text="The code that is denied beside it.")
    prior_to_1996 = models.BooleanField(
        help_text="In existence before 1996, as published; nothing follows from it."
    )
    effective_date = models.DateField(help_text="First day in force.")
    deletion_date = models.DateField(null=True, blank=True, help_text="Last day in force; empty while it is open.")
    modifier_indicator = models.CharField(max_length=1, choices=Indicator.choices)
    rationale = models.ForeignKey(
        Rationale, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    file = models.ForeignKey(
        ReleaseFile, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    line = models.PositiveIntegerField(help_text="Line in the file, or row in the sheet, counted from 1.")

    objects = PtpEditQuerySet.as_manager()

    class Meta:
        verbose_name = "PTP edit"
        indexes = [
            models.Index(fields=["release", "column_one", "column_two"], name="ptp_by_column_one"),
            models.Index(fields=["release", "column_two", "column_one"], name="ptp_by_column_two"),
        ]

    def __str__(self) -> str:
        return f"{self.column_one} and {self.column_two}, from {self.effective_date}"

    @property
    def is_open(self) -> bool:
        """Whether no end was published."""
        return self.deletion_date is None
