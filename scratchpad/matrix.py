"""Every line of a claim against every line (pure): the lower triangle of a table, the diagonal each line alone.

A hundred lines make 5,050 cells. What most of them say is said by one shared cell, and the table is written out
here, for a template would take longer than all the rules together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import NamedTuple

from catalog.icons import svg
from scratchpad.claim import DME_SUPPLIER, Claim, ClaimLine
from scratchpad.finding_words import CHIPS, DENIED_UNLESS, anchor, chip_of, is_quiet, pair_anchor
from scratchpad.findings import Finding, Kind, Status, severity
from scratchpad.phrases import counted, inside, on_lines, sentence_case
from scratchpad.reference import Reference

LEDGER = "#ledger"


class Cell(NamedTuple):
    """``text`` stands in it, or the ``sign`` where there is none. No ``href`` where nothing more is said."""

    family: str
    sign: str
    label: str
    href: str = ""
    text: str = ""


class Row(NamedTuple):
    """A line, and its cells beside the lines before it and by itself."""

    number: int
    name: str
    cells: tuple[Cell, ...]


class Matrix(NamedTuple):
    """``columns`` are the names of the lines: their codes, or ``–`` for one that could not be read."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


_NO_EDIT = Cell("none", "none", "No edit on file", text="–")
_NO_TABLE = Cell("none", "none", "No pair table exists", text="–")
_SAME_CODE = Cell("none", "none", "The same code: only units count", text="–")
_NOT_CHECKED = Cell("unk", "unk", "Not checked", LEDGER)
_OTHER_DATE = Cell("unk", "unk", "Not compared: different dates", LEDGER)
_OTHER_PROVIDER = Cell("unk", "unk", "Not compared: different providers", LEDGER)
_NOT_READ = Cell("unk", "unk", "Not read")
_WITHDRAWN = Cell("off", "off", "Edit withdrawn from its start", LEDGER)

_SHARED = {
    Status.NO_EDIT_ON_FILE: _NO_EDIT,
    Status.EDIT_VOID: _WITHDRAWN,
    Status.DIFFERENT_DATE: _OTHER_DATE,
    Status.DIFFERENT_PROVIDER: _OTHER_PROVIDER,
    Status.PREDATES_NCCI: _NOT_CHECKED,
    Status.DATA_NOT_LOADED: _NOT_CHECKED,
    Status.NOT_APPLICABLE_SETTING: _NO_TABLE,
}
_INSIDE = {chip.label: inside(chip.label) for chip in (DENIED_UNLESS, *CHIPS.values())}


def matrix(
    claim: Claim,
    reference: Reference,
    findings: Sequence[Finding],
    elsewhere: Mapping[str, str] = MappingProxyType({}),
) -> Matrix:
    """``elsewhere`` are the addresses of findings, by id, that do not stand on the page of the matrix."""
    names = tuple(line.code or "–" for line in claim.lines)
    alone: list[list[Finding]] = [[] for _ in claim.lines]
    between = _NO_TABLE if claim.setting == DME_SUPPLIER else _SAME_CODE
    table = [[between] * at for at in range(len(claim.lines))]
    for finding in findings:
        if finding.kind is not Kind.PTP:
            for number in finding.lines:
                alone[number - 1].append(finding)
        elif finding.lines:
            cell = _SHARED.get(finding.status) or _of_pair(finding, names, elsewhere)
            one, two = finding.lines
            table[max(one, two) - 1][min(one, two) - 1] = cell
    for line in claim.lines:
        at = line.number - 1
        if not line.is_readable:
            table[at] = [_NOT_READ] * at
            for row in table[line.number :]:
                row[at] = _NOT_READ
    return Matrix(
        names,
        tuple(
            Row(line.number, name, (*cells, _of_line(line, about, elsewhere)))
            for line, name, cells, about in zip(claim.lines, names, table, alone, strict=True)
        ),
    )


def _of_pair(finding: Finding, names: tuple[str, ...], elsewhere: Mapping[str, str]) -> Cell:
    low, high = finding.lines
    if low > high:
        low, high = high, low
    chip, at = chip_of(finding), pair_anchor(low, high)
    pair = f"Line {high}, {names[high - 1]}, with line {low}, {names[low - 1]}"
    label = f"{pair}: {_INSIDE[chip.label]}"
    return Cell(chip.family, chip.sign, label, elsewhere.get(at) or f"#{at}")


def _of_line(line: ClaimLine, findings: list[Finding], elsewhere: Mapping[str, str]) -> Cell:
    """The worst that is said of a line by itself; else its units, and the limit where one is published."""
    worst = min((one for one in findings if not is_quiet(one)), key=severity, default=None)
    units = next((one for one in findings if one.kind is Kind.MUE), None)
    if worst is not None and worst.kind is not Kind.MODIFIER:
        chip, at = chip_of(worst), anchor(worst)
        href = elsewhere.get(at) or f"#{at}"
        if worst is units:
            return Cell(chip.family, chip.sign, f"{_used(units)}: {inside(_label(units))}", href, _used(units))
        return Cell(chip.family, chip.sign, f"Line {line.number} alone: {inside(chip.label)}", href)
    if not line.is_readable:
        return _NOT_READ
    if units is None or units.status is Status.DATA_NOT_LOADED:
        return Cell("unk", "unk", f"Line {line.number} alone: units not checked", LEDGER)
    return Cell("self", "", _label(units), text=_used(units))


def _used(finding: Finding) -> str:
    return f"{finding.units}/{finding.row.mue_value if finding.row else '–'}"


def _label(finding: Finding) -> str:
    together = "together" if len(finding.lines) > 1 else "alone"
    limit = f"limit {finding.row.mue_value}" if finding.row else "no value published"
    return f"{sentence_case(on_lines(finding.lines))} {together}: {counted(finding.units, 'unit')}, {limit}"


# --- As a table --------------------------------------------------------------------------------------------

_CAPTION = "Every pair of lines. The diagonal is the line by itself: units over the limit."


def as_html(matrix: Matrix) -> str:
    """The table of a page. All text is escaped here, whatever its shape promises."""
    head = "".join(_header("col", number, name) for number, name in enumerate(matrix.columns, 1))
    shared = {id(cell): f"<td>{_cell_html(cell)}</td>" for cell in (*_SHARED.values(), _SAME_CODE, _NOT_READ)}
    rows = []
    for row in matrix.rows:
        cells = (shared.get(id(cell)) or f"<td>{_cell_html(cell)}</td>" for cell in row.cells)
        rows.append(f"<tr>{_header('row', row.number, row.name)}{''.join(cells)}</tr>")
    return (
        f'<table class="mx"><caption class="visually-hidden">{_CAPTION}</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _header(scope: str, number: int, name: str) -> str:
    """A line by number and code: several may have one code."""
    return f'<th scope="{scope}"><small class="muted fw-normal me-1">{number}</small> {escape(name)}</th>'


def _cell_html(cell: Cell) -> str:
    """A link where more is said. What leads to the ledger is no stop of the Tab key: all of it leads there."""
    label = escape(cell.label)
    css = "self" if cell.family == "self" else f"k-{cell.family}"
    what = escape(cell.text) or svg(f"v-{cell.sign}")
    if not cell.href:
        return f'<span class="sign {css}" role="img" aria-label="{label}">{what}</span>'
    tab = ' tabindex="-1"' if cell.href == LEDGER else ""
    return f'<a class="sign {css}" href="{escape(cell.href)}"{tab} aria-label="{label}" title="{label}">{what}</a>'
