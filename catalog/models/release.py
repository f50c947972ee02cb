"""Releases: one publication of one dataset, as it was loaded, and what it changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from catalog.edits import FIRST_ADD_ON_DAY, FIRST_DAY, quarter_of

QUARTER_STARTS = {"1": "January", "2": "April", "3": "July", "4": "October"}


def quarters_between(earlier: str, later: str) -> int:
    """How many quarters ``later`` comes after ``earlier``; negative when it comes before."""
    return (int(later[:4]) * 4 + int(later[5])) - (int(earlier[:4]) * 4 + int(earlier[5]))


def nearest(releases: Iterable[Release], dataset: str, setting: str, day: date) -> Release | None:
    """Of these releases the one of a dataset and setting that is read on a day; none of a later quarter is.

    The one that covers the day; where none does, the newest, a complete one before any that is not: part of a
    newer quarter shall not hide the whole of an older one.
    """
    found = [one for one in releases if (one.dataset, one.setting) == (dataset, setting)]
    covering = [one for one in found if one.covers(day)]
    past = covering or [one for one in found if one.first_day <= day]
    return max(past, key=lambda one: (not one.partial, one.quarter, one.revision), default=None)


class Dataset(models.TextChoices):
    HCPCS = "hcpcs", "HCPCS Level II"
    PTP = "ptp", "PTP edits"
    MUE = "mue", "MUE"
    ADDON = "addon", "Add-on codes"


class Setting(models.TextChoices):
    """Who reports the services: each setting has NCCI tables of its own, and none borrows from another."""

    PRACTITIONER = "practitioner", "Practitioner"
    OUTPATIENT_HOSPITAL = "outpatient_hospital", "Outpatient hospital"
    DME_SUPPLIER = "dme_supplier", "DME supplier"

    @property
    def words(self) -> str:
        """As it stands within a sentence: ``outpatient hospital``, ``DME supplier``."""
        return self.label.lower().replace("dme", "DME")


class ReleaseQuerySet(models.QuerySet):
    def current(self) -> ReleaseQuerySet:
        """The releases readers are answered from: one per dataset and setting, of MUE one per quarter as well."""
        return self.filter(state=Release.State.CURRENT)

    def readable(self) -> ReleaseQuerySet:
        """Every release whose rows are all there and may be used, current or not."""
        return self.filter(state__in=(Release.State.LOADED, Release.State.CURRENT))

    def kept(self) -> ReleaseQuerySet:
        """The readable ones, and those that were withdrawn: what may be made current."""
        return self.filter(state__in=(Release.State.LOADED, Release.State.CURRENT, Release.State.WITHDRAWN))

    def answering(self, dataset: str, setting: str, day: date) -> Release | None:
        """The release that answers for that date of service, or None: no data is never a pass."""
        releases = self.current().filter(dataset=dataset, setting=setting)
        return next((release for release in releases if release.covers(day)), None)

    def of_a_kind(self, release: Release) -> ReleaseQuerySet:
        """The releases that one of them is current of: of MUE those of one quarter."""
        found = self.filter(dataset=release.dataset, setting=release.setting)
        return found.filter(quarter=release.quarter) if release.dataset == Dataset.MUE else found

    def published(self) -> ReleaseQuerySet:
        """Releases of a publisher: everything readable but the starter set."""
        return self.readable().filter(origin=Release.Origin.CMS)

    def before(self, release: Release) -> ReleaseQuerySet:
        """Of the same dataset and setting, those of an earlier quarter, or an earlier posting of its own."""
        earlier = Q(quarter__lt=release.quarter) | Q(quarter=release.quarter, revision__lt=release.revision)
        return self.filter(earlier, dataset=release.dataset, setting=release.setting)

    def newest_first(self) -> ReleaseQuerySet:
        return self.order_by("dataset", "setting", "-quarter", "-revision", "-pk")


class Release(models.Model):
    """One publication of one dataset. Its rows never change once it is loaded.

    A release that is being written is ``loading`` and nobody sees it. A ``rehearsed`` one is whole, but seen by
    data managers only, until they decide. Activating is one pointer flip: ``current`` for this one, ``loaded`` for
    the one before. A ``withdrawn`` one was current and must not be used: nothing is compared with it, and it is
    kept until another one is imported and activated. Of a ``pruned`` one only the record is left.
    """

    class Origin(models.TextChoices):
        CMS = "cms", "CMS"
        STARTER = "starter", "Starter set"

    class State(models.TextChoices):
        LOADING = "loading", "Loading"
        REHEARSED = "rehearsed", "Rehearsed"
        LOADED = "loaded", "Loaded"
        CURRENT = "current", "Current"
        WITHDRAWN = "withdrawn", "Withdrawn"
        PRUNED = "pruned", "Rows removed"

    dataset = models.CharField(max_length=16, choices=Dataset.choices)
    setting = models.CharField(
        max_length=32, blank=True, choices=Setting.choices, help_text="Empty where a dataset knows no settings."
    )
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.CMS)
    quarter = models.CharField(
        max_length=6, validators=[RegexValidator(r"^[0-9]{4}Q[1-4]$")], help_text="As in 2025Q4."
    )
    revision = models.PositiveSmallIntegerField(
        default=0, help_text="0 for the first publication of a quarter; re-posts count up."
    )
    partial = models.BooleanField(default=False, help_text="Loaded although it looked incomplete.")
    doubts = models.JSONField(default=list, help_text="Why it looked incomplete, a sentence each.")
    run = models.ForeignKey(
        "ImportRun",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="releases",
        help_text="The import it came by, if it was one from the browser.",
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.LOADING)
    compared_with = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The release its changes are against, where it was compared when it was read.",
    )
    was_compared_with = models.CharField(
        max_length=64, blank=True, help_text="What that is called: known also when it is not there any more."
    )
    compared_after = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The release after it, where that was compared with this one while it was rehearsed.",
    )
    compared_current = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The release that was current when it was rehearsed, where that was not the one before it.",
    )
    counts = models.JSONField(default=dict, help_text="Rows by kind, as loaded.")
    notice = models.TextField(blank=True, help_text="The notice at the head of its files, shown with its rows.")
    started_at = models.DateTimeField(auto_now_add=True)
    loaded_at = models.DateTimeField(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["dataset", "setting", "-quarter", "-revision", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "setting"],
                condition=Q(state="current") & ~Q(dataset="mue"),
                name="one_current_release",
                violation_error_message="This dataset and setting already has a current release.",
            ),
            models.UniqueConstraint(
                fields=["dataset", "setting", "quarter"],
                condition=Q(state="current", dataset="mue"),
                name="one_current_release_per_quarter",
                violation_error_message="This quarter and setting already has a current release.",
            ),
            models.UniqueConstraint(
                fields=["dataset", "setting", "origin", "quarter", "revision"],
                condition=Q(state__in=("loaded", "current")),
                name="one_release_per_revision",
            ),
        ]

    def __str__(self) -> str:
        setting = f", {self.get_setting_display().lower()}" if self.setting else ""
        return f"{self.get_dataset_display()}{setting.replace('dme', 'DME')}, {self.title}"

    @property
    def title(self) -> str:
        """How people name it: ``October 2025``, ``October 2025, revision 2``, ``Starter set``."""
        if self.is_starter:
            return "Starter set"
        month = f"{QUARTER_STARTS[self.quarter[5]]} {self.quarter[:4]}"
        return f"{month}, revision {self.revision}" if self.revision else month

    @property
    def short_title(self) -> str:
        """The title cut short for narrow places: ``Oct 2025``, ``Oct 2025 r2``."""
        month = f"{QUARTER_STARTS[self.quarter[5]][:3]} {self.quarter[:4]}"
        return self.title if self.is_starter else f"{month} r{self.revision}" if self.revision else month

    @property
    def is_starter(self) -> bool:
        return self.origin == self.Origin.STARTER

    @property
    def remark(self) -> str:
        """What stands beside rows of a release that is not a whole publication of CMS's; empty for one that is."""
        if self.is_starter:
            return "Starter data, not a CMS release"
        return "looked incomplete when it was loaded" if self.partial else ""

    @property
    def is_current(self) -> bool:
        return self.state == self.State.CURRENT

    @property
    def first_day(self) -> date:
        """The day this release's quarter begins."""
        return date(int(self.quarter[:4]), int(self.quarter[5]) * 3 - 2, 1)

    @property
    def last_day(self) -> date:
        """The last day of this release's quarter."""
        return (self.first_day + timedelta(days=95)).replace(day=1) - timedelta(days=1)

    @property
    def first_covered_day(self) -> date:
        """The first date of service that a release of the NCCI tables answers for while it is current.

        PTP and add-on tables hold ended rows with their dates, so they answer for the past as well. MUE tables
        have no dates, and those of starter rows are not the published ones: both answer for their quarter.
        """
        if self.is_starter:
            return self.first_day
        return {Dataset.PTP: FIRST_DAY, Dataset.ADDON: FIRST_ADD_ON_DAY}.get(self.dataset, self.first_day)

    def covers(self, day: date) -> bool:
        """Whether it answers for that date of service while it is current, and no other rule says so.

        HCPCS rows answer for any date. Of the NCCI tables none answers beyond the end of its quarter.
        """
        return self.dataset == Dataset.HCPCS or self.first_covered_day <= day <= self.last_day

    def quarters_behind(self, day: date) -> int:
        """How many quarters have begun since this one, on ``day``."""
        return max(0, quarters_between(self.quarter, quarter_of(day)))

    def previous(self) -> Release | None:
        """The publisher's complete release before this one among those loaded, by quarter and revision."""
        return self._line().before(self).order_by("-quarter", "-revision").first()

    def next(self) -> Release | None:
        """The publisher's complete release after this one among those loaded."""
        return (
            self._line()
            .filter(Q(quarter__gt=self.quarter) | Q(quarter=self.quarter, revision__gt=self.revision))
            .order_by("quarter", "revision")
            .first()
        )

    def _line(self) -> ReleaseQuerySet:
        """The releases this one may be compared with: none for the starter set, which no publisher changed."""
        if self.is_starter:
            return Release.objects.none()
        return Release.objects.published().filter(dataset=self.dataset, setting=self.setting, partial=False)


class ReleaseFile(models.Model):
    """A file that went into a release: what it was called and the hash that proves which one it was."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=255, help_text="The file that was read, without its folder.")
    archive = models.CharField(max_length=255, blank=True, help_text="The zip it came in, when it came in one.")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    rows = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.archive} / {self.name}" if self.archive else self.name


class EditCode(models.Model):
    """A code in the edits of a release, and how many rows name it. Counted once: counting millions takes long."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="edit_codes", db_index=False)
    code = models.CharField(max_length=5)
    in_first = models.PositiveIntegerField(
        default=0, help_text="Rows with it in column one, or as the add-on code."
    )
    in_second = models.PositiveIntegerField(default=0, help_text="Rows with it in column two, or as the primary.")

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["release", "code"], name="one_count_per_code")]

    def __str__(self) -> str:
        return self.code


class ChangeQuerySet(models.QuerySet):
    def after_activating(self, release: Release) -> ChangeQuerySet:
        """What readers would see change, were this rehearsed release to answer in place of the current one."""
        return self.filter(awaits=release, release=release)

    def against(self) -> Release | None:
        """The release that all of these are against; None of no change. Their order does not matter for that."""
        return next((change.against for change in self.order_by().select_related("against")[:1]), None)

    def tally(self) -> dict[str, int]:
        """Counts by kind, every kind present."""
        found = dict(self.order_by().values_list("kind").annotate(n=models.Count("*")))
        return {kind: found.get(kind, 0) for kind in Change.Kind.values}


class KnownChanges(models.Manager.from_queryset(ChangeQuerySet)):
    """Those that hold now: ``release.changes`` gives no others."""

    def get_queryset(self) -> ChangeQuerySet:
        return super().get_queryset().filter(awaits=None)


class Change(models.Model):
    """One thing a release did to one record, against the publisher's release before it.

    Of an edit, *added* and *ended* speak of pairs: one that has an open row now and had none, and the reverse.
    *Missing* is what a release lacks that looks incomplete: whether the publisher ended it, nobody knows.

    What ``awaits`` a rehearsed release was found while that was rehearsed, so that activating it takes no time:
    what the release after it did to it, and, as changes of its own, what it would do to the one that was current.
    """

    class Kind(models.TextChoices):
        MISSING = "missing", "Missing from this file"
        ADDED = "added", "Added"
        REVISED = "revised", "Revised"
        ENDED = "ended", "Discontinued"
        REACTIVATED = "reactivated", "Reactivated"
        VANISHED = "vanished", "No longer in the file"

    class Record(models.TextChoices):
        CODE = "code", "Code"
        MODIFIER = "modifier", "Modifier"
        PTP = "ptp", "PTP edit"
        MUE = "mue", "MUE"
        ADDON = "addon", "Add-on edit"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="changes")
    against = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    record = models.CharField(max_length=8, choices=Record.choices)
    code = models.CharField(max_length=5, help_text="Of a pair its column one, or its add-on code.")
    other_code = models.CharField(max_length=5, blank=True, help_text="Of a pair its column two, or its primary.")
    fields = models.JSONField(default=dict, help_text="Changed fields: name to [before, after].")
    awaits = models.ForeignKey(
        Release,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The rehearsed release that it depends on; nobody else sees it before that one is active.",
    )

    objects = KnownChanges()
    every = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["code", "other_code", "kind"]
        indexes = [
            # In the order they are shown. What they await comes last: so PostgreSQL need not sort those of none.
            models.Index(fields=["release", "kind", "code", "other_code", "awaits"], name="change_of_release"),
            models.Index(fields=["code"], name="change_of_code"),
            # Not ``~Q(awaits=None)``: SQLite makes no use of an index on NOT (awaits_id IS NULL).
            models.Index(fields=["awaits"], condition=Q(awaits__isnull=False), name="change_that_awaits"),
        ]

    def __str__(self) -> str:
        pair = f"{self.code} with {self.other_code}" if self.other_code else self.code
        return f"{pair} {self.get_kind_display().lower()}"
