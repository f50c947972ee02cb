"""The parser at the door: the fields of an address or of the grid, read as a claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import zip_longest
from string import ascii_uppercase

from django.http import QueryDict

from scratchpad.claim import MAX_LINES, PRACTITIONER, SETTINGS, Claim, ClaimLine, Fault
from scratchpad.claim_text import day_of, line_of, line_of_cells, provider_of, provider_of_cells
from scratchpad.phrases import listed

CELLS = ("code", "mod1", "mod2", "mod3", "mod4", "units", "from", "to", "provider")
"""The fields of the grid: lists, in which the cells of a row stand at the same place."""

FIRST_YEAR = 1966
"""Medicare paid from July 1966 on."""

YEARS_AHEAD = 5
LONGEST_QUOTE = 40

FAULTS = {
    Fault.PROVIDER: "A provider is told apart by one letter from A to Z. What stood there was not kept, "
    "for it could be a name or a number of somebody.",
    Fault.LENGTH: "The text is too long for a line, and the end of it was not kept.",
}

LETTER_GIVEN = (
    "A provider is told apart by one letter. What stood there got the letter {letter} and was not kept, "
    "for it could be a name or a number of somebody."
)

Row = tuple[str, ...]


class ClaimForm:
    """The claim in some fields, and in sentences what of them could not be taken as sent.

    ``problems`` are those of the claim; ``line_problems`` begin with the number of their line. ``left_blank`` are
    the names of fields of a line, by its number, whose cell was sent as good as blank: what is said of them stands
    in the cell of the code. ``dropped`` counts lines of the request that are not among its fields.

    The lines are those of ``line``, each as ``scratchpad.claim_text`` writes it, or the rows of the grid; then
    ``remove``, ``up`` and ``down`` give the number of the row whose button was pressed, counting blank rows.
    ``add`` needs nothing: there is always a blank row after the last. Whatever is sent, there is a claim and
    nothing is raised; fields of other names do not matter.
    """

    def __init__(self, fields: QueryDict, today: date, dropped: int = 0):
        self.fields = fields
        self.today = today
        self.dropped = dropped
        self.problems: list[str] = []
        self.left_blank: dict[int, frozenset[str]] = {}
        self.is_grid = any(name in fields for name in CELLS)
        self.more = fields.get("more") == "1"
        setting, day = self._setting(), self._day()
        self._say_what_was_sent_twice()
        self.claim = Claim(setting, day, self._lines(day))
        self.line_problems = [
            f"Line {line.number}: {sentence}" for line in self.claim.lines for sentence in _problems(line)
        ]

    def _setting(self) -> str:
        setting = _plain(self.fields.get("setting", ""))
        if setting and setting not in SETTINGS:
            self.problems.append(f"{_quoted(setting)} is not a setting. Lines are checked as a practitioner's.")
        return setting if setting in SETTINGS else PRACTITIONER

    def _day(self) -> date:
        typed = _plain(self.fields.get("date", ""))
        if not typed:
            return self.today
        day = day_of(typed)
        if day is None:
            why = f"{_quoted(typed)} is not a date. Write it like 2026-07-15 or 7/15/2026."
        elif day.year < FIRST_YEAR:
            why = f"{day.isoformat()} is before {FIRST_YEAR}, when Medicare began."
        elif day.year > self.today.year + YEARS_AHEAD:
            why = f"{day.isoformat()} is more than {YEARS_AHEAD} years ahead."
        else:
            return day
        self.problems.append(f"{why} Lines are checked for today, {self.today.isoformat()}.")
        return self.today

    def _say_what_was_sent_twice(self) -> None:
        for name in ("setting", "date"):
            sent = dict.fromkeys(filter(None, map(_plain, self.fields.getlist(name))))
            if len(sent) > 1:
                self.problems.append(f"The address has more than one {name}. The last counts.")

    def _lines(self, day: date) -> tuple[ClaimLine, ...]:
        """The lines sent, blank ones left out, as many as a claim may have."""
        texts = filter(_plain, self.fields.getlist("line"))
        found: list[tuple[ClaimLine, Row, str]] = [
            (line_of(text, 1, day), (), provider_of(text)) for text in texts
        ]
        for row in self._rows():
            code, *modifiers, units, first, last, provider = row
            line = line_of_cells(code, modifiers, units, first, last, provider, 1, day)
            found += [(line, row, provider_of_cells(code, provider))] if line else []
        # A line of a provider that could not be kept is empty.
        self.problems += (FAULTS[fault] for line, *_ in found if _is_empty(line) for fault in line.faults)
        found = [each for each in found if not _is_empty(each[0])]
        left_out = max(0, len(found) - MAX_LINES) + self.dropped
        if left_out:
            self.problems.append(
                f"A claim here holds {MAX_LINES} lines. The first {MAX_LINES} were kept and {left_out} left out."
            )
        kept = found[:MAX_LINES]
        self.left_blank = {number: _left_blank(row) for number, (_, row, _) in enumerate(kept, start=1) if row}
        lines = tuple(replace(line, number=number) for number, (line, *_) in enumerate(kept, start=1))
        return _with_letters(lines, [provider for *_, provider in kept])

    def _rows(self) -> list[Row]:
        """The rows of the grid, in the order its buttons ask for."""
        columns = [self.fields.getlist(name) for name in CELLS]
        if len({len(column) for column in columns if column}) > 1:
            self.problems.append(
                "The rows of the grid did not arrive whole: a modifier, units or a date may be missing, or stand "
                "on another line. Compare every line with what you typed."
            )
        return _moved(list(zip_longest(*columns, fillvalue="")), self.fields)


def provider_remark(claim: Claim) -> str:
    """What lines without a provider are compared with, where others name one; empty where all or none do."""
    unnamed = [line.number for line in claim.readable if not line.provider]
    if not unnamed or len(unnamed) == len(claim.readable):
        return ""
    if len(unnamed) == 1:
        return (
            f"Line {unnamed[0]} names no provider, so it is compared with no other line. "
            "Give it the letter of its provider."
        )
    return (
        f"Lines {listed(unnamed)} name no provider: they are compared with each other only. "
        "Give them the letter of their provider."
    )


def _moved(rows: list[Row], fields: QueryDict) -> list[Row]:
    """The rows after ``remove``, ``up`` or ``down``; a row goes past the next one that is filled."""
    filled = [at for at, row in enumerate(rows) if any(cell.strip() for cell in row)]
    for name, step in (("up", -1), ("down", 1)):
        at = _row_number(fields.get(name, "")) - 1
        place = filled.index(at) + step if at in filled else -1
        if 0 <= place < len(filled):
            rows[at], rows[filled[place]] = rows[filled[place]], rows[at]
    removed = _row_number(fields.get("remove", ""))
    return [row for number, row in enumerate(rows, start=1) if number != removed]


def _with_letters(lines: tuple[ClaimLine, ...], typed: Sequence[str]) -> tuple[ClaimLine, ...]:
    """The lines with an unused letter for each provider that was typed otherwise, so that the lines of one stay
    apart from those of another. ``typed`` has what stood there on each line and is forgotten."""
    names = [name if Fault.PROVIDER in line.faults else "" for line, name in zip(lines, typed, strict=True)]
    in_use = {line.provider for line in lines}
    unused = (letter for letter in ascii_uppercase if letter not in in_use)
    letters = dict(zip(filter(None, dict.fromkeys(names)), unused, strict=False))
    return tuple(
        replace(line, provider=letters.get(name, "")) if name else line
        for line, name in zip(lines, names, strict=True)
    )


def _left_blank(row: Row) -> frozenset[str]:
    *_, units, first, last, provider = map(_plain, row)
    blank = {"units": units in ("", "1"), "from": not first + last, "provider": not provider}
    return frozenset(name for name, is_blank in blank.items() if is_blank)


def _row_number(text: str) -> int:
    """0, which is no row, for anything that is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _is_empty(line: ClaimLine) -> bool:
    return line.units_text == "1" and not (line.parsed.text or line.date_text or line.provider)


def _problems(line: ClaimLine) -> Iterator[str]:
    """What of a line was not kept, and a date that is none. Findings tell of codes, modifiers and units."""
    for fault in line.faults:
        is_given = fault is Fault.PROVIDER and line.provider
        yield LETTER_GIVEN.format(letter=line.provider) if is_given else FAULTS[fault]
    if line.dropped:
        yield f"Only the first four modifiers of a line are kept. Left out: {listed(line.dropped)}."
    if line.first_day is None:
        yield (
            f"{_quoted(line.date_text)} is not a date, nor a first and a last one, so the line was not checked. "
            "Write it like 2026-07-15 or 2026-07-01..2026-07-05."
        )


def _plain(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def _quoted(text: str) -> str:
    return f"“{text[:LONGEST_QUOTE].rstrip()}”"
