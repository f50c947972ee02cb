"""Levels and sections: our own tree of ranges, titles and texts. Editors own every row."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from catalog import codes


class Level(models.Model):
    number = models.PositiveSmallIntegerField(primary_key=True)
    name = models.CharField(max_length=16)
    title = models.CharField(max_length=40)
    maintainer = models.CharField(max_length=120)
    shape = models.CharField(max_length=160, help_text="What its codes look like, in words.")
    description = models.TextField()
    who_bills = models.CharField(max_length=200, blank=True)
    started = models.CharField(max_length=80, blank=True)
    ended = models.DateField(null=True, blank=True, help_text="The last day its codes were valid.")
    sources = models.JSONField(default=list, blank=True, help_text="The authorities the texts rest on.")
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.name}, {self.title}"


class Section(models.Model):
    """A named stretch of the code space. Being inside a range does not make a code exist."""

    class Mark(models.TextChoices):
        VERIFIED = "V", "Verified in an authoritative text or file"
        SECONDARY = "S", "From a secondary source"
        INFERRED = "I", "Inferred from patterns in official data"
        GENERAL = "G", "General knowledge, not checked"

    slug = models.SlugField(max_length=64, unique=True)
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="sections")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    title = models.CharField(max_length=120)
    short_title = models.CharField(max_length=40, help_text="For breadcrumbs and result rows.")
    map_title = models.CharField(max_length=20, blank=True, help_text="For its block on the map of codes.")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.label) for kind in codes.Kind])
    maintainer = models.CharField(max_length=80)
    who_bills = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    draft = models.TextField(
        "draft of the description", blank=True, help_text="Seen by editors only, until it is published."
    )
    draft_by = models.CharField(max_length=150, blank=True, editable=False)
    draft_at = models.DateTimeField(null=True, blank=True, editable=False)
    note = models.TextField(blank=True, help_text="A trap or a piece of history worth a line of its own.")
    mark = models.CharField(max_length=1, choices=Mark.choices, default=Mark.GENERAL)
    closed = models.BooleanField(default=False, help_text="A series that takes no new codes.")
    sort = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["level", "sort", "slug"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("section", args=[self.slug])


class SectionRange(models.Model):
    """An inclusive stretch of one number line: ``J0120`` to ``J3591``."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="ranges")
    low = models.CharField(max_length=5)
    high = models.CharField(max_length=5)

    history = HistoricalRecords()

    class Meta:
        ordering = ["low", "high"]
        constraints = [models.UniqueConstraint(fields=["low", "high"], name="one_section_per_range")]

    def __str__(self) -> str:
        return self.low if self.low == self.high else f"{self.low}–{self.high}"

    def clean(self) -> None:
        """Refuse ends that are not codes, lie on different number lines, or are reversed."""
        for field in ("low", "high"):
            value = getattr(self, field).strip().upper()
            setattr(self, field, value)
            if codes.kind_of(value) is None:
                raise ValidationError({field: f"“{value}” does not have the shape of a code."})
        if codes.series(self.low) != codes.series(self.high):
            raise ValidationError(f"{self.low} and {self.high} are on different number lines.")
        if codes.number(self.low) > codes.number(self.high):
            raise ValidationError(f"The range is reversed: {self.low} comes after {self.high}.")

    def validate_constraints(self, exclude: set[str] | None = None) -> None:
        """Refuse a range that is on file already, and say whose it is."""
        twin = SectionRange.objects.filter(low=self.low, high=self.high).exclude(pk=self.pk).first()
        if twin is not None:
            raise ValidationError(f"{self} is already the range of “{twin.section}”.")
