"""Pasted text as rows and columns (pure): which sign parts its cells, what its headings say, which columns matter.

A paste out of a spreadsheet has tabs; files have commas, semicolons or bars, and quotes around cells that hold
them. Headings may stand in any order; without them a column is judged by what stands in it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from io import StringIO
from string import ascii_uppercase
from types import MappingProxyType
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
    ``above`` the rows before the headings. ``letters`` are those that stand for the names or numbers of providers,
    by what ``plain`` makes of these. ``patients`` is how many patients the rows name, 0 if none.
    """

    rows: tuple[Row, ...]
    roles: Mapping[int, Role]
    headings: tuple[str, ...] = ()
    ignored: tuple[int, ...] = ()
    above: tuple[Row, ...] = ()
    sign: str = ""
    letters: Mapping[str, str] = MappingProxyType({})
    patients: int = 0

    def provider(self, cell: str) -> str:
        """The letter of a provider; blank where there is none."""
        return self.letters.get(plain(cell), "") if self.letters else cell

    def column(self, role: Role) -> int | None:
        return next((at for at, its in self.roles.items() if its is role), None)

    def name(self, column: int) -> str:
        """The heading of a column, or its place from 1."""
        heading = self.headings[column] if column < len(self.headings) else ""
        return heading[:LONGEST_HEADING] or f"column {column + 1}"


def table_of(text: str, letters_in_use: Container[str] = ()) -> Table:
    """The rows of a text. Never fails; time grows with its length. ``letters_in_use`` are given to no provider."""
    sign = next((sign for sign in SIGNS if sign in text), "")
    rows = tuple(_rows(text, sign))
    at = _headings_at(rows)
    if at is None:
        return _without_headings(rows, sign)
    below = rows[at + 1 :]
    roles = _one_each(
        {column: role for column, cell in enumerate(rows[at].cells) if (role := role_of(cell))}, below
    )
    providers = next((_column(below, column) for column, role in roles.items() if role is Role.PROVIDER), [])
    unused = tuple(column for column in _filled_columns(below) if column not in roles)
    return Table(
        below,
        roles,
        tuple(" ".join(cell.split()) for cell in rows[at].cells),
        unused,
        rows[:at],
        sign,
        _letters_for(providers, letters_in_use),
        _patients(rows[at].cells, below),
    )


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
_PATIENT = re.compile(
    "(?:(?:PATIENT|PT|MEMBER|SUBSCRIBER|BENEFICIARY|INSURED)S? ?)?"
    "(?:ID|NAME|NO|NUMBER|LAST NAME|FIRST NAME|LAST|FIRST|MRN|MBI|HICN|SSN|DOB|DATE OF BIRTH|BIRTH ?DATE)"
    "|PATIENT|PT|MEMBER|SUBSCRIBER|BENEFICIARY|INSURED|MEDICAL RECORD(?: NO| NUMBER)?|CHART(?: NO| NUMBER)?"
)
_NOT_OF_PATIENT = ("ID", "NAME", "NO", "NUMBER", "LAST", "FIRST")  # by themselves they may be of anything
_DATE = "(?:DATES? OF SERVICE|SERVICE DATES?|SVC DATE|DOS|DATE)"
_IDENTITY = "(?:NAME|NPI|ID|NO|NUMBER)"
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
        (
            "(?:RENDERING|BILLING|SERVIC(?:E|ING)|PERFORMING|TREATING|ATTENDING)? ?"
            "(?:PROVIDER|PROV|PHYSICIAN|DOCTOR)"
            f"(?: {_IDENTITY}| LETTER)?|(?:RENDERING|SERVICING|PERFORMING) ?(?:{_IDENTITY})?|NPI(?: NUMBER)?",
            Role.PROVIDER,
        ),
    )
)


def role_of(heading: str) -> Role | None:
    """What a heading says of its column: ``CPT/HCPCS``, ``Mod 1``, ``Qty``, ``DOS`` …; None if it matters not."""
    name = plain(heading)
    return next((role for form, role in _ROLES if form.fullmatch(name)), None)


def plain(cell: str) -> str:
    """The words of a cell in upper case, without signs."""
    return " ".join(re.findall(r"[^\W_]+", codes.normalize(cell[:100])))


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
            columns = [max(columns, key=lambda column: _fitness(role, _column(rows, column)))]
        if role is Role.PROVIDER and columns and not _tells_apart(_column(rows, columns[0])):
            columns = []  # the name or number of the one provider of the claim
        kept |= dict.fromkeys(columns, role)
    return dict(sorted(kept.items()))


def _fitness(role: Role, cells: Sequence[str]) -> int:
    """How well a column fits a role: of providers the one that tells most of them apart."""
    if role is Role.PROVIDER:
        return len(set(map(plain, cells)))
    return sum(map(bool, map(_FITS[role], cells)))


def _column(rows: Iterable[Row], column: int) -> list[str]:
    return [row.cells[column] for row in rows if column < len(row.cells) and row.cells[column]]


# --- Providers and patients ---------------------------------------------------------------------------------

_LETTER = re.compile("[A-Za-z]")


def _tells_apart(cells: Sequence[str]) -> bool:
    """Whether a column holds letters of providers, or more than one of their names or numbers."""
    return all(map(_LETTER.fullmatch, cells)) or len(set(filter(None, map(plain, cells)))) > 1


def _letters_for(cells: Sequence[str], in_use: Container[str]) -> dict[str, str]:
    """A letter for each provider, none where the cells are letters themselves. After Z there are no more."""
    if all(map(_LETTER.fullmatch, cells)):
        return {}
    unused = (letter for letter in ascii_uppercase if letter not in in_use)
    return dict(zip(filter(None, dict.fromkeys(map(plain, cells))), unused, strict=False))


def _patients(headings: Sequence[str], rows: Sequence[Row]) -> int:
    """How many patients the rows name: as many as differ in the column of them that differs most."""
    names = map(plain, headings)
    columns = [at for at, name in enumerate(names) if _PATIENT.fullmatch(name) and name not in _NOT_OF_PATIENT]
    return max((len(set(map(plain, _column(rows, column)))) for column in columns), default=0)


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
}
