"""The folder where the files of an import lie from the moment they come until the import is decided."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog.models import ImportRun, Release

# Files of an import that came to nothing are kept to try again.
KEPT = timedelta(days=14)
NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


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

    A refused one may be tried again; and one that somebody has just tried again is asked for anew, and kept.
    """
    with transaction.atomic():
        now = ImportRun.objects.select_for_update().filter(pk=run.pk).first()
        if now and not now.refused and not _is_needed(now):
            clear(now)


def clear_old() -> None:
    """Remove the files of imports that came to nothing, and that nobody has tried again for long.

    A fetch that broke off has left files that are not on record, and another database folders of imports that this
    one does not know.
    """
    long_ago = timezone.now() - KEPT
    folders = {int(path.name): path for path in settings.INBOX.glob("*") if NUMBER.fullmatch(path.name)}
    has_files = Q(pk__in=folders) | Q(files__is_kept=True)
    over = ImportRun.objects.filter(has_files, ended_at__lt=long_ago).exclude(state__in=ImportRun.OPEN)
    for run in over.exclude(releases__state=Release.State.REHEARSED).distinct():
        clear(run)
    known = set(ImportRun.objects.filter(pk__in=folders).values_list("pk", flat=True))
    for number in folders.keys() - known:
        _remove_if_before(long_ago, folders[number])


def _remove_if_before(moment: datetime, folder: Path) -> None:
    """Remove a folder that nothing came into since: the import of a young one may be written in this moment."""
    with suppress(FileNotFoundError):
        if folder.stat().st_mtime < moment.timestamp():
            shutil.rmtree(folder, ignore_errors=True)


def _is_needed(run: ImportRun) -> bool:
    return run.is_open or run.releases.filter(state=Release.State.REHEARSED).exists()
