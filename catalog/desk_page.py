"""What the first page of the desk shows: what is loaded, what runs, what changed, what waits, what is wrong.

Everybody sees what their role may mend or read, and beside each thing the way to where it is mended.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import urlencode

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from catalog import audit_words, failed_runs, golden, run_words, runs
from catalog.edits import quarter_of
from catalog.freshness import Freshness, freshness
from catalog.models import (
    AuditEntry,
    CodeNote,
    ComparisonRow,
    Dataset,
    DecisionStep,
    GoldenPair,
    ImportRun,
    Level,
    Misconception,
    PracticeItem,
    Release,
    Section,
    Statement,
    Synonym,
)

TEXTS = (Section, Level, Synonym, CodeNote, PracticeItem, Misconception, ComparisonRow, Statement, DecisionStep)
WITH_TRAIL = (*TEXTS, GoldenPair)
SHOWN = 8  # of what was changed last, and of the steps taken with releases
ALONE = "Only the whole table of the same quarter takes its place: fetch or upload that, or withdraw this."
DRAFT_IS_OLD = timedelta(days=14)


class Matter(NamedTuple):
    """What needs attention, in a sentence, and where it is mended: ``action`` are the words of the link."""

    words: str
    href: str
    action: str


class Edited(NamedTuple):
    """A text that somebody changed: ``href`` leads to it, and where it was deleted to its trail."""

    at: datetime
    by: str
    did: str
    kind: str
    title: str
    href: str


class Running(NamedTuple):
    """An import that waits or runs, and in words how far it is."""

    run: ImportRun
    progress: str


class DeskPage:
    """What one person sees on one day, asked for when a template shows it. None is what is not theirs to see."""

    def __init__(self, user: AbstractBaseUser, day: date):
        self.user = user
        self.day = day
        self.quarter = quarter_of(day)
        self.may_load = user.has_perm("catalog.load_release")
        self.may_decide = user.has_perm("catalog.activate_release")
        self.sees_imports = self.may_load or self.may_decide

    @cached_property
    def loaded(self) -> list[Freshness]:
        return freshness(self.day)

    @cached_property
    def open_runs(self) -> list[Running] | None:
        if not self.sees_imports:
            return None
        return [Running(run, run_words.progress(run)) for run in open_runs()]

    @cached_property
    def rehearsed(self) -> list[Release] | None:
        return list(rehearsed()) if self.sees_imports else None

    @cached_property
    def steps(self) -> list[audit_words.Told] | None:
        return audit_words.told(AuditEntry.objects.all()[:SHOWN]) if self._sees("auditentry") else None

    @cached_property
    def drafts(self) -> list[Section] | None:
        return list(drafts()) if self.user.has_perm("catalog.change_section") else None

    @cached_property
    def edited(self) -> list[Edited] | None:
        models = [model for model in WITH_TRAIL if self._sees(model._meta.model_name)]
        return edited_last(models) if models else None

    @cached_property
    def matters(self) -> list[Matter]:
        return list(self._matters())

    def _sees(self, model: str) -> bool:
        return self.user.has_perm(f"catalog.view_{model}")

    def _matters(self) -> Iterator[Matter]:
        """The most pressing first: what keeps everything else, what readers are told wrongly, what waits."""
        if self.open_runs is not None:
            yield from _worker(self.open_runs)
        if self._sees("release"):
            yield from map(_withdrawn, withdrawn())
        if self.may_load:
            yield from _stale(self.loaded)
        if self._sees("release"):
            yield from map(self._incomplete, Release.objects.current().filter(partial=True).newest_first())
        if self._sees("goldenpair"):
            yield from _golden()
        if self.open_runs is not None:
            yield from map(self._failed, failed_runs.unmended())
        if self.rehearsed is not None:
            yield from map(_undecided, self.rehearsed)
        for draft in self.drafts or ():
            if draft.draft_at and timezone.now() - draft.draft_at > DRAFT_IS_OLD:
                yield _old_draft(draft)
        if self.user.is_superuser:
            yield from _locked_out()

    def _failed(self, run: ImportRun) -> Matter:
        """It is tried again or dismissed on its page, by who may load; others read there what became of it."""
        return Matter(_became(run), run.get_absolute_url(), "Try again or dismiss" if self.may_load else "See why")

    def _incomplete(self, release: Release) -> Matter:
        """It stands until the whole release is loaded; who may not do that sees what is known of it."""
        words = " ".join([f"{release} looks incomplete, and readers are answered from it.", *release.doubts])
        if release.dataset == Dataset.MUE:
            words += f" {ALONE}"
        if self.may_load:
            return Matter(words, reverse("admin:imports"), "Load it whole")
        return Matter(words, reverse("admin:catalog_release_change", args=[release.pk]), "See its files")


# --- What there is ----------------------------------------------------------------------------------------


def open_runs() -> QuerySet[ImportRun]:
    """Imports that wait for the worker or are under way. Those whose worker died are settled first."""
    runs.settle()
    return ImportRun.objects.filter(state__in=ImportRun.OPEN).select_related("asked_by")


def rehearsed() -> QuerySet[Release]:
    """Releases that wait for somebody to activate or discard them."""
    return Release.objects.filter(state=Release.State.REHEARSED).newest_first()


def withdrawn() -> list[Release]:
    """Releases that were withdrawn and that no other one of their kind answers in the place of."""
    answered = Release.objects.current()
    found = Release.objects.filter(state=Release.State.WITHDRAWN).newest_first()
    return [one for one in found if not answered.of_a_kind(one).exists()]


def drafts() -> QuerySet[Section]:
    """Sections whose description has a draft, the oldest first."""
    return Section.objects.exclude(draft="").order_by("draft_at", "pk")


def edited_last(models: list[type]) -> list[Edited]:
    """The texts that people changed last, each once, newest first; one query for each model.

    Changes without a user are those of commands and of states recorded after the fact: nobody made them here.
    """
    found = []
    for model in models:
        history = model.history.exclude(history_user=None).select_related("history_user")
        found += history.order_by("-history_date", "-history_id")[: 2 * SHOWN]
    last_of = {}
    for record in sorted(found, key=attrgetter("history_date"), reverse=True):
        last_of.setdefault((record.instance_type, record.instance.pk), record)
    return [_edited(record) for record in list(last_of.values())[:SHOWN]]


def _edited(record) -> Edited:
    opts = record.instance_type._meta
    name, text = f"admin:catalog_{opts.model_name}", record.instance
    return Edited(
        at=record.history_date,
        by=record.history_user.get_username(),
        did={"+": "added", "~": "changed", "-": "deleted"}[record.history_type],
        kind=opts.verbose_name,
        title=str(text),
        href=reverse(f"{name}_history" if record.history_type == "-" else f"{name}_change", args=[text.pk]),
    )


# --- What needs attention ---------------------------------------------------------------------------------


def _worker(open_runs: list[Running]) -> Iterator[Matter]:
    if not runs.worker_is_alive():
        number = len(open_runs)
        waiting = f" {number} import{'s wait' if number > 1 else ' waits'} for it." if open_runs else ""
        words = f"No worker runs: nothing can be downloaded or rehearsed until one is started.{waiting}"
        yield Matter(words, reverse("admin:imports"), "Imports")


def _became(run: ImportRun) -> str:
    """What came to nothing, or the part of it that did, and why."""
    part = "" if run.state in (ImportRun.State.REFUSED, ImportRun.State.INTERRUPTED) else "in part "
    became = run.get_state_display().lower() if not part else "refused"
    why = run.reason or " ".join(run.refused)
    words = f"{run} ({run_words.subject(run)}) was {part}{became}. {why}".replace(" ()", "")
    return words.strip()


def _withdrawn(release: Release) -> Matter:
    step = AuditEntry.objects.withdrawal_of(release)
    why = f" by {step.by}: “{step.note}”" if step else ""
    words = f"{release} was withdrawn{why}. Nothing answers in its place."
    return Matter(words, f"{reverse('admin:imports')}#kept", "Load or activate another")


def _stale(loaded: list[Freshness]) -> Iterator[Matter]:
    """What is missing, the starter set only, or behind: a sentence for each of these, not for each table."""
    href = reverse("admin:imports")
    missing = [one.name for one in loaded if one.release is None]
    starter = [one.name for one in loaded if one.release and one.release.is_starter]
    behind = [f"{one.name} ({_behind(one)})" for one in loaded if one.is_stale]
    if missing:
        yield Matter(f"No release is active: {'; '.join(missing)}.", href, "Load releases")
    if starter:
        yield Matter(f"The starter set only, no release of CMS’s: {'; '.join(starter)}.", href, "Load releases")
    if behind:
        words = f"Quarters behind, and readers are told so beside each answer: {'; '.join(behind)}."
        yield Matter(words, href, "Load newer releases")


def _behind(one: Freshness) -> str:
    """How many quarters; and what is newer, but does not count as it is not whole."""
    newer = [other.title for other in one.incomplete if other.quarter > one.release.quarter]
    return f"{one.quarters_behind}; {' and '.join(newer)} incomplete" if newer else str(one.quarters_behind)


def _golden() -> Iterator[Matter]:
    """Releases that answer golden pairs otherwise, as they do now."""
    for checked in golden.check_all():
        if wrong := checked.tally[golden.Outcome.OTHERWISE]:
            words = f"{checked.release} answers {wrong} golden pair{'s' if wrong > 1 else ''} otherwise."
            yield Matter(words, reverse("admin:catalog_goldenpair_check"), "See which")


def _undecided(release: Release) -> Matter:
    doubts = ", although it looks incomplete" if release.doubts else ""
    href = reverse("admin:rehearsal", args=[release.pk])
    return Matter(f"{release} is rehearsed and waits for a decision{doubts}.", href, "Decide")


def _old_draft(section: Section) -> Matter:
    days = (timezone.now() - section.draft_at).days
    href = reverse("admin:catalog_section_change", args=[section.pk])
    return Matter(f"The draft of “{section}” has waited for {days} days.", href, "Publish or discard")


def _locked_out() -> Iterator[Matter]:
    """Addresses and logins that are locked now, for those who may unlock them."""
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    lately = AccessAttempt.objects.filter(attempt_time__gte=since)
    addresses = lately.values_list("ip_address").annotate(failures=Sum("failures_since_start"))
    for address, failures in addresses.filter(failures__gte=settings.FAILURE_LIMIT_OF_ADDRESS)[:SHOWN]:
        href = f"{reverse('admin:axes_accessattempt_changelist')}?{urlencode({'q': address})}"
        yield Matter(f"Logins from {address} are locked after {failures} failures.", href, "See the attempts")
    for attempt in lately.filter(failures_since_start__gte=settings.AXES_FAILURE_LIMIT)[:SHOWN]:
        href = reverse("admin:axes_accessattempt_change", args=[attempt.pk])
        words = f"The login of “{attempt.username}” from {attempt.ip_address} is locked after many failures."
        yield Matter(words, href, "See the attempt")
