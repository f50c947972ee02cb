"""Imports that came to nothing, or to a part only of what was asked for, until that is mended or dismissed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from catalog.models import AuditEntry, ImportRun, Release

State = ImportRun.State
IS_NEWS = timedelta(days=14)


def unmended() -> list[ImportRun]:
    """The imports of the last two weeks that somebody has to look after, the newest first.

    One that was tried again has another state. Mended is also what was loaded since by another import or a
    command: the quarter that was asked for, or where none was, files of the same names. What else is to be left
    as it is, a person dismisses: the audit log says who.
    """
    failed = Q(state__in=(State.REFUSED, State.INTERRUPTED))
    refused_in_part = Q(state__in=(State.REHEARSED, State.NOTHING_NEW)) & ~Q(refused=[])
    since = timezone.now() - IS_NEWS
    runs = list(ImportRun.objects.filter(failed | refused_in_part, asked_at__gte=since).prefetch_related("files"))
    if not runs:
        return []
    loaded = list(Release.objects.published().filter(loaded_at__gte=since).prefetch_related("files"))
    dismissed = _dismissed(runs)
    return [run for run in runs if not (_ended(run) <= dismissed.get(run.pk, since) or _is_loaded(run, loaded))]


def _dismissed(runs: Iterable[ImportRun]) -> dict[int, datetime]:
    """When each of these imports was dismissed last."""
    steps = AuditEntry.objects.filter(action=AuditEntry.Action.DISMISSED, run_number__in=[run.pk for run in runs])
    return dict(steps.order_by("at").values_list("run_number", "at"))


def _is_loaded(run: ImportRun, loaded: Iterable[Release]) -> bool:
    """Whether what an import was to bring has been loaded after it ended."""
    later = [release for release in loaded if release.loaded_at > _ended(run)]
    if run.dataset and run.quarter:
        asked_for = (run.dataset, run.setting, run.quarter)
        return any((one.dataset, one.setting, one.quarter) == asked_for for one in later)
    names = {file.name for file in run.files.all()}
    known = {name for release in later for file in release.files.all() for name in (file.name, file.archive)}
    return bool(names) and names <= known


def _ended(run: ImportRun) -> datetime:
    return run.ended_at or run.asked_at
