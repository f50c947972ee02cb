"""One pasted row (pure): its lines, what of it could not be read and why, and how much was left out.

Without headings a row is read from left to right: a code, and what follows it that can be modifiers or units,
until the next code. A number of two digits after a code is a modifier if CPT has it, else units; one digit is
units; more digits may be a charge and are not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from catalog import codes
from catalog.codes import Hint, Status
from scratchpad.claim import ClaimLine
from scratchpad.claim_text import cells_of, days_of, line_of, line_of_cells, with_marked_units
from scratchpad.cms1500 import without_pointers
from scratchpad.columns import MODIFIER_NUMBERS, Role, Row, Table

NEAR = timedelta(days=3 * 366)
"""How far from the claim's a date without a heading may lie: beyond, it may be a birthday."""

LONGEST_ATTEMPT = 24

ATTEMPTS = frozenset(
    (
        Hint.LEADING_ZERO_LOST,
        Hint.REVENUE_CODE,
        Hint.NO_SUCH_SECTION,
        Hint.NOT_A_CPT_SUFFIX,
        Hint.TOO_FEW_DIGITS,
        Hint.MODIFIER_TOO_SHORT,
        Hint.NOT_A_MODIFIER,
        Hint.MODIFIER_AFTER_DOT,
        Hint.LETTER_FOR_DIGIT,
        Hint.SPREADSHEET_NUMBER,
        Hint.UNITS_SEPARATE,
    )
)
"""Hints of text that is plainly a try at a code, so that it may be quoted and kept to be put right."""

NO_CODE = "No code was found in this row."
RANGE = "A range stands for many codes and is not expanded. Write out each code that was reported."
SEVERAL = "Several codes stand in one cell, so it is not known whose modifiers or units these are."
CHARGE = "A number of three or more digits beside a code may be units or a charge. Write units as x{number}."
UNITS = "Units are whole numbers from 1. The line is not checked until they are put right."
MEASURE = "{text} is no number of units. Units are written as in x2."
POINTER = "{text} stands where the form has its diagnosis pointers, so it is no modifier. The charge was left out."
MODIFIERS = "What stands for a modifier is none and was left out."
DATES = (
    "Its dates were left out: there is more than one, or it is far from that of the claim, or it is none. "
    "Put From and To above columns of dates."
)
NO_DATE = "What stands for dates is none, or the last is before the first. The line has the date of the claim."


class Reading(NamedTuple):
    """What a row says.

    ``unread`` are texts and reasons, the text "" where it may be of a patient. ``left_out`` counts words and
    numbers that are part of no line. ``attempt`` is a line that cannot be read, kept to be put right.
    ``is_numbered`` tells of a number in front of the row. ``guessed`` are numbers that were taken for units though
    no sign marks them as such.
    """

    lines: tuple[ClaimLine, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    left_out: int = 0
    attempt: ClaimLine | None = None
    is_numbered: bool = False
    guessed: tuple[str, ...] = ()


# --- Under headings ----------------------------------------------------------------------------------------

_BLANKS = frozenset(("-", "--", ".", "N/A", "NONE", "NULL", "(BLANK)"))
_TIME = re.compile(r"[ T][0-9]{1,2}:[0-9]{2}.*")


def row_of_columns(row: Row, table: Table, day: date) -> Reading:
    """A row under headings: each cell is what its heading says."""
    cells = {column: _cell(cell) for column, cell in enumerate(row.cells)}
    code = re.sub(r"^([0-9]{5})\.0+$", r"\1", cells.get(table.column(Role.CODE), "").lstrip("+"))
    units = cells.get(table.column(Role.UNITS), "")
    typed = [cells.get(column, "") for column, role in table.roles.items() if role is Role.MODIFIERS]
    modifiers = [re.sub(r"\.0+$", "", cell) for cell in typed if cell]
    if not code:
        return Reading(unread=(("", NO_CODE),))
    first, last, has_dates = _dates(cells, table, day)
    provider = table.provider(cells.get(table.column(Role.PROVIDER), ""))
    parsed = line_of(code, 0, day).parsed
    if parsed.status is Status.MULTIPLE_CODES:
        if modifiers or units not in ("", "1"):
            return Reading(unread=((_quotable(code), SEVERAL),))
        listed = row_of_list(Row(row.number, (code,)), Table((), {}), day)
        return listed._replace(lines=tuple(_on_days(line, first, last, provider, day) for line in listed.lines))
    fitting = [cell for cell in modifiers if codes.parse(f"99213-{cell}").code]
    unread = [("", MODIFIERS)] * (len(modifiers) - len(fitting))
    if _MEASURE.fullmatch(units):
        unread.append(("", MEASURE.format(text=units.lower())))
        units = ""
    if not has_dates:
        unread.append(("", NO_DATE))
    line = line_of_cells(code, fitting, units, first, last, provider, 0, day)
    if not line.code or _is_somebodys(code):
        return _unread(code, line, unread)
    return Reading((line,), (*unread, *_faults(line)))


def _on_days(line: ClaimLine, first: str, last: str, provider: str, day: date) -> ClaimLine:
    return line_of_cells(*cells_of(line)._replace(first=first, last=last, provider=provider), 0, day)


def _cell(text: str) -> str:
    text = codes.normalize(text[:1_000])
    return "" if text in _BLANKS else text


def _dates(cells: dict[int, str], table: Table, day: date) -> tuple[str, str, bool]:
    """The dates of a line, blank where they are the claim's, and whether all that was said could be read."""
    first, last = (_TIME.sub("", cells.get(table.column(role), "")) for role in (Role.FIRST_DAY, Role.LAST_DAY))
    starts = days_of(first) if first else (day, day)
    ends = days_of(last) if last else starts
    if None in (*starts, *ends) or starts[0] > ends[1]:
        return "", "", False
    if starts == ends == (day, day):
        return "", "", True
    return first, ("" if first == last else last), True


def _faults(line: ClaimLine) -> Iterator[tuple[str, str]]:
    """What of a line with a code cannot be checked."""
    if line.units is None:
        yield (line.units_text if re.fullmatch("[-+0-9.,]+", line.units_text) else ""), UNITS
    if line.dropped:
        yield " ".join(line.dropped), Hint.TOO_MANY_MODIFIERS.sentence


def _is_somebodys(text: str) -> bool:
    """Whether digits are too many for a code and a modifier: a member, a Social Security number, a drug's NDC."""
    return re.fullmatch("[0-9]{8,}", text) is not None


def _unread(text: str, line: ClaimLine, unread: Sequence[tuple[str, str]] = ()) -> Reading:
    """A row without a code: kept on the claim if it is a try at one."""
    parsed = line_of(text, 0, date.min).parsed
    if parsed.range:
        return Reading(unread=((_quotable(text), RANGE), *unread))
    why = parsed.hint.sentence if parsed.hint else NO_CODE
    attempt = line if not line.code and _is_attempt(text) else None
    return Reading(unread=((_quotable(text), why), *unread), attempt=attempt)


def _quotable(text: str) -> str:
    """The text if it is codes or a try at one; "" for anything else, which may be of a patient."""
    parsed = codes.parse(text[:200])
    is_code = parsed.code or parsed.range or parsed.status in (Status.MULTIPLE_CODES, Status.MODIFIER_ONLY)
    return text[:200] if (is_code or _is_attempt(text)) and not _is_somebodys(text) else ""


def _is_attempt(text: str) -> bool:
    """Whether a text is plainly a try at a code: one word, with nothing but units or a modifier behind it."""
    is_short = re.fullmatch(r"\S{1,12}(?: \S{1,3})*", text[: LONGEST_ATTEMPT + 1]) and len(text) <= LONGEST_ATTEMPT
    return bool(is_short) and len(re.findall("[0-9]", text)) < 9 and codes.parse(text).hint in ATTEMPTS


# --- Without headings --------------------------------------------------------------------------------------

_FIVE = r"[0-9A-Z][0-9OI]{3}[0-9A-Z]"
_NUMBER = r"[-+]?[0-9]{1,4}(?:\.[0-9]+)?(?![0-9A-Z.])"
_MONTH = r"(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]{0,6}"
_DAY = (
    r"(?:[0-9]{1,4}[/-][0-9]{1,2}[/-][0-9]{2,4}"
    rf"|[0-9]{{1,2}}[- ]{_MONTH}[- ][0-9]{{2,4}}|{_MONTH} [0-9]{{1,2}},? [0-9]{{4}}|(?:19|20)[0-9]{{6}})"
)
_MEASURES = (
    "(?:MIN(?:UTE)?S?|HRS|HOURS?|DAYS?|W(?:EE)?KS?|MONTHS?|Y(?:EA)?RS?|YO"
    "|MC?G|GM|ML|[CM]M|SQ(?: CM)?|CC|OZ|IU)(?![0-9A-Z])"
)
_MEASURE = re.compile(rf"[0-9][0-9.]* ?{_MEASURES}")
_TOKEN = re.compile(
    # Telephone and Social Security numbers first, lest their parts be taken for units and modifiers.
    r"(?<![0-9A-Z])(?P<number>\(?[0-9]{3}[-. )]{1,2}[0-9]{3}[-. ][0-9]{4}|[0-9]{3}[- ][0-9]{2}[- ][0-9]{4})"
    r"(?![0-9A-Z])"
    rf"|(?<![0-9A-Z])(?P<range>{_FIVE} ?(?:-|TO|THRU|THROUGH|\.\.+) ?{_FIVE})(?![0-9A-Z-])"
    rf"|(?<![0-9A-Z/.-])(?P<date>{_DAY}(?: ?(?:-|TO|THRU|THROUGH|\.\.+) ?{_DAY})?)(?![0-9A-Z/-])"
    rf"|(?<![0-9A-Z])(?P<before>[0-9]{{1,4}} ?[X*×]) ?(?={_FIVE}(?![0-9A-Z]))"
    rf"|(?:(?<![0-9A-Z-])X ?|[*×] ?|(?<![0-9A-Z.]))(?P<measure>{_MEASURE.pattern})"
    rf"|(?P<units>(?:(?<![0-9A-Z-])X|[*×]) ?{_NUMBER}|\( ?[0-9] ?\)|(?<![0-9A-Z])X\? ?[0-9A-Z.]+"
    rf"|(?<![0-9A-Z])(?:(?:QTY|QUANTITY|UNITS?)[:=. ]*{_NUMBER}|[0-9.]{{1,7}} ?UNITS?(?![0-9A-Z])))"
    r"|(?P<amount>\$ ?[0-9][0-9.,]*|(?<![0-9A-Z.])[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9A-Z]))"
    r"|(?P<word>[^\W_]+(?:[.-][^\W_]+)*%?)"
)
_LABELS = re.compile(
    r"(?:CPT4?|HCPCS|CODES?|PROC(?:EDURE)?S?|MOD(?:IFIER)?S?|AND|WITH|PLUS|LINE|ITEM|X|UNITS?|QTY|QUANTITY)"
)
# Words that no modifier was ever issued for; other states and titles (CA, PA, MD) cannot be told from modifiers.
_STATE = re.compile("AL|D[CE]|FL|I[ADL]|LA|M[INOT]|N[CDEHJMVY]|OH|PR|TX|UT|V[AT]|W[AIVY]")
_TITLE = re.compile("D[OR]|MR|NP|O[DKT]|RN")
_DX = re.compile("(?:DX[0-9]*|DIAG(?:NOSIS|NOSES)?|ICD(?:-?(?:9|10))?(?:-?CM)?)S?")
_DIAGNOSIS_OR_POINTER = re.compile(r"[A-L]{1,4}|[A-TV-Z][0-9][0-9A-Z](?:\.?[0-9A-Z]{1,4})?")
_IN_FRONT = re.compile(r"\W*(?:(?:LINE|ITEM|ROW|NO)\b[ .#]*)?([0-9]{1,3})[.):]+\s", re.IGNORECASE)


@dataclass
class _Draft:
    """A line while its row is read. ``text`` may hold modifiers and units besides its code."""

    text: str
    code: str
    has_units: bool
    modifiers: list[str] = field(default_factory=list)
    units: str = ""
    is_guess: bool = False

    def take_units(self, text: str, *, is_guess: bool = False) -> bool:
        if self.has_units:
            return False
        typed = text[2:] if text.startswith("X?") else re.sub("[^-+0-9.]", "", text)
        self.has_units, self.units, self.is_guess = True, typed.strip(" ."), is_guess
        return True


def row_of_list(row: Row, table: Table, day: date) -> Reading:
    """A row without headings, whose columns of no use are known at most."""
    cells = list(row.cells)
    is_numbered = bool(in_front := _IN_FRONT.match(cells[0]))
    if in_front:
        cells[0] = cells[0][in_front.end() :]
    reader = _Reader(row.number, any(map(_is_plain_code, re.findall("[0-9A-Za-z]+", " ".join(cells)))))
    cells, pointers = without_pointers(cells)
    reader.unread += (("", POINTER.format(text=pointer)) for pointer in pointers)
    ignored, units_column = set(table.ignored), table.column(Role.UNITS)
    for column, cell in enumerate(cells):
        if column not in ignored and column != units_column:
            reader.read(cell, is_one_of_many=len(cells) > 1, sign=table.sign)
    if units_column is not None and units_column < len(cells) and cells[units_column]:
        is_taken = len(reader.drafts) == 1 and reader.drafts[0].take_units(cells[units_column])
        reader.left_out += not is_taken
    is_numbered |= reader.is_numbered
    if not reader.drafts:
        text = codes.normalize(" ".join(cells)[:1_000])
        if reader.unread:
            return Reading((), tuple(reader.unread), reader.left_out, None, is_numbered)
        return _unread(text, line_of(text, 0, day))._replace(is_numbered=is_numbered)
    first = _one_date(reader.dates, day)
    if first is None:
        reader.unread.append(("", DATES))
    lines = [
        line_of_cells(draft.text, draft.modifiers, draft.units, first or "", "", "", 0, day)
        for draft in reader.drafts
    ]
    unread = (*reader.unread, *(fault for line in lines for fault in _faults(line)))
    guessed = tuple(draft.units for draft in reader.drafts if draft.is_guess and draft.units != "1")
    return Reading(tuple(lines), unread, reader.left_out, None, is_numbered, guessed)


def _one_date(texts: Sequence[str], day: date) -> str | None:
    """The one date of a row, "" for that of the claim, None for dates that are not to be trusted."""
    said = {days_of(text) for text in texts}
    if said <= {(day, day)}:
        return ""
    first, last = said.pop()
    if said or first is None or abs(first - day) > NEAR or abs(last - day) > NEAR:
        return None
    return f"{first.isoformat()}..{last.isoformat()}"


def _is_plain_code(word: str) -> bool:
    return codes.is_code(word.upper())


class _Reader:
    """Reads the cells of a row from left to right."""

    def __init__(self, row_number: int, has_plain: bool):
        self.row_number = row_number
        self.has_plain = has_plain  # a code of five characters
        self.drafts: list[_Draft] = []
        self.dates: list[str] = []
        self.unread: list[tuple[str, str]] = []
        self.left_out = 0
        self.is_numbered = False
        self._before = ""
        self._is_after_words = False
        self._is_after_state = False
        self._is_after_dx = False
        self._has_dots = False  # in the diagnoses of the row

    def read(self, cell: str, *, is_one_of_many: bool, sign: str) -> None:
        """A cell; one that is modifiers or units as a whole is so behind words too."""
        for kind, text, is_all in _tokens(cell):
            is_cell = is_one_of_many and is_all and (sign != "," or text.isdigit())
            match kind:
                case "measure" if self.drafts:
                    self.unread.append(("", MEASURE.format(text=text.lower())))
                case "range":
                    self.unread.append((text, RANGE))
                    self._is_after_words = True
                case "date":
                    self.dates.append(text)
                case "before":
                    self._before = text
                case "units" if not self.drafts and self._takes_word(text, is_cell):  # X1234 is a code
                    pass
                case "units" if self.drafts and self.drafts[-1].take_units(text):
                    pass
                case "word" if self._takes_word(text, is_cell):
                    pass
                case _:
                    self._leave(kind, text)

    def _takes_word(self, text: str, is_cell: bool) -> bool:
        if _LABELS.fullmatch(text):
            return True
        if self._is_of_diagnoses(text):
            return False
        is_zip = self._is_after_state and re.fullmatch("[0-9]{5}", text)
        self._is_after_state = _STATE.fullmatch(text) is not None
        if is_zip:
            return False
        if line := self._code_of(text):
            self.drafts.append(_Draft(text, line.code, line.units_text != "1"))
            self.left_out += bool(self._before) and not self.drafts[-1].take_units(self._before)
            self._before, self._is_after_words = "", False
            return True
        if not self.drafts:
            is_number = text == str(self.row_number) and not self.is_numbered
            self.is_numbered |= is_number
            return is_number
        if self._is_after_words and not is_cell:
            return False
        return self._follows(self.drafts[-1], text)

    def _is_of_diagnoses(self, text: str) -> bool:
        """Whether a word is DX, or a diagnosis or pointers behind it. E1165 is a diagnosis there, but J1885 behind
        a diagnosis with its dot is a code."""
        if _DX.fullmatch(text):
            self._is_after_dx = True
            return True
        is_code = self._has_dots and codes.is_code(text)
        self._is_after_dx = self._is_after_dx and not is_code and _DIAGNOSIS_OR_POINTER.fullmatch(text) is not None
        self._has_dots |= self._is_after_dx and "." in text
        return self._is_after_dx

    def _code_of(self, word: str) -> ClaimLine | None:
        """The line of a word that is one code; seven digits may be one with a modifier, if none is plain."""
        if len(word) < 5 or not re.search("[0-9]", word):
            return None
        is_long = re.fullmatch("[0-9]{6,}", word)
        if is_long and (self.has_plain or len(word) != 7 or word[5:] not in MODIFIER_NUMBERS):
            return None
        line = line_of(word, 0, date.min)
        return line if line.code else None

    def _follows(self, draft: _Draft, text: str) -> bool:
        """Whether a word behind a code is its units or modifiers."""
        if re.fullmatch("[0-9]{3,4}", text):
            self.unread.append((text, CHARGE.format(number=text)))
            return True
        if re.fullmatch("[0-9]{1,2}", text) and text not in MODIFIER_NUMBERS:
            return int(text) > 0 and draft.take_units(text, is_guess=True)
        if _STATE.fullmatch(text) or _TITLE.fullmatch(text):
            return False
        if draft.has_units or len(text) > LONGEST_ATTEMPT or not codes.parse(f"{draft.code} {text}").modifiers:
            return False
        draft.modifiers.append(text)
        return True

    def _leave(self, kind: str, text: str) -> None:
        self._is_after_words |= bool(re.search("[^0-9.$,]", text))
        if self._before:
            self._before = ""
            self.left_out += 1
        if self.drafts and kind == "word" and "." not in text and _is_attempt(text):
            self.unread.append((text, codes.parse(text).hint.sentence))
        else:
            self.left_out += 1


def _tokens(cell: str) -> Iterator[tuple[str, str, bool]]:
    """The words of a cell: what each is by its look, its text, and whether it is all of the cell."""
    text = codes.normalize(with_marked_units(cell[:20_000]))
    text = re.sub(rf"(?<=[0-9A-Z])X(?={_MEASURE.pattern})", " ", text)  # 97110x30 min
    for match in _TOKEN.finditer(text):
        yield match.lastgroup, match[match.lastgroup], match[0] == text.strip("()[]#*-+ ")
