"""What the rows of the NCCI tables say on a day: pure, over plain values or anything with the fields of the rows.

No sentence of CMS's was found on whether the deletion date is the last day in force or the first day out of it.
The dates in its files lie on ends of quarters, and withdrawn rows have both dates alike: so it is taken as the
last day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

FIRST_DAY = date(1996, 1, 1)  # of NCCI
FIRST_MUE_DAY = date(2007, 1, 1)
"""When CMS's MUEs began (CMS, Medically Unlikely Edits)."""
FIRST_ADD_ON_DAY = date(2013, 4, 1)
"""When CMS's add-on code edits began (CMS, Add-on Code Edits; CR 7501)."""


def quarter_of(day: date) -> str:
    """The calendar quarter a day lies in, as CMS names its releases: ``2025Q4``."""
    return f"{day.year}Q{(day.month + 2) // 3}"


class PtpRow(Protocol):
    """A row of a PTP table. The indicator is ``"0"``, ``"1"`` or ``"9"``; no deletion date is open."""

    column_one: str
    column_two: str
    effective_date: date
    deletion_date: date | None
    modifier_indicator: str


class AddOnRow(Protocol):
    """A row of the add-on table; a deletion date is None while the edit, or that code, is open."""

    effective_date: date
    deletion_date: date | None
    add_on_deletion_date: date | None
    primary_deletion_date: date | None


class Standing(StrEnum):
    """What a table says of a pair on a day."""

    APPLIES = "edit_applies"
    DELETED = "edit_deleted"
    NOT_YET_EFFECTIVE = "edit_not_yet_effective"
    VOID = "edit_void"
    NONE = "no_edit_on_file"


class PairAnswer(NamedTuple):
    """The standing of a pair and the row that decides it; no row where there is no edit on file."""

    standing: Standing
    row: PtpRow | None = None


def in_force(row: PtpRow, day: date) -> bool:
    """Whether the edit is in force on that day. Indicator 9 never is."""
    return (
        row.modifier_indicator != "9"
        and row.effective_date <= day
        and (row.deletion_date is None or day <= row.deletion_date)
    )


def rows_in_force(rows: Iterable[PtpRow], day: date) -> list[PtpRow]:
    """The edits of one pair in force on that day. A sound table has one at most; several are a fault of it."""
    return [row for row in rows if in_force(row, day)]


def next_row(rows: Iterable[PtpRow], day: date) -> PtpRow | None:
    """The edit of one pair that starts next after that day; None where no start is on file."""
    to_come = [row for row in rows if row.modifier_indicator != "9" and day < row.effective_date]
    return min(to_come, key=lambda row: row.effective_date, default=None)


def _strictness(row: PtpRow) -> tuple[str, int]:
    return row.modifier_indicator, -row.effective_date.toordinal()


def pair_answer(rows: Iterable[PtpRow], day: date) -> PairAnswer:
    """What the rows of one pair, in both orders, say on that day.

    Of several in force the stricter decides, then the one that began last. Of several that ended, the last to end.
    """
    rows = list(rows)
    if not rows:
        return PairAnswer(Standing.NONE)
    if now := rows_in_force(rows, day):
        return PairAnswer(Standing.APPLIES, now[0] if len(now) == 1 else min(now, key=_strictness))
    kept = [row for row in rows if row.modifier_indicator != "9"]
    if not kept:
        return PairAnswer(Standing.VOID, max(rows, key=lambda row: row.effective_date))
    if ended := [row for row in kept if row.deletion_date and row.deletion_date < day]:
        return PairAnswer(Standing.DELETED, max(ended, key=lambda row: row.deletion_date))
    return PairAnswer(Standing.NOT_YET_EFFECTIVE, min(kept, key=lambda row: row.effective_date))


def addon_last_day(row: AddOnRow) -> date | None:
    """The first deletion date of an add-on edit, its add-on code and its primary; None while all are open."""
    days = (row.deletion_date, row.add_on_deletion_date, row.primary_deletion_date)
    return min([day for day in days if day], default=None)


def addon_in_force(row: AddOnRow, day: date) -> bool:
    """Whether the add-on edit is in force on that day, with neither code deleted before it."""
    last = addon_last_day(row)
    return row.effective_date <= day and (last is None or day <= last)
