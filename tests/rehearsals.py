"""Small releases, loaded and rehearsed from their files, and what is left of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.db import connection

from catalog.importers import bulk, load, rehearsal
from catalog.importers.names import Publication
from catalog.models import AuditEntry, Change, EditCode, PtpEdit, Release, ReleaseFile
from tests.edit_releases import allow_small_tables
from tests.ptp_files import Edit

PAIR = Edit("99213", "36415")
ADA = "ada"


def make_tables_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tables of some forty rows pass, which are written in several batches."""
    allow_small_tables(monkeypatch)
    monkeypatch.setattr(bulk, "BATCH", 7)
    monkeypatch.setattr(bulk, "COPY_BATCH", 7)


def publication(*paths: Path, **said: str) -> Publication:
    (found,) = load.publications(paths, **said)
    return found


def load_one(*paths: Path, **said: str) -> Release:
    return load.load(publication(*paths, **said)).release


def rehearse(*paths: Path, **options) -> Release:
    return rehearsal.rehearse(publication(*paths), **options)


def states(dataset: str = "ptp") -> dict[str, str]:
    return {one.title: one.state for one in Release.objects.filter(dataset=dataset)}


def steps() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("by", "action", "subject"))


def row_counts() -> list[int]:
    return [model.objects.count() for model in (Release, ReleaseFile, PtpEdit, EditCode, Change)]


def just_before_it_is_published(meanwhile: Callable[[], object]) -> AbstractContextManager[None]:
    """Do something when all objections were looked at, and the transaction that publishes is about to begin."""
    return _just_before("SAVEPOINT", meanwhile)


def just_before_it_is_locked(meanwhile: Callable[[], object]) -> AbstractContextManager[None]:
    """Do something when nobody else can decide any more in a moment: the releases of its kind are about to be."""
    return _just_before('SELECT "catalog_release"."id" AS "pk", "catalog_release"."state"', meanwhile)


def _just_before(statement: str, meanwhile: Callable[[], object]) -> AbstractContextManager[None]:
    is_done = False

    def first(execute, sql, params, many, context):
        nonlocal is_done
        if sql.startswith(statement) and not is_done:
            is_done = True
            meanwhile()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(first)
