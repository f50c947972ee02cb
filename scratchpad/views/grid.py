"""The rows of the grid: what stands in their cells, what each code is, and which cells are wrong."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from catalog import codes
from catalog.codes import level_of
from catalog.snapshot import Snapshot
from catalog.wording import shorten
from scratchpad.claim import MAX_LINES, Claim, ClaimLine
from scratchpad.claim_text import cells_of
from scratchpad.findings import Kind
from scratchpad.reference import Reference
from scratchpad.views.checked import address
from scratchpad.views.shown import Note
from scratchpad.views.unreadable import unread

FEWEST_ROWS = 3
MODIFIER_CELLS = 4
LONGEST_DESCRIPTOR = 70
SIGNS_SHOWN = 3


class What(NamedTuple):
    """What a code is: CMS's descriptor of Level II, our section around a number of Level I, and what is wrong."""

    level: int = 0
    text: str = ""
    wrong: str = ""
    advice: str = ""
    instead: tuple[str, str] | None = None
    """A code to confirm, and the address of the claim with it."""


class Row(NamedTuple):
    """A row of the grid. ``number`` is that of its line; rows to type into are counted on from the last."""

    number: int | str
    code: str = ""
    modifiers: tuple[str, ...] = ("",) * MODIFIER_CELLS
    units: str = ""
    first: str = ""
    last: str = ""
    provider: str = ""
    what: What = What()
    invalid: tuple[str, ...] = ()
    """Names of the fields that are wrong."""
    signs: Sequence[Note] = ()
    more_signs: int = 0

    @property
    def is_date(self) -> bool:
        """Whether its first day can stand in a field for dates."""
        return not self.first or bool(re.fullmatch(r"\d{4}-\d\d-\d\d", self.first))


# --- The cells ---------------------------------------------------------------------------------------------


def rows(claim: Claim) -> list[Row]:
    """A row for each line and some to type into: what the page is opened with."""
    filled = rows_of_lines(claim)
    blank = max(FEWEST_ROWS - len(filled), 1 if len(filled) < MAX_LINES else 0)
    return filled + [Row(number) for number in range(len(filled) + 1, len(filled) + blank + 1)]


def rows_of_lines(claim: Claim) -> list[Row]:
    return [_row(line) for line in claim.lines]


def _row(line: ClaimLine) -> Row:
    cells = cells_of(line)
    modifiers = (*cells.modifiers, *("",) * MODIFIER_CELLS)[:MODIFIER_CELLS]
    return Row(line.number, *cells._replace(modifiers=modifiers))


# --- What is said of them ----------------------------------------------------------------------------------


def with_findings(
    found: Iterable[Row], claim: Claim, reference: Reference, notes: Iterable[Note], loaded: Snapshot
) -> list[Row]:
    """The rows with what each code is, the signs of its findings, and which cells are wrong."""
    by_line: Mapping[int, list[Note]] = defaultdict(list)
    for note in notes:
        for number in note.marked:
            by_line[number].append(note)
    return [
        _with_findings(row, claim, reference, by_line[row.number], loaded)
        if row.number <= len(claim.lines)
        else row
        for row in found
    ]


def _with_findings(row: Row, claim: Claim, reference: Reference, notes: list[Note], loaded: Snapshot) -> Row:
    line = claim.line(row.number)
    return row._replace(
        what=_what(line, claim, reference, notes, loaded),
        invalid=tuple(dict.fromkeys(_invalid(line, notes))),
        signs=notes[:SIGNS_SHOWN],
        more_signs=max(0, len(notes) - SIGNS_SHOWN),
    )


def _what(line: ClaimLine, claim: Claim, reference: Reference, notes: Iterable[Note], loaded: Snapshot) -> What:
    level, wrong, advice = level_of(line.code) if line.code else 0, "", ""
    if unclear := unread([line]):
        wrong, advice = unclear[0].wrong, unclear[0].advice
    elif on_file := next((note for note in notes if note.finding.kind is Kind.CODE), None):
        wrong = on_file.chip.label
    if not line.code:
        return What(0, wrong=wrong, advice=advice)
    row = reference.codes.get(line.code)
    if row:
        what = shorten(row.descriptor, LONGEST_DESCRIPTOR)
    else:
        section = loaded.tree.narrowest(line.code)
        what = section.title if section else ""
    instead = (line.code, address(confirmed(claim, line))) if line.parsed.needs_confirmation else None
    return What(int(level), what, wrong, advice, instead)


def confirmed(claim: Claim, line: ClaimLine) -> Claim:
    """The claim with the code of a line as it was read instead of as it was typed."""
    as_read = replace(line, parsed=codes.parse(line.parsed.canonical))
    return replace(claim, lines=tuple(as_read if one is line else one for one in claim.lines))


def _invalid(line: ClaimLine, notes: Iterable[Note]) -> Iterator[str]:
    """The names of the fields that are wrong."""
    yield from (each.field for each in unread([line]))
    kinds = {note.finding.kind for note in notes}
    if line.code and Kind.CODE in kinds:
        yield "code"
    if line.units is not None and Kind.MUE in kinds:
        yield "units"
    wrong = {note.finding.modifier for note in notes if note.finding.kind is Kind.MODIFIER}
    yield from (f"mod{at}" for at, modifier in enumerate(line.modifiers, start=1) if modifier in wrong)
