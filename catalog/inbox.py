"""The folder where the files of an import lie from the moment they come until the import is decided."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from catalog.models import ImportRun, Release

# Files of an import that came to nothing are kept to try again.
KEPT = timedelta(days=14)


def inbox_of(run: ImportRun) -> Path:
    """The folder of one import, whether it is there yet or not."""
    return settings.INBOX / str(run.pk)


def paths(run: ImportRun) -> list[Path]:
    """The files of an import that are still there, in the order they came."""
    folder = inbox_of(run)
    return [path for file in run.files.filter(is_kept=True) if (path := folder / file.name).is_file()]


def clear(run: ImportRun) -> None:
    """Remove the files of an import; their names and hashes stay on record."""
    shutil.rmtree(inbox_of(run), ignore_errors=True)
    run.files.update(is_kept=False)


def clear_if_decided(run: ImportRun) -> None:
    """Remove the files of an import that is over, unless one of its releases waits for a decision or was refused.

    A refused one may be tried again.
    """
    if not run.refused and not _is_needed(run):
        clear(run)


def clear_old() -> None:
    """Remove the files of imports that came to nothing, and that nobody has tried again for long."""
    ended = ImportRun.objects.filter(ended_at__lt=timezone.now() - KEPT, files__is_kept=True)
    for run in ended.distinct():
        if not _is_needed(run):
            clear(run)


def _is_needed(run: ImportRun) -> bool:
    return run.is_open or run.releases.filter(state=Release.State.REHEARSED).exists()
