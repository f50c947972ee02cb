"""Add-on code tables in the layouts CMS publishes, made up for a test: rows in, a text or workbook out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import openpyxl

from catalog.importers.addon import CANARIES, COLUMNS, CONTRACTOR_DEFINED, FEWEST

NOTICE = "The codes are copyright 2024 of their owner.\nAll rights reserved, and more is said here."
HEADINGS = tuple(COLUMNS.values())


class Edit(NamedTuple):
    """A row's fields in the order of the table; dates are written as CMS does, ``2013091``."""

    kind: str
    add_on: str
    add_on_deleted: str
    primary: str
    primary_deleted: str
    effective: str
    deleted: str
    note: str


def edit(add_on: str, primary: str, **fields: str) -> Edit:
    """A row in force since 2013: of type 1, or of type 2 where contractors define the primaries."""
    kind = "2" if primary == CONTRACTOR_DEFINED else "1"
    return Edit(kind, add_on, "", primary, "", "2013091", "", "")._replace(**fields)


def whole(year: int, *edits: Edit) -> list[Edit]:
    """These and as many as a whole table has, one of them new in January of that year."""
    known = [edit(*pair, effective=f"{day:%Y%j}") for pair, day in CANARIES.items()]
    filled = [edit(f"{number:04}T", "99213") for number in range(1000, 1000 + FEWEST)]
    return [*known, *filled, edit("0999T", "99213", effective=f"{year}001"), *edits]


def text_line(one: Edit, width: int = 294) -> str:
    kind, add_on, add_on_deleted, primary, primary_deleted, effective, deleted, note = one
    line = f"{kind}{add_on:5}{add_on_deleted:7}{primary:5}{primary_deleted:7}{effective:7}{deleted:7}{note}"
    return line.ljust(width)


def write_text(path: Path, edits: Iterable[Edit], *, width: int = 294) -> Path:
    path.write_bytes("".join(f"{text_line(one, width)}\r\n" for one in edits).encode("cp1252"))
    return path


def write_workbook(
    path: Path, edits: Iterable[Edit], *, head: Iterable[Iterable[str]] = ((NOTICE,), HEADINGS)
) -> Path:
    """A workbook in which, as in CMS's, codes and dates that look like numbers may be numbers."""
    workbook = openpyxl.Workbook()
    for cells in head:
        workbook.active.append(list(cells))
    for one in edits:
        workbook.active.append([int(cell) if cell.isdecimal() else cell for cell in one])
    workbook.save(path)
    return path
