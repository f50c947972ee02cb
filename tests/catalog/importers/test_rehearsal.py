"""Rehearsing a release, and deciding on it."""

from pathlib import Path

import pytest

from catalog.importers import bulk, load, rehearsal, verify
from catalog.importers.files import Cancelled, Refused
from catalog.models import AuditEntry, Change, EditCode, GoldenPair, ImportRun, PtpEdit, Release, ReleaseFile
from tests.edit_releases import allow_small_tables, write_mue, write_ptp
from tests.ptp_files import Edit, zip_name

pytestmark = pytest.mark.django_db

PAIR = Edit("99213", "36415")
ADA = "ada"


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    allow_small_tables(monkeypatch)
    monkeypatch.setattr(bulk, "BATCH", 7)


def publication(*paths: Path):
    (found,) = load.publications(paths)
    return found


def load_one(*paths: Path) -> Release:
    return load.load(publication(*paths)).release


def rehearse(*paths: Path, **options) -> Release:
    return rehearsal.rehearse(publication(*paths), **options)


def states(dataset: str = "ptp") -> dict[str, str]:
    return {one.title: one.state for one in Release.objects.filter(dataset=dataset)}


def steps() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("by", "action", "subject"))


def row_counts() -> list[int]:
    return [model.objects.count() for model in (Release, ReleaseFile, PtpEdit, EditCode, Change)]


def test_a_rehearsed_release_has_everything_but_readers(tmp_path):
    april = load_one(write_ptp(tmp_path / "q2", "2024Q2"))
    july = rehearse(write_ptp(tmp_path / "q3", "2024Q3", PAIR))
    assert states() == {"April 2024": "current", "July 2024": "rehearsed"}
    assert july.counts == {"edits": 45, "open": 45}
    assert PtpEdit.objects.of(july).for_pair(*PAIR[:2]).exists()
    assert july.edit_codes.get(code="99213").in_first == 1
    assert july.compared_with == april
    assert july.changes.tally()["added"] == 1
    for seen in (Release.objects.readable(), Release.objects.published(), Release.objects.current()):
        assert list(seen) == [april]
    assert april.next() is None
