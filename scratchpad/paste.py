"""Lines of a claim out of pasted text (pure), in any sane form: a list, prose, or columns out of a spreadsheet.

Nothing is dropped silently: each row is taken, with a count of what was left out beside its lines, or not
understood, with a reason. Reports never repeat what may be of a patient: only text that is plainly a try at a code
is quoted, everything else has the number of its row.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from scratchpad.claim import MAX_LINES, ClaimLine
from scratchpad.claim_text import text_of
from scratchpad.columns import Role, Table, table_of
from scratchpad.pasted_row import row_of_columns, row_of_list
from scratchpad.phrases import listed
from scratchpad.segments import has_segments
from scratchpad.segments import table_of as segments_of

MAX_CHARACTERS = 20_000
GUESSES_SHOWN = 5


class Taken(NamedTuple):
    """A line that was read: from which ``row`` of the text, its ``number`` on the claim, its canonical text.

    ``left_out`` counts the words and numbers of the row, outside ignored columns, that are part of no line; a row
    of several lines has them with its first.
    """

    row: int
    number: int
    text: str
    left_out: int = 0


class NotUnderstood(NamedTuple):
    """Something of a row that no line could be made of, and why. ``number`` is that of the line that keeps it for
    somebody to put right, 0 if none does; ``text`` is empty where it may be of a patient."""

    row: int
    text: str
    why: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Pasted:
    """``lines`` are numbered after those the claim has. ``headings`` are those of columns that were used and
    ``ignored`` names columns that were not, by heading or place. ``notes`` are sentences on the whole text."""

    lines: tuple[ClaimLine, ...] = ()
    taken: tuple[Taken, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    headings: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read(text: str, day: date, room: int = MAX_LINES, letters_in_use: Container[str] = ()) -> Pasted:
    """The lines of a text, for a claim of ``day`` that has room for so many more. Never raises.

    ``letters_in_use`` are those of the providers that the claim has already.
    """
    kept, notes = _within_limit(text)
    is_file = has_segments(kept)
    table, segments = segments_of(kept) if is_file else (table_of(kept, letters_in_use), 0)
    notes += _people(table)
    lines: list[ClaimLine] = []
    taken: list[Taken] = []
    not_understood = [NotUnderstood(row.number, "", ABOVE) for row in table.above]
    too_many: list[int] = []
    numbered = 0
    guessed: list[str] = []
    for row in table.rows:
        reading = row_of_columns(row, table, day) if table.headings else row_of_list(row, table, day)
        numbered += reading.is_numbered
        guessed += (f"{units} in row {row.number}" for units in reading.guessed)
        attempts = (reading.attempt,) if reading.attempt else ()
        numbers = []
        for line in (*reading.lines, *attempts):
            if len(lines) >= room:
                too_many.append(row.number)
            else:
                lines.append(replace(line, number=MAX_LINES - room + len(lines) + 1))
                numbers.append(lines[-1].number)
        left_out = reading.left_out
        for line in lines[len(lines) - len(numbers) :] if reading.lines else ():
            taken.append(Taken(row.number, line.number, text_of(line), left_out))
            left_out = 0
        kept_at = numbers[0] if numbers and not reading.lines else 0
        not_understood += (NotUnderstood(row.number, text, why, kept_at) for text, why in reading.unread)
    if too_many:
        notes.append(
            f"A claim here holds {MAX_LINES} lines, so {_count(len(too_many), 'line')} did not fit: "
            f"{_rows_from(too_many)}."
        )
    if numbered:
        notes.append(f"The numbers in front of {_count(numbered, 'row')} are not part of the lines.")
    notes += _guesses(table, guessed)
    if is_file:
        notes.append(
            "Of the claim file only procedures, modifiers, units and dates were read. "
            f"Charges, pointers and all other segments ({segments}) were left out."
        )
    if not lines:
        notes.append("No code was found in the text.")
    return Pasted(
        tuple(lines),
        tuple(taken),
        tuple(not_understood),
        tuple(table.name(column) for column in table.roles) if table.headings and not is_file else (),
        tuple(table.name(column) for column in table.ignored),
        tuple(notes),
    )


ABOVE = "This row stands above the headings of the columns."


def _within_limit(text: str) -> tuple[str, list[str]]:
    """The rows of a text that are looked at, and a sentence on those that are not."""
    if len(text) <= MAX_CHARACTERS:
        return text, []
    kept = text[:MAX_CHARACTERS]
    end = max(kept.rfind("\n"), kept.rfind("\r"))
    kept = kept[:end] if end > 0 else kept
    rows = _count(len(text[len(kept) :].strip().splitlines()), "row")
    return kept, [f"Left out at the end: {rows}, for the text is longer than {MAX_CHARACTERS:,} characters."]


def _people(table: Table) -> Iterator[str]:
    """Sentences on the patients and the providers that the rows name."""
    if table.patients > 1:
        yield (
            f"The rows name {table.patients} different patients; one claim here is of one patient: "
            "keep the lines of one of them, and check the others by themselves."
        )
    if letters := tuple(table.letters.values()):
        yield f"{len(letters)} providers were told apart as {listed(letters)}; names and numbers are not kept."


def _guesses(table: Table, guessed: list[str]) -> Iterator[str]:
    """Sentences on what was taken for units without being marked as such."""
    if guessed:
        more = len(guessed) - GUESSES_SHOWN
        shown = [*guessed[:GUESSES_SHOWN], *([f"{more} more"] if more > 0 else [])]
        yield f"Numbers taken for units, though no sign marks them as such: {listed(shown)}."
    column = table.column(Role.UNITS)
    if column is not None and not table.headings:
        yield f"Column {column + 1} has no heading and was taken for units."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _rows_from(numbers: list[int]) -> str:
    first, last = numbers[0], numbers[-1]
    return f"row {first}" if first == last else f"rows {first} to {last}"
