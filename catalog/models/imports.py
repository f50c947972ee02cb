"""What data managers do with releases from a browser: runs of the importer, and the log of every step."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from catalog.models.release import Dataset, Setting


class ImportRun(models.Model):
    """One import asked for in the browser: files are brought, read and rehearsed, and wait for a decision.

    What it rehearses are releases in state ``rehearsed``, which nobody is answered from. They are activated or
    discarded one by one.
    """

    class Origin(models.TextChoices):
        UPLOAD = "upload", "Uploaded"
        FETCH = "fetch", "Fetched from CMS"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for the worker"
        FETCHING = "fetching", "Downloading"
        REHEARSING = "rehearsing", "Rehearsing"
        REHEARSED = "rehearsed", "Rehearsed"
        NOTHING_NEW = "nothing_new", "Nothing new"
        REFUSED = "refused", "Refused"
        CANCELLED = "cancelled", "Cancelled"
        INTERRUPTED = "interrupted", "Interrupted"

    RUNNING = (State.FETCHING, State.REHEARSING)
    OPEN = (State.WAITING, *RUNNING)

    origin = models.CharField(max_length=8, choices=Origin.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING, db_index=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    # What is to be fetched; for uploads what was given by hand, or nothing: then names and content tell.
    dataset = models.CharField(max_length=16, blank=True, choices=Dataset.choices)
    setting = models.CharField(max_length=32, blank=True, choices=Setting.choices)
    quarter = models.CharField(max_length=6, blank=True)
    license_accepted_at = models.DateTimeField(
        null=True, blank=True, help_text="When the AMA's license for the PTP files was accepted."
    )
    # How far it is.
    step = models.CharField(max_length=255, blank=True, help_text="What is being done now.")
    done = models.PositiveBigIntegerField(default=0, help_text="Rows written, or bytes downloaded, in this step.")
    total = models.PositiveBigIntegerField(default=0, help_text="Of how many, 0 where nobody knows.")
    started_at = models.DateTimeField(null=True, blank=True)
    step_started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    is_cancel_asked = models.BooleanField(default=False)
    reason = models.TextField(blank=True, help_text="Why it was refused or interrupted, in a sentence.")
    refused = models.JSONField(default=list, help_text="Why some of its releases were refused, a sentence each.")

    class Meta:
        ordering = ["-pk"]
        permissions = [
            ("load_release", "Can upload, fetch, rehearse and discard releases"),
            ("activate_release", "Can activate releases and roll back"),
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}"

    def get_absolute_url(self) -> str:
        """Its page at the desk."""
        return reverse("admin:import", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it still waits or works."""
        return self.state in self.OPEN

    @property
    def rate(self) -> float:
        """Rows or bytes a second in this step, 0 where it has just begun."""
        if not self.done or not self.step_started_at:
            return 0
        return self.done / max(0.001, ((self.ended_at or timezone.now()) - self.step_started_at).total_seconds())

    @property
    def time_left(self) -> timedelta | None:
        """How long this step still takes at its rate; None where nobody knows."""
        if not self.rate or self.total <= self.done:
            return None
        return timedelta(seconds=(self.total - self.done) / self.rate)


class ImportFile(models.Model):
    """A file that came with an import, as it lies in the inbox under ``<run>/<name>`` until the run is over."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    address = models.URLField(max_length=500, blank=True, help_text="Where it was fetched from.")
    is_kept = models.BooleanField(default=True, help_text="Whether it still lies in the inbox.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ImportLine(models.Model):
    """A line of the log of an import, for the people who watch it."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField()
    is_warning = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class AuditEntryQuerySet(models.QuerySet):
    def record(
        self, action: str, *, by: str, subject: str = "", release=None, run=None, note: str = "", **detail: object
    ) -> AuditEntry:
        """Write a line that stays. ``by`` is a user name, or who ran a command; ``detail`` is plain JSON."""
        return self.create(
            action=action,
            by=by,
            subject=subject or (str(release) if release else ""),
            release_number=release.pk if release else None,
            run_number=run.pk if run else None,
            note=note,
            detail=detail,
        )

    def withdrawal_of(self, release) -> AuditEntry | None:
        """Who withdrew a release last, and why."""
        return self.filter(action=AuditEntry.Action.WITHDRAWN, release_number=release.pk).first()


class AuditEntry(models.Model):
    """A step that somebody took with a release. Written once: the database refuses to change or delete it.

    It names users, releases and runs in plain words and numbers, so that it outlives them.
    """

    class Action(models.TextChoices):
        UPLOADED = "uploaded", "Uploaded files"
        ASKED = "asked", "Asked CMS for"
        FETCHED = "fetched", "Fetched from CMS"
        LICENSE = "license", "Accepted the AMA license"
        ASKED_AGAIN = "asked_again", "Asked again for"
        REHEARSED = "rehearsed", "Rehearsed"
        NOTHING_NEW = "nothing_new", "Found nothing new in"
        REPLACED = "replaced", "Replaced the rehearsal of"
        REFUSED = "refused", "Refused"
        CANCELLED = "cancelled", "Cancelled"
        INTERRUPTED = "interrupted", "Interrupted"
        DISMISSED = "dismissed", "Dismissed"
        DISCARDED = "discarded", "Discarded"
        LOADED = "loaded", "Loaded without activating"
        ACTIVATED = "activated", "Activated"
        ROLLED_BACK = "rolled_back", "Rolled back"
        WITHDRAWN = "withdrawn", "Withdrew"
        PRUNED = "pruned", "Removed the rows of"

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.CharField(max_length=150)
    action = models.CharField(max_length=12, choices=Action.choices)
    subject = models.CharField(max_length=255, blank=True, help_text="The release or the files, in words.")
    release_number = models.PositiveBigIntegerField(null=True)
    run_number = models.PositiveBigIntegerField(null=True)
    note = models.TextField(blank=True, help_text="What the person wrote.")
    detail = models.JSONField(default=dict, help_text="Counts, hashes and the like.")

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "step"
        verbose_name_plural = "audit log"

    def __str__(self) -> str:
        return f"{self.by}: {self.get_action_display()} {self.subject}".strip()
