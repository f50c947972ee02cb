"""Pasted text as rows and columns (pure): which sign parts its cells, what its headings say, which columns matter.

A paste out of a spreadsheet has tabs; files have commas, semicolons or bars, and quotes around cells that hold
them. Headings may stand in any order; without them a column is judged by what stands in it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from io import StringIO
from typing import NamedTuple

from catalog import codes
from scratchpad.claim_text import day_of

SIGNS = ("\t", "|", ";", ",")
ROWS_ABOVE_HEADINGS = 10
LONGEST_HEADING = 30
FEWEST_ROWS = 2
"""Rows that columns without headings are judged by."""


class Role(StrEnum):
    """What the cells of a column are on a claim line."""

    CODE = "code"
    MODIFIERS = "modifiers"
    UNITS = "units"
    FIRST_DAY = "from"
    LAST_DAY = "to"
    PROVIDER = "provider"


class Row(NamedTuple):
    """A row that is not blank; ``number`` counts all rows of the text from 1."""

    number: int
    cells: tuple[str, ...]


class Table(NamedTuple):
    """Rows, and what is known of their columns.

    ``headings`` are () where there are none. ``ignored`` are columns of no use in which something stands and
    ``above`` the rows before the headings.
    """

    rows: tuple[Row, ...]
    roles: Mapping[int, Role]
    headings: tuple[str, ...] = ()
    ignored: tuple[int, ...] = ()
    above: tuple[Row, ...] = ()
    sign: str = ""

    def column(self, role: Role) -> int | None:
        return next((at for at, its in self.roles.items() if its is role), None)

    def name(self, column: int) -> str:
        """The heading of a column, or its place from 1."""
        heading = self.headings[column] if column < len(self.headings) else ""
        return heading[:LONGEST_HEADING] or f"column {column + 1}"


def table_of(text: str) -> Table:
    """The rows of a text. Never fails; time grows with its length."""
    sign = next((sign for sign in SIGNS if sign in text), "")
    rows = tuple(_rows(text, sign))
    at = _headings_at(rows)
    if at is None:
        return _without_headings(rows, sign)
    below = rows[at + 1 :]
    roles = _one_each(
        {column: role for column, cell in enumerate(rows[at].cells) if (role := role_of(cell))}, below
    )
    unused = tuple(column for column in _filled_columns(below) if column not in roles)
    return Table(below, roles, tuple(" ".join(cell.split()) for cell in rows[at].cells), unused, rows[:at], sign)


# --- Rows and cells ----------------------------------------------------------------------------------------

# An amount with commas in a text that has commas between its parts.
_AMOUNT = re.compile(r"(?<=[ \t$])[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{2}(?![0-9])|(?<=\$)[0-9]{1,3}(?:,[0-9]{3})+")


def _rows(text: str, sign: str) -> Iterator[Row]:
    lines = text.replace("\ufeff", "").replace("\0", "").splitlines()
    if sign == ",":
        lines = [_AMOUNT.sub(lambda amount: amount[0].replace(",", ""), line) for line in lines]
    for number, cells in _cells(lines, sign):
        if any(re.search(r"[^\W_]", cell) for cell in cells):
            yield Row(number, tuple(cell.strip() for cell in cells))


def _cells(lines: Sequence[str], sign: str) -> Iterator[tuple[int, Sequence[str]]]:
    """The cells of each row, with its number. Quotes may hold a cell of several lines, if all of them end."""
    if not sign:
        yield from ((number, (line,)) for number, line in enumerate(lines, start=1))
        return
    text = "\n".join(lines)
    quoting = csv.QUOTE_NONE if text.count('"') % 2 else csv.QUOTE_MINIMAL
    reader = csv.reader(StringIO(text, newline=""), delimiter=sign, quoting=quoting, skipinitialspace=True)
    number = 1
    for cells in reader:
        yield number, cells
        number = reader.line_num + 1


def _filled_columns(rows: Iterable[Row]) -> list[int]:
    return sorted({column for row in rows for column, cell in enumerate(row.cells) if cell})


# --- Headings ----------------------------------------------------------------------------------------------

_CODE_SET = "(?:CPT|HCPCS?|PROC(?:EDURE)?)"
_DATE = "(?:DATES? OF SERVICE|SERVICE DATES?|SVC DATE|DOS|DATE)"
_ROLES = tuple(
    (re.compile(pattern), role)
    for pattern, role in (
        (rf"(?:(?:{_CODE_SET}|SERVICE|SVC|BILLING|BILLED) )*(?:{_CODE_SET} ?4?|CODE)S?", Role.CODE),
        (rf"(?:{_CODE_SET} )*(?:MOD(?:IFIER)?S?(?: CODES?)?|M(?=[ 1-4])) ?[1-4]?", Role.MODIFIERS),
        (
            "(?:(?:BILLED|SERVICE|SVC|LINE|TOTAL|NO OF|NUMBER OF|DAYS|OR) )*(?:UNITS?|QTY|QUANTITY|UOS)"
            "(?: OF SERVICE| BILLED)?",
            Role.UNITS,
        ),
        (rf"{_DATE}(?: FROM| START)?|FROM(?: {_DATE})?|(?:START|BEGIN|FIRST) {_DATE}", Role.FIRST_DAY),
        (rf"(?:{_DATE} )?(?:TO|THRU|THROUGH|END)(?: {_DATE})?|LAST {_DATE}", Role.LAST_DAY),
        ("(?:(?:RENDERING|BILLING|SERVICE) )?PROVIDER(?: LETTER)?", Role.PROVIDER),
    )
)


def role_of(heading: str) -> Role | None:
    """What a heading says of its column: ``CPT/HCPCS``, ``Mod 1``, ``Qty``, ``DOS`` …; None if it matters not."""
    name = " ".join(re.findall("[0-9A-Z]+", codes.normalize(heading[:100])))
    return next((role for form, role in _ROLES if form.fullmatch(name)), None)


def _headings_at(rows: Sequence[Row]) -> int | None:
    """The first row that names a column of codes; below the first row only together with another column."""
    for at, row in enumerate(rows[:ROWS_ABOVE_HEADINGS]):
        roles = [role_of(cell) for cell in row.cells]
        is_table = at == 0 or len(set(filter(None, roles))) > 1
        if Role.CODE in roles and is_table and not any(map(holds_code, row.cells)):
            return at
    return None


def _one_each(roles: Mapping[int, Role], rows: Sequence[Row]) -> dict[int, Role]:
    """One column for each role, the one with most cells that fit, but any number of columns for modifiers."""
    kept = {}
    for role in Role:
        columns = [column for column, its in roles.items() if its is role]
        if len(columns) > 1 and role is not Role.MODIFIERS:
            columns = [max(columns, key=lambda column: sum(map(bool, map(_FITS[role], _column(rows, column)))))]
        if role is Role.PROVIDER and not all(map(_FITS[role], _column(rows, columns[0]) if columns else ())):
            columns = []  # names or numbers of providers, which a claim here does not hold
        kept |= dict.fromkeys(columns, role)
    return dict(sorted(kept.items()))


def _column(rows: Iterable[Row], column: int) -> list[str]:
    return [row.cells[column] for row in rows if column < len(row.cells) and row.cells[column]]


# --- Columns without headings ------------------------------------------------------------------------------

_DIAGNOSIS = re.compile(r"[A-TV-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?")
_SMALL_NUMBER = re.compile("[0-9]{1,3}")
MODIFIER_NUMBERS = frozenset(
    map(str, (*range(22, 28), 32, 33, 47, *range(50, 60), 62, 63, 66, 73, 74, *range(76, 83), *range(90, 94)))
) | {"95", "96", "97", "99"}
"""Modifiers of CPT that are numbers (Appendix A); other numbers beside a code are units or something else."""


def holds_code(cell: str) -> bool:
    """Whether a cell is a code, with or without its modifiers, or begins with one."""
    first = re.match(r"\+?([^\s,;/|]+)", codes.normalize(cell[:100]))
    return bool(first and re.search("[0-9]", first[1]) and codes.parse(first[1]).code)


def _without_headings(rows: Sequence[Row], sign: str) -> Table:
    """The columns that surely are of no use, and the one of units. Of a list nothing is known beforehand."""
    widths = {len(row.cells) for row in rows}
    if len(rows) < FEWEST_ROWS or len(widths) > 1 or widths == {1}:
        return Table(tuple(rows), {}, sign=sign)
    columns = {column: _column(rows, column) for column in _filled_columns(rows)}
    coded = [column for column, cells in columns.items() if _is_coded(cells)]
    if not coded:
        return Table(tuple(rows), {}, sign=sign)
    varied = [column for column in coded if len(set(columns[column])) > 1]
    if varied:  # what is the same in every row beside them is a number of somebody, or where they live
        coded = varied
    coded = _without_bare_numbers(coded, columns)
    beside = {column: cells for column, cells in columns.items() if column > coded[0] and column not in coded}
    numbers = {column: cells for column, cells in beside.items() if all(map(_SMALL_NUMBER.fullmatch, cells))}
    units = _units_column({column: [int(cell) for cell in cells] for column, cells in numbers.items()})
    used = {*coded, units}
    used |= {column for column, cells in beside.items() if _is_of_modifiers(cells, column in numbers)}
    used |= {column for column, cells in columns.items() if all(map(_is_date, cells))}
    roles = {} if units is None else {units: Role.UNITS}
    return Table(tuple(rows), roles, (), tuple(column for column in columns if column not in used), (), sign)


def _is_coded(cells: Sequence[str]) -> bool:
    """Whether most cells hold codes and none a diagnosis: E1165 without its dot has the shape of both."""
    upper = [cell.upper() for cell in cells]
    return 2 * sum(map(holds_code, cells)) >= len(cells) and not any(map(_DIAGNOSIS.fullmatch, upper))


def _without_bare_numbers(coded: list[int], columns: Mapping[int, Sequence[str]]) -> list[int]:
    """The columns of codes, but of numbers alone only where no other has Level II codes, or modifiers in or beside
    it: next to such a one they are ZIP codes, or numbers of somebody."""
    sure = {
        column
        for column in coded
        if any(map(_is_surely_code, columns[column]))
        or (column + 1 in columns and _is_of_modifiers(columns[column + 1], is_of_numbers=True))
    }
    bare = {column for column in coded if all(map(_BARE.fullmatch, columns[column]))}
    return [column for column in coded if column in sure or column not in bare] if sure else coded


_BARE = re.compile("[0-9]{5}")


def _is_surely_code(cell: str) -> bool:
    """Whether a cell is a code that no ZIP code looks like: of Level II, or with modifiers."""
    parsed = codes.parse(cell[:100])
    return bool(parsed.code) and (not parsed.code[0].isdigit() or bool(parsed.modifiers))


def _units_column(numbers: Mapping[int, Sequence[int]]) -> int | None:
    """The first column of mostly small numbers that are no modifiers, one with a number below 10 if there is."""
    fitting = {}
    for column, values in numbers.items():
        small = [value for value in values if value < 100 and str(value) not in MODIFIER_NUMBERS]
        if 2 * len(small) > len(values):
            fitting[column] = min(values)
    return next((column for column, least in fitting.items() if least < 10), next(iter(fitting), None))


def _is_of_modifiers(cells: Sequence[str], is_of_numbers: bool) -> bool:
    """Whether at least half of the cells are modifiers, or now and then units among them."""
    fitting = [cell for cell in cells if _are_modifiers(cell) or (not is_of_numbers and _may_be_units(cell))]
    return 2 * len(fitting) >= len(cells)


def _may_be_units(cell: str) -> bool:
    return re.fullmatch("[0-9]{1,4}", cell) is not None


def _are_modifiers(cell: str) -> bool:
    words = re.findall("[0-9A-Z]+", cell.upper())
    return bool(words) and all(map(_can_be_modifier, words))


def _can_be_modifier(word: str) -> bool:
    return codes.is_modifier(word) and (not word.isdigit() or word in MODIFIER_NUMBERS)


def _is_date(cell: str) -> bool:
    return day_of(cell) is not None


_FITS: Mapping[Role, Callable[[str], object]] = {
    Role.CODE: holds_code,
    Role.UNITS: re.compile(r"[0-9]{1,4}(?:\.0+)?").fullmatch,
    Role.FIRST_DAY: _is_date,
    Role.LAST_DAY: _is_date,
    Role.PROVIDER: re.compile("[A-Za-z]").fullmatch,
}
