"""Small releases of the NCCI tables that pass for whole ones: a few rows in CMS's layout, and bounds to match."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from catalog.importers import addon, mue, ptp_checks
from catalog.models import Release
from tests import addon_files, mue_files, ptp_files
from tests.ptp_files import Edit

# Old edits of both settings that nothing happens to.
STANDING = [Edit(f"{11000 + 7 * n}", "36591", indicator="0") for n in range(40)]


def allow_small_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tables of some forty rows pass: no canaries of PTP, and few rows of any dataset."""
    nothing = dict.fromkeys(ptp_checks.CANARIES, ())
    monkeypatch.setattr(ptp_checks, "CANARIES", nothing)
    monkeypatch.setattr(ptp_checks, "STRANGERS", nothing)
    monkeypatch.setattr(ptp_checks, "FEWEST", 1)
    monkeypatch.setattr(addon, "FEWEST", 20)
    monkeypatch.setattr(addon_files, "FEWEST", 20)
    for setting in mue.FEWEST:
        monkeypatch.setitem(mue.FEWEST, setting, 30)


def ptp_parts(
    quarter: str, *edits: Edit, setting: str = "practitioner", without: Sequence[Edit] = (), parts: int = 2
) -> list[list[Edit]]:
    """The rows of a PTP release, by parts and in order: these, those that stand, and new ones."""
    day, why = f"{Release(quarter=quarter).first_day:%Y%m%d}", f"New in {quarter}, {setting}"
    new = [Edit(f"{11001 + 70 * n}", "36591", effective=day, rationale=why) for n in range(4)]
    rows = sorted(edit for edit in (*STANDING, *edits, *new) if edit not in without)
    size = -(-len(rows) // parts)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def write_ptp(
    folder: Path,
    quarter: str = "2024Q3",
    *edits: Edit,
    setting: str = "practitioner",
    revision: int = 0,
    without: Sequence[Edit] = (),
    parts: int = 2,
) -> Path:
    """A folder with the zips of a PTP release."""
    rows = ptp_parts(quarter, *edits, setting=setting, without=without, parts=parts)
    ptp_files.write_release(folder, rows, setting=setting, quarter=quarter, revision=revision)
    return folder


def write_mue(folder: Path, day: str, *rows: list[str], setting: str = "practitioner") -> Path:
    """An MUE table that takes effect on a day, as in ``04-01-2026``: another file than that of any other day."""
    folder.mkdir(parents=True, exist_ok=True)
    head = [[f"{mue_files.NOTICE} {day}", "", "", ""], mue_files.header(setting)]
    return mue_files.write_csv(
        folder / mue_files.file_name(setting, day), mue_files.whole(setting, *rows), head=head
    )


def write_addon(folder: Path, quarter: str, *edits: addon_files.Edit) -> Path:
    """An add-on table in the text form."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = sorted(addon_files.whole(int(quarter[:4]), *edits), key=lambda one: (one.add_on, one.primary))
    return addon_files.write_text(folder / f"AOC_V{quarter}-MCR.txt", rows)
