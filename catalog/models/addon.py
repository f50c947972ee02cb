"""Add-on code edits: codes that are payable only beside one of their primaries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import Q

from catalog.models.release import Release, ReleaseFile

CONTRACTOR_DEFINED = "CCCCC"


class AddOnEditQuerySet(models.QuerySet):
    def of(self, release: Release | None) -> AddOnEditQuerySet:
        """The edits of one release; none of no release."""
        return self.filter(release=release) if release else self.none()

    def among(self, codes: Iterable[str]) -> AddOnEditQuerySet:
        """Edits whose add-on code is among these, whatever their primaries: a missing primary is found so."""
        return self.filter(add_on__in=sorted(set(codes)))

    def for_code(self, code: str) -> AddOnEditQuerySet:
        """Edits that name this code as add-on or as primary.

        Ask after ``of``: each half then finds code and release in its index.
        """
        return self.filter(add_on=code) | self.filter(primary=code)

    def effective_on(self, day: date) -> AddOnEditQuerySet:
        """Edits in force on that day, as ``catalog.edits.addon_in_force`` has it."""
        alive = Q()
        for field in ("deletion_date", "add_on_deletion_date", "primary_deletion_date"):
            alive &= Q(**{field: None}) | Q(**{f"{field}__gte": day})
        return self.filter(alive, effective_date__lte=day)


class AddOnEdit(models.Model):
    """One row of CMS's add-on code table: an add-on code and a primary, or the word that contractors list them."""

    class Type(models.TextChoices):
        NATIONAL = "1", "National list of primaries"
        CONTRACTOR = "2", "Contractors list the primaries"
        MIXED = "3", "National list, to which contractors may add"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="addon_edits", db_index=False)
    add_on = models.CharField("add-on code", max_length=5)
    primary = models.CharField("primary code", max_length=5, help_text="CCCCC where contractors define the list.")
    edit_type = models.CharField("type", max_length=1, choices=Type.choices)
    add_on_deletion_date = models.DateField(null=True, blank=True, help_text="Last day of the add-on code.")
    primary_deletion_date = models.DateField(null=True, blank=True, help_text="Last day of the primary code.")
    effective_date = models.DateField(help_text="First day in force.")
    deletion_date = models.DateField(null=True, blank=True, help_text="Last day in force; empty while it is open.")
    note = models.TextField(blank=True, help_text="Special instruction, as published.")
    file = models.ForeignKey(ReleaseFile, on_delete=models.CASCADE, related_name="+")
    line = models.PositiveIntegerField(help_text="Line in the file, or row in the sheet, counted from 1.")

    objects = AddOnEditQuerySet.as_manager()

    class Meta:
        verbose_name = "add-on edit"
        ordering = ["add_on", "primary", "effective_date"]
        indexes = [
            models.Index(fields=["release", "add_on", "primary"], name="addon_by_add_on"),
            models.Index(fields=["release", "primary", "add_on"], name="addon_by_primary"),
        ]

    def __str__(self) -> str:
        return f"{self.add_on} with {self.primary}"

    @property
    def is_contractor_defined(self) -> bool:
        return self.primary == CONTRACTOR_DEFINED
