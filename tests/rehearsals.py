"""Small releases, loaded and rehearsed from their files, and what is left of them."""

from __future__ import annotations

from pathlib import Path

import pytest

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
