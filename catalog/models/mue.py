"""Medically unlikely edits: the most units of one code that one provider reports for one patient on one date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models

from catalog.models.release import Release, ReleaseFile, quarter_of


class MueQuerySet(models.QuerySet):
    def of(self, release: Release | None) -> MueQuerySet:
        """The values of one release; none of no release."""
        return self.filter(release=release) if release else self.none()

    def effective_on(self, day: date) -> MueQuerySet:
        """The values of the quarter that the day lies in: they answer for no other."""
        return self.filter(release__quarter=quarter_of(day))

    def among(self, codes: Iterable[str]) -> MueQuerySet:
        return self.filter(code__in=sorted(set(codes)))

    def for_code(self, code: str) -> MueQuerySet:
        return self.filter(code=code)


class Mue(models.Model):
    """One row of CMS's MUE table of one setting and quarter. Rows have no dates: they hold for their quarter."""

    class AdjudicationIndicator(models.TextChoices):
        LINE = "1", "Line edit"
        DAY_POLICY = "2", "Date of service edit: policy"
        DAY_CLINICAL = "3", "Date of service edit: clinical"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="mues", db_index=False)
    code = models.CharField(max_length=5)
    mue_value = models.PositiveIntegerField("MUE value", help_text="Units. 0 is not payable in this setting.")
    adjudication_indicator = models.CharField("MAI", max_length=1, choices=AdjudicationIndicator.choices)
    rationale = models.CharField(max_length=255, help_text="As published.")
    file = models.ForeignKey(ReleaseFile, on_delete=models.CASCADE, related_name="+")
    line = models.PositiveIntegerField(help_text="Line in the file, or row in the sheet, counted from 1.")

    objects = MueQuerySet.as_manager()

    class Meta:
        verbose_name = "MUE"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["release", "code"], name="one_mue_per_code")]

    def __str__(self) -> str:
        return f"{self.code}: {self.mue_value} units"
