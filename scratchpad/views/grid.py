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
from scratchpad.views.checked import Checked, address
from scratchpad.views.shown import Note
from scratchpad.views.unreadable import Unread

FEWEST_ROWS = 3
MODIFIER_CELLS = 4
LONGEST_DESCRIPTOR = 70
SIGNS_SHOWN = 3
CONFIRMED_ALONE = 3
"""Codes of a claim that can be confirmed each by itself: it takes an address as long as the claim."""

CONFIRM_ALL = "#confirm"
"""Where a page offers to confirm all codes that wait for it."""


class What(NamedTuple):
    """What a code is: CMS's descriptor of Level II, our section around a number of Level I, and what is wrong."""

    level: int = 0
    text: str = ""
    wrong: tuple[tuple[str, str], ...] = ()
    """What is wrong, each with what would do."""
    instead: tuple[str, str] | None = None
    """A code to confirm, and the address of the claim with it or the place where all can be confirmed."""


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
    rows: Iterable[Row], found: Checked, notes: Iterable[Note], unclear: Iterable[Unread], loaded: Snapshot
) -> list[Row]:
    """The rows with what each code is, the signs of its findings, and which cells are wrong."""
    claim, reference = found.claim, found.reference
    noted: Mapping[int, list[Note]] = defaultdict(list)
    for note in notes:
        for number in note.marked:
            noted[number].append(note)
    unread: Mapping[int, list[Unread]] = defaultdict(list)
    for each in unclear:
        unread[each.line].append(each)
    instead = _instead(claim)

    def said_of(row: Row) -> Row:
        line, of_line = claim.line(row.number), noted[row.number]
        what = _what(line, reference, unread[row.number], of_line, loaded)
        return row._replace(
            what=what._replace(instead=instead.get(row.number)),
            invalid=tuple(dict.fromkeys(_invalid(line, unread[row.number], of_line))),
            signs=of_line[:SIGNS_SHOWN],
            more_signs=max(0, len(of_line) - SIGNS_SHOWN),
        )

    return [said_of(row) if row.number <= len(claim.lines) else row for row in rows]


def _what(
    line: ClaimLine, reference: Reference, unread: list[Unread], notes: list[Note], loaded: Snapshot
) -> What:
    wrong = tuple((each.wrong, each.advice) for each in unread)
    if not wrong and (on_file := next((note for note in notes if note.finding.kind is Kind.CODE), None)):
        wrong = ((on_file.chip.label, ""),)
    if not line.code:
        return What(wrong=wrong)
    row = reference.codes.get(line.code)
    if row:
        what = shorten(row.descriptor, LONGEST_DESCRIPTOR)
    else:
        section = loaded.tree.narrowest(line.code)
        what = section.title if section else ""
    return What(int(level_of(line.code)), what, wrong)


def _invalid(line: ClaimLine, unread: list[Unread], notes: list[Note]) -> Iterator[str]:
    """The names of the fields that are wrong."""
    yield from (each.field for each in unread)
    kinds = {note.finding.kind for note in notes}
    if line.code and Kind.CODE in kinds:
        yield "code"
    if line.units is not None and Kind.MUE in kinds:
        yield "units"
    wrong = {note.finding.modifier for note in notes if note.finding.kind is Kind.MODIFIER}
    yield from (f"mod{at}" for at, modifier in enumerate(line.modifiers, start=1) if modifier in wrong)


# --- Codes to confirm --------------------------------------------------------------------------------------


def to_confirm(claim: Claim) -> list[ClaimLine]:
    """The lines whose code was read otherwise than it was typed."""
    return [line for line in claim.lines if line.code and line.parsed.needs_confirmation]


def confirmed(claim: Claim, lines: Sequence[ClaimLine]) -> Claim:
    """The claim with the codes of these lines as they were read instead of as they were typed."""
    as_read = {line.number: replace(line, parsed=codes.parse(line.parsed.canonical)) for line in lines}
    return replace(claim, lines=tuple(as_read.get(line.number, line) for line in claim.lines))


def _instead(claim: Claim) -> dict[int, tuple[str, str]]:
    """By line the code that was read, and where to confirm it: the first few alone, the rest with all others."""
    waiting = to_confirm(claim)
    first = waiting[:CONFIRMED_ALONE]
    alone = {line.number: (line.code, address(confirmed(claim, [line]))) for line in first}
    return alone | {line.number: (line.code, CONFIRM_ALL) for line in waiting[CONFIRMED_ALONE:]}
