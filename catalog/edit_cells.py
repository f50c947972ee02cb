"""The cells of an edit's row as published, header and value, for its receipt (pure). Dates are ISO."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from catalog.edit_words import NOT_IN_STARTER
from catalog.edits import AddOnRow, PtpRow

_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
OPEN = "*"  # what CMS writes where no deletion date is set


class MueRow(Protocol):
    """A row of an MUE table."""

    code: str
    mue_value: int
    adjudication_indicator: str
    rationale: str


class AddOnCells(AddOnRow, Protocol):
    """A row of the add-on table with all its cells."""

    edit_type: str
    add_on: str
    primary: str
    note: str


def ptp_cells(
    row: PtpRow, rationale: str, *, is_starter: bool = False, prior_to_1996: bool | None = None
) -> list[tuple[str, str]]:
    """``prior_to_1996`` is None where that mark is not at hand; its cell is left out then."""
    mark = [] if prior_to_1996 is None else [("Prior to 1996", "*" if prior_to_1996 else "–")]
    return [
        ("Column 1", row.column_one),
        ("Column 2", row.column_two),
        *mark,
        ("Effective", NOT_IN_STARTER if is_starter else row.effective_date.isoformat()),
        ("Deletion", iso(row.deletion_date, "–" if is_starter else OPEN)),
        ("Indicator", row.modifier_indicator),
        ("Rationale", rationale),
    ]


def mue_cells(row: MueRow) -> list[tuple[str, str]]:
    return [
        ("Code", row.code),
        ("MUE value", str(row.mue_value)),
        ("MAI", row.adjudication_indicator),
        ("Rationale", row.rationale),
    ]


def addon_cells(row: AddOnCells) -> list[tuple[str, str]]:
    return [
        ("Type", row.edit_type),
        ("Add-on code", row.add_on),
        ("its deletion", iso(row.add_on_deletion_date)),
        ("Primary code", row.primary),
        ("its deletion", iso(row.primary_deletion_date)),
        ("Effective", row.effective_date.isoformat()),
        ("Deletion", iso(row.deletion_date)),
        ("Note", row.note or "–"),
    ]


def place(file: str) -> str:
    """What the number of a row counts in a file: rows of a sheet, or lines."""
    return "Row" if file.lower().endswith(_WORKBOOKS) else "Line"


def iso(day: date | None, none: str = "–") -> str:
    return day.isoformat() if day else none
