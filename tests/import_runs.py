"""Imports from the browser, of a few rows each: made, worked at in this process, and looked at."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.contrib.auth.models import User

from catalog import running, runs
from catalog.models import AuditEntry, ImportRun, Release


def make_run(user: User, *folders: Path, **fields: object) -> ImportRun:
    """An import with the files of these folders in its inbox."""
    run = ImportRun.objects.create(**{"origin": "upload", "asked_by": user} | fields)
    into = runs.inbox_of(run)
    into.mkdir(parents=True)
    for path in sorted(path for folder in folders for path in folder.iterdir()):
        shutil.copy(path, into)
        run.files.create(name=path.name, size=path.stat().st_size, sha256="0" * 64)
    return run


def work(run: ImportRun) -> ImportRun:
    """What the worker does once the import is begun."""
    runs.begin(run)
    running.carry_out(run.pk)
    run.refresh_from_db()
    return run


def log(run: ImportRun, *, warnings: bool = False) -> list[str]:
    return list(run.log.filter(is_warning=warnings).values_list("text", flat=True))


def steps() -> list[tuple[str, str, str]]:
    """Of the audit log, oldest first: who, what, with what."""
    return list(AuditEntry.objects.order_by("pk").values_list("by", "action", "subject"))


def states() -> dict[str, str]:
    return {str(one): one.state for one in Release.objects.all()}
