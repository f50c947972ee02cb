"""HCPCS Level II codes and modifiers: rows of a release, as CMS published them.

Fields follow CMS's record layout for the alpha-numeric file; values it does not explain are kept as they are.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db import models
from django.db.models import Count, Max, Min, Q

from catalog.models.release import Release


def _begun(day: date) -> Q:
    return Q(added_date=None) | Q(added_date__lte=day)


def _not_over(day: date) -> Q:
    return Q(termination_date=None) | Q(termination_date__gte=day)


class Extent(NamedTuple):
    """The first and last code of a set, and how many of it may be used on a day, no longer, or not yet."""

    low: str | None
    high: str | None
    in_force: int
    ended: int
    later: int


class HcpcsRecordQuerySet(models.QuerySet):
    def current(self):
        """Records of the release readers are answered from."""
        return self.filter(release__state=Release.State.CURRENT)

    def effective_on(self, day: date):
        """Records that may be used on ``day``; the termination date is the last such day."""
        return self.filter(_begun(day), _not_over(day))

    def ended_before(self, day: date):
        return self.filter(termination_date__lt=day)

    def extent(self, day: date) -> Extent:
        return Extent(
            **self.aggregate(
                low=Min("code"),
                high=Max("code"),
                in_force=Count("pk", filter=_begun(day) & _not_over(day)),
                ended=Count("pk", filter=Q(termination_date__lt=day)),
                later=Count("pk", filter=Q(added_date__gt=day) & _not_over(day)),
            )
        )

    def published(self):
        """Records of every readable CMS release, each with its release, newest release first."""
        return (
            self.filter(release__in=Release.objects.published())
            .select_related("release")
            .order_by("-release__quarter", "-release__revision")
        )

    def matching(self, text: str):
        """Records that have every word of the text: in a descriptor, or as the start of the code."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(code__startswith=word.upper())
                | Q(long_descriptor__icontains=word)
                | Q(short_descriptor__icontains=word)
            )
        return found

    def beside(self, code: str, count: int = 3) -> tuple[list, list]:
        """Up to ``count`` records before and after a code, both in the order of codes."""
        before = self.filter(code__lt=code).order_by("-code")[:count]
        after = self.filter(code__gt=code).order_by("code")[:count]
        return list(before)[::-1], list(after)


class HcpcsCodeQuerySet(HcpcsRecordQuerySet):
    def within(self, ranges: list[tuple[str, str]]):
        """Codes inside any of the inclusive ranges; both ends of each share their first letter."""
        wanted = Q(pk__in=[])
        for low, high in ranges:
            wanted |= Q(code__gte=low, code__lte=high)
        return self.filter(wanted)


class HcpcsRecord(models.Model):
    """The fields a code and a modifier share in CMS's file."""

    line = models.PositiveIntegerField(default=0, help_text="Line (text file) or row (workbook) it was read from.")
    short_descriptor = models.CharField(max_length=64, blank=True)
    long_descriptor = models.TextField(blank=True)
    pricing_indicators = models.JSONField(default=list)
    multiple_pricing_indicator = models.CharField(max_length=4, blank=True)
    cim_references = models.JSONField("Coverage Issues Manual references", default=list)
    mcm_references = models.JSONField("Medicare Carriers Manual references", default=list)
    statute = models.CharField(max_length=32, blank=True)
    lab_certifications = models.JSONField(default=list)
    cross_references = models.JSONField(default=list)
    coverage_code = models.CharField(max_length=4, blank=True)
    asc_group = models.CharField("ASC payment group", max_length=4, blank=True)
    asc_effective_date = models.DateField("ASC effective date", null=True, blank=True)
    mog_group = models.CharField("Medicare outpatient group", max_length=4, blank=True)
    mog_policy_indicator = models.CharField(max_length=4, blank=True)
    mog_effective_date = models.DateField(null=True, blank=True)
    processing_note = models.CharField(max_length=8, blank=True)
    betos = models.CharField("BETOS", max_length=4, blank=True)
    types_of_service = models.JSONField(default=list)
    anesthesia_base_units = models.PositiveSmallIntegerField(null=True, blank=True)
    added_date = models.DateField(null=True, blank=True)
    action_effective_date = models.DateField(null=True, blank=True)
    termination_date = models.DateField(null=True, blank=True, help_text="The last day it may be used.")
    action_code = models.CharField(max_length=4, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code

    def effective_on(self, day: date) -> bool:
        """Whether it may be used on ``day``; the row's own spelling of the QuerySet's ``effective_on``."""
        begun = self.added_date is None or self.added_date <= day
        return begun and not self.ended_before(day)

    def ended_before(self, day: date) -> bool:
        return self.termination_date is not None and self.termination_date < day


class HcpcsCode(HcpcsRecord):
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="codes")
    code = models.CharField(max_length=5)

    objects = HcpcsCodeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = "HCPCS code"
        constraints = [models.UniqueConstraint(fields=["release", "code"], name="one_row_per_code")]
        indexes = [models.Index(fields=["code"], name="hcpcs_code")]


class Modifier(HcpcsRecord):
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="modifiers")
    code = models.CharField(max_length=2)

    objects = HcpcsRecordQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["release", "code"], name="one_row_per_modifier")]


class ProcessingNote(models.Model):
    """A numbered note that codes point at, from the notes file CMS ships beside the main one."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="processing_notes")
    number = models.CharField(max_length=8)
    text = models.TextField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["release", "number"], name="one_row_per_note")]

    def __str__(self) -> str:
        return self.number
