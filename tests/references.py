"""What is loaded for a claim, as plain values: releases, rows, and the reference made of them. No database."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import date

from scratchpad.claim import PRACTITIONER
from scratchpad.reference import (
    AddOnRow,
    CodeRow,
    LoadedRelease,
    ModifierRow,
    MueRow,
    PtpRow,
    Reference,
    pair_key,
)

Row = AddOnRow | CodeRow | ModifierRow | MueRow | PtpRow
QUARTER = "2026Q3"
LAST_DAYS = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}


def a_release(dataset: str, quarter: str = QUARTER, setting: str = PRACTITIONER, **fields) -> LoadedRelease:
    """A CMS release; ``partial=True`` lacks parts, ``is_starter=True`` is the starter set."""
    year, number = int(quarter[:4]), int(quarter[5])
    first_day, last_day = date(year, 3 * number - 2, 1), date(year, *LAST_DAYS[number])
    return LoadedRelease(1, dataset, setting, quarter, f"{dataset} {quarter}", first_day, last_day, **fields)


def a_ptp(column_one: str, column_two: str, indicator: str = "1", since="2020-01-01", until=None) -> PtpRow:
    return PtpRow(column_one, column_two, day(since), day(until), indicator, "Misuse of column two code")


def a_mue(code: str, value: int, indicator: str = "3") -> MueRow:
    return MueRow(code, value, indicator, "Clinical: Data")


def an_addon(
    add_on: str, primary: str, edit_type: str = "1", since="2013-04-01", until=None, **fields
) -> AddOnRow:
    return AddOnRow(add_on, primary, edit_type, day(since), day(until), **fields)


def a_reference(*rows: Row, mue: Iterable[LoadedRelease] | None = None, **releases) -> Reference:
    """The rows given, in complete releases of one quarter unless those are given, by dataset.

    The MUEs given are those of every quarter.
    """
    of_kind = {kind: [row for row in rows if isinstance(row, kind)] for kind in Row.__args__}
    tables = {release.quarter: release for release in ([a_release("mue")] if mue is None else mue)}
    return Reference(
        **{name: a_release(name) for name in ("hcpcs", "ptp", "addon")} | releases,
        codes={row.code: row for row in of_kind[CodeRow]},
        modifiers={row.code: row for row in of_kind[ModifierRow]},
        pairs=_gathered((pair_key(row.column_one, row.column_two), row) for row in of_kind[PtpRow]),
        mue=tables,
        mues={(quarter, row.code): row for quarter in tables for row in of_kind[MueRow]},
        mue_loaded=tuple(tables[quarter] for quarter in sorted(tables)),
        addons=_gathered((row.add_on, row) for row in of_kind[AddOnRow]),
    )


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _gathered(rows: Iterable[tuple[Hashable, Row]]) -> dict[Hashable, tuple[Row, ...]]:
    """Rows by their key, in the order given."""
    found: dict[Hashable, tuple[Row, ...]] = {}
    for key, row in rows:
        found[key] = (*found.get(key, ()), row)
    return found
