"""What editors add to the publishers' rows: synonyms, notes, and pairs whose answer is known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from catalog import codes
from catalog.edits import FIRST_DAY, PtpRow, Standing, pair_answer
from catalog.models.release import Setting


class Synonym(models.Model):
    """Words people type, and what they mean: other words, or one code."""

    term = models.CharField(max_length=80, help_text="What people type, in lower case.")
    means = models.CharField(max_length=120, blank=True, help_text="The words to search for as well.")
    code = models.CharField(max_length=5, blank=True, help_text="The code it names.")
    note = models.CharField(max_length=200, blank=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["term", "code", "means"]
        constraints = [
            models.UniqueConstraint(fields=["term", "means", "code"], name="one_row_per_meaning"),
            models.CheckConstraint(
                condition=Q(means="") ^ Q(code=""),
                name="means_words_or_a_code",
                violation_error_message="Give either the words it means or the code it names, not both.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term}: {self.code or self.means}"

    def clean(self) -> None:
        self.term = " ".join(self.term.lower().split())
        self.code = self.code.strip().upper()
        if self.code and codes.kind_of(self.code) is None:
            raise ValidationError({"code": f"“{self.code}” does not have the shape of a code."})


class CodeNote(models.Model):
    """An editor's remark on a code, of either level."""

    code = models.CharField(max_length=5, db_index=True)
    text = models.TextField()
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return f"{self.code}: {self.text[:40]}"

    def clean(self) -> None:
        self.code = self.code.strip().upper()
        if codes.kind_of(self.code) is None:
            raise ValidationError({"code": f"“{self.code}” does not have the shape of a code."})


class GoldenPair(models.Model):
    """A pair of codes whose answer on one day is known. A PTP release that answers otherwise is not loaded."""

    class Expected(models.TextChoices):
        NOT_ALLOWED = "indicator_0", "Edit in force, no modifier bypasses it (indicator 0)"
        ALLOWED = "indicator_1", "Edit in force, a modifier may bypass it (indicator 1)"
        DELETED = Standing.DELETED, "Edit ended before that day"
        NOT_YET_EFFECTIVE = Standing.NOT_YET_EFFECTIVE, "Edit starts after that day"
        VOID = Standing.VOID, "Edit withdrawn from its start"
        NONE = Standing.NONE, "No edit on file"

    FARTHEST = timedelta(days=366)  # ahead: CMS posts a release a few weeks before its quarter

    # Only these two have a PTP table for Medicare.
    SETTINGS = [(one.value, one.label) for one in (Setting.PRACTITIONER, Setting.OUTPATIENT_HOSPITAL)]

    setting = models.CharField(max_length=32, choices=SETTINGS)
    column_one = models.CharField(max_length=5)
    column_two = models.CharField(max_length=5)
    day = models.DateField("date of service", help_text="Releases whose quarter ends before it are not checked.")
    expected = models.CharField(max_length=24, choices=Expected.choices)
    source = models.CharField(max_length=200, help_text="Where the answer is published.")
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["setting", "column_one", "column_two", "day"]
        constraints = [
            models.UniqueConstraint(
                fields=["setting", "column_one", "column_two", "day"],
                name="one_answer_per_pair_and_day",
                violation_error_message="There is an answer for this pair and day already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.column_one} and {self.column_two}, {self.get_setting_display().lower()}, on {self.day}"

    def clean(self) -> None:
        for field in ("column_one", "column_two"):
            code = getattr(self, field).strip().upper()
            setattr(self, field, code)
            if codes.kind_of(code) is None:
                raise ValidationError({field: f"“{code}” does not have the shape of a code."})
        if self.column_one == self.column_two:
            raise ValidationError({"column_two": "A pair has two different codes."})
        if self.day and self.day < FIRST_DAY:
            raise ValidationError({"day": "NCCI began on Jan 1, 1996: no edit is older."})
        if self.day and self.day > timezone.localdate() + self.FARTHEST:
            raise ValidationError({"day": "No release answers for a date that far ahead. Is the year right?"})

    def validate_constraints(self, exclude: Iterable[str] | None = None) -> None:
        """A pair has one answer on a day, in whichever order its codes are given."""
        super().validate_constraints(exclude)
        turned = {"column_one": self.column_two, "column_two": self.column_one}
        others = GoldenPair.objects.filter(**turned, setting=self.setting, day=self.day).exclude(pk=self.pk)
        if self.day and others.exists():
            raise ValidationError("There is an answer for this pair and day already, in the other order.")

    def answered_otherwise(self, rows: Iterable[PtpRow]) -> str:
        """What the rows of the pair, in both orders, say instead of what is expected; nothing where they agree."""
        found = pair_answer(rows, self.day)
        applies = found.standing == Standing.APPLIES
        answer = f"indicator_{found.row.modifier_indicator}" if applies else str(found.standing)
        is_reversed = applies and found.row.column_one != self.column_one
        if answer == self.expected and not is_reversed:
            return ""
        return self.Expected(answer).label + (", in the other order" if is_reversed else "")
