"""The audit log in sentences, as somebody reads it who was not there: who did what with which release, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.urls import reverse

from catalog import run_words
from catalog.models import AuditEntry, Dataset, ImportRun, Release, Setting

Action = AuditEntry.Action

SENTENCES = {
    Action.UPLOADED: "{by} uploaded {subject}.",
    Action.ASKED: "{by} asked CMS for {subject}.",
    Action.FETCHED: "{by} fetched {subject} from CMS.",
    Action.LICENSE: "{by} accepted the AMA license for {subject}.",
    Action.ASKED_AGAIN: "{by} asked again for {subject}.",
    Action.REHEARSED: "{by} had {subject} rehearsed.",
    Action.NOTHING_NEW: "{by} brought {subject}, which is loaded already.",
    Action.REPLACED: "{by} replaced the rehearsal of {subject}.",
    Action.REFUSED: "{by} brought {subject}, which was refused.",
    Action.CANCELLED: "{by} cancelled {subject}.",
    Action.INTERRUPTED: "{subject} was interrupted.",
    Action.DISMISSED: "{by} dismissed {subject}, which had failed.",
    Action.DISCARDED: "{by} discarded the rehearsal of {subject}.",
    Action.LOADED: "{by} loaded {subject} without activating it.",
    Action.ACTIVATED: "{by} activated {subject}.",
    Action.ROLLED_BACK: "{by} rolled back to {subject}.",
    Action.WITHDRAWN: "{by} withdrew {subject}: nothing answers in its place.",
    Action.PRUNED: "{by} removed the rows of {subject}.",
}

NOT_DOWNLOADED = "The download of {subject} failed, which {by} had asked for."

ASKED_FOR = re.compile(
    rf"(?P<dataset>{'|'.join(Dataset.values)})"
    rf"(?: (?P<setting>{'|'.join(Setting.values)}))?"
    r" (?P<quarter>[0-9]{4}Q[1-4])"
)
"""What was to be fetched and never came, as it stands in the log: ``ptp practitioner 2026Q4``."""


class Link(NamedTuple):
    name: str
    href: str


class Told(NamedTuple):
    """A step in a sentence, what else is to be known of it, and where its release and import are, if they are."""

    entry: AuditEntry
    sentence: str
    remarks: list[str]
    links: list[Link]


def told(entries: Iterable[AuditEntry]) -> list[Told]:
    """Steps as they are shown, in two queries however many they are."""
    entries = list(entries)
    releases = Release.objects.in_bulk({entry.release_number for entry in entries} - {None})
    runs = ImportRun.objects.in_bulk({entry.run_number for entry in entries} - {None})
    return [
        Told(
            entry,
            sentence(entry),
            list(remarks(entry)),
            list(_links(releases.get(entry.release_number), runs.get(entry.run_number))),
        )
        for entry in entries
    ]


def endings(runs: Iterable[ImportRun]) -> dict[int, list[Told]]:
    """What became of the rehearsals of imports that are not there any more, by the number of the import.

    Oldest first, and of what was rehearsed since an import was last asked for. That it took its own place, when it
    was tried again, is no news.
    """
    runs = {run.pk: run for run in runs}
    steps = AuditEntry.objects.filter(run_number__in=runs, action__in=(Action.DISCARDED, Action.REPLACED))
    found: dict[int, list[Told]] = {number: [] for number in runs}
    for entry in steps.order_by("pk"):
        run, successor = runs[entry.run_number], entry.detail.get("by_import")
        if entry.at >= run.asked_at and successor != run.pk:
            link = [Link(f"Import {successor}", reverse("admin:import", args=[successor]))] if successor else []
            found[run.pk].append(Told(entry, sentence(entry), list(remarks(entry)), link))
    return found


def sentence(entry: AuditEntry) -> str:
    """``mary activated PTP edits, practitioner, July 2024, in place of April 2024.``"""
    action = Action(entry.action)
    asked_for = ASKED_FOR.fullmatch(entry.subject)
    if asked_for:
        subject = run_words.named(**asked_for.groupdict(default=""))
    else:
        subject = entry.subject or (f"import {entry.run_number}" if entry.run_number else "something unnamed")
    is_download = asked_for and action == Action.REFUSED
    return (NOT_DOWNLOADED if is_download else SENTENCES[action]).format(by=entry.by, subject=subject)


def remarks(entry: AuditEntry) -> Iterator[str]:
    """Why, in the words of whoever did it or of the importer; and what spoke against it, a sentence each."""
    if entry.note:
        yield f"Note: “{entry.note}”"
    if reason := entry.detail.get("reason"):
        yield str(reason)
    if doubts := entry.detail.get("doubts"):
        yield f"Doubts: {' '.join(map(str, doubts))}"
    if golden := entry.detail.get("golden"):
        yield f"Golden pairs: {' '.join(map(str, golden))}"


def _links(release: Release | None, run: ImportRun | None) -> Iterator[Link]:
    if release and release.state == Release.State.REHEARSED:
        yield Link("Rehearsal", reverse("admin:rehearsal", args=[release.pk]))
    elif release and release.state != Release.State.LOADING:
        yield Link("Release", reverse("admin:catalog_release_change", args=[release.pk]))
    if run:
        yield Link(str(run), run.get_absolute_url())
