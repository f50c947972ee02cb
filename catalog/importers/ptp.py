"""CMS's tables of procedure-to-procedure edits: a pair of codes and the days it was in force to a row.

There is one table for practitioners and one for outpatient hospitals, published each quarter in parts, as text and
as workbook. A part begins with the AMA's notice, a title and a header that runs over four lines::

    CPT only copyright … American Medical Association.  All rights reserved.
    Column1/Column2 Edits
    Column 1    Column 2    *=in existence    Effective    Deletion     Modifier           PTP Edit Rationale
                            prior to 1996     Date         Date         0=not allowed
                                                           *=no data    1=allowed
                                                                        9=not applicable
    0001A       0591T                         20220101     20231231     1                  CPT Manual or …

Tabs part the columns. Tables are cumulative: an ended row stays, so that the newest answers for earlier days too.

Known of the files of 2024: no row is given twice, but a withdrawn pair can be there again with the same effective
date (347 times for practitioners, 140 for hospitals), and 88108 with 88162 was withdrawn for two rationales.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import date, timedelta
from functools import cache, partial
from itertools import chain
from typing import NamedTuple

from catalog.codes import is_code
from catalog.importers import ncci
from catalog.importers.files import WORKBOOK_FORMS, BadRow, Member, Refused, line_blocks, tables
from catalog.importers.ptp_checks import doubts
from catalog.importers.ptp_names import FAMILY, SETTINGS, explain, publications
from catalog.importers.sheets import row_blocks
from catalog.models import PtpEdit, Setting

__all__ = ["FAMILY", "MODELS", "Row", "doubts", "explain", "notice", "publications", "read"]

MODELS = {"ptp": PtpEdit}

COLUMNS = (
    *("column one", "column two", "the mark of 1996", "effective date", "deletion date"),
    *("modifier indicator", "rationale"),
)
WIDTH = len(COLUMNS)
INDICATORS = {"0", "1", "9"}
LONGEST_RATIONALE = 255
# Rows of the head: six in all files known, a few more if the AMA's notice grows.
LONGEST_HEAD = 20

BLANK = " \t\x1a"
DAY_ZERO = date(1899, 12, 30)

# A cell of a damaged row above the first whole one: no cell of a head looks like this.
PIECE_OF_ROW = re.compile(r"[A-Z]?[0-9]{3,}[A-Z]?", re.IGNORECASE)
NOTICE = re.compile(r"copyright|American Medical|AMA\b|registered|FARS", re.IGNORECASE)
MEDICAID = re.compile(r"(?<!medicare & )(?<!medicare and )medicaid", re.IGNORECASE)
TITLE = re.compile(r"\W*column ?(?:1|one)\b", re.IGNORECASE)
OTHER_DATASETS = {
    "a table of medically unlikely edits (MUE)": re.compile(r"\bMUE\b|medically unlikely", re.IGNORECASE),
    "a table of add-on code edits": re.compile(r"add[-_ ]?on", re.IGNORECASE),
    "a HCPCS file": re.compile(r"\bHCPC\b|long description|^[A-Z][0-9]{4}00[12]00[34]", re.IGNORECASE | re.M),
    "a list of what changed in a quarter": re.compile(r"column 2\W+\"?modifier", re.IGNORECASE),
    "a web page": re.compile(r"<html|<!doctype", re.IGNORECASE),
}

Numbered = tuple[int, str]


class Row(NamedTuple):
    """One PTP edit. Both dates are days in force; without a deletion date it is open. Rationale as published."""

    line: int
    column_one: str
    column_two: str
    prior_to_1996: bool
    effective_date: date
    deletion_date: date | None
    modifier_indicator: str
    rationale: str


class _Known(dict):
    """What texts mean, each looked at once: ``meaning`` gives that, or raises ValueError."""

    def __init__(self, meaning: Callable[[str], object]):
        super().__init__()
        self.meaning = meaning

    def __missing__(self, text: str) -> object:
        value = self[text] = self.meaning(text)
        return value


def read(member: Member, setting: str = "") -> Iterator[Row]:
    """The rows of one part. ``line`` is that of the text, or the row of the sheet.

    Raises BadRow for the first line below the head that cannot be a row; Refused when there is no row, when the
    head is that of Medicaid, of another setting or of another dataset, and when more than one sheet has rows.
    """
    found = False
    for blocks in _tables(member):
        if not found:
            found = yield from _rows(member, blocks, setting)
        elif any(_is_piece_of_row(line) for block in blocks for _number, line in block):
            raise Refused(f"{member} has rows on more than one sheet. CMS's workbooks have them on one.")
    if not found:
        raise Refused(f"{member} holds no PTP edit. It is not a part of a PTP table.")


def notice(member: Member) -> str:
    """What stands above the title, as published: the AMA's notice."""
    above: list[str] = []
    for blocks in _tables(member):
        for number, line in chain.from_iterable(blocks):
            if TITLE.match(line) or _is_piece_of_row(line) or number > LONGEST_HEAD:
                return "\n".join(filter(None, above))
            above.append(_plain(line))
    return ""


def _tables(member: Member) -> Iterator[Iterator[Iterable[Numbered]]]:
    """The tables of a part, in blocks of numbered lines with tabs between the columns; a text has one."""
    if member.form == ".txt":
        yield (enumerate(lines, first) for first, lines in line_blocks(member))
    elif member.form in (".xlsx", ".xlsm"):
        for sheet in row_blocks(member, WIDTH):
            yield ([(number, "\t".join(cells)) for number, cells in rows] for rows in sheet)
    else:
        for table in tables(member):
            yield ([(number, "\t".join(cells[:WIDTH]))] for number, cells in table)


def _rows(member: Member, blocks: Iterator[Iterable[Numbered]], setting: str) -> Generator[Row, None, bool]:
    """The rows of one table; the generator's result is whether there are any.

    Millions of lines come through here: whatever follows the two codes is mostly known from a line before.
    """
    codes = _Known(_code if member.form == ".txt" else _code_in_sheet)
    details = _Known(partial(_details, day_in=_day_in_sheet if member.form in WORKBOOK_FORMS else _day))
    make, row, head = tuple.__new__, None, []
    for block in blocks:
        for number, line in block:
            try:
                one, two, rest = line.split("\t", 2)
                values = (number, codes[one], codes[two], *details[rest])
                if one == two:
                    raise ValueError(f"{one} stands in both columns")
            except ValueError:
                if not line.strip(BLANK):
                    continue
                if row is None and not _is_piece_of_row(line) and len(head) < LONGEST_HEAD:
                    head.append(_plain(line))
                    continue
                if row is None:
                    _check_head(member, [*head, _plain(line)], setting)
                raise BadRow(str(member), number, _fault(line, codes, details)) from None
            if row is None:
                _check_head(member, head, setting)
            row = make(Row, values)
            yield row
    if row is None:
        _check_head(member, head, setting)
    elif _is_cut(row.rationale, [rationale for *_others, rationale in details.values()]):
        raise BadRow(str(member), row.line, f"the file ends in the middle of a rationale: {row.rationale!r}.")
    return row is not None


def _details(text: str, day_in: Callable[[str], date]) -> tuple[bool, date, date | None, str, str]:
    """What follows the codes: the mark of 1996, both dates, indicator and rationale."""
    cells = [cell.strip() for cell in text.split("\t")]
    if len(cells) != len(COLUMNS) - 2:
        raise ValueError(f"{len(cells) + 2} columns where a row has {WIDTH}")
    mark, effective, deletion, indicator, rationale = cells
    if mark not in ("*", ""):
        raise ValueError(f"the mark of 1996 is {mark[:20]!r}, neither * nor blank")
    start = _date("effective date", effective, day_in)
    end = None if deletion == "*" else _date("deletion date", deletion, day_in)
    if end is not None and end < start:
        raise ValueError(f"deletion date {deletion} is before its effective date {effective}")
    if indicator not in INDICATORS:
        raise ValueError(f"modifier indicator is {indicator[:20]!r}, not 0, 1 or 9")
    if len(rationale) > LONGEST_RATIONALE:
        raise ValueError(f"the rationale has {len(rationale):,} characters")
    return mark == "*", start, end, indicator, rationale


def _date(column: str, text: str, day_in: Callable[[str], date]) -> date:
    try:
        day = day_in(text)
    except ValueError as error:
        raise ValueError(f"{column} is {text[:20]!r}, and there is no such day") from error
    if not ncci.is_possible(day):
        raise ValueError(f"{column} is {text[:20]!r}, {day}, and no edit is from before 1995 or after 2100")
    return day


@cache
def _day(text: str) -> date:
    """A date as CMS writes it."""
    if not re.fullmatch("[0-9]{8}", text):
        raise ValueError(text)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


@cache
def _day_in_sheet(text: str) -> date:
    """The same, or as a spreadsheet may count its days: 45474 is 2024-07-01."""
    return DAY_ZERO + timedelta(int(text)) if re.fullmatch("[0-9]{5}", text) else _day(text)


def _code(text: str) -> str:
    code = text.strip()
    if not is_code(code):
        raise ValueError(f"{code[:20]!r} is no code")
    return code


def _code_in_sheet(text: str) -> str:
    """A code with the zeros that the spreadsheet took from a number: 100 is 00100."""
    return _code(text.strip().zfill(5) if text.strip().isdecimal() else text)


def _fault(line: str, codes: _Known, details: _Known) -> str:
    """What is wrong with a line that is no row, by its first column that is."""
    one, two, rest = [*line.split("\t", 2), "", ""][:3]
    for column, code in (("column one", one), ("column two", two)):
        try:
            codes[code]
        except ValueError as error:
            return f"{column}: {error}."
    try:
        details[rest]
    except ValueError as error:
        return f"{error}."
    return f"{one.strip()} stands in both columns."


def _is_piece_of_row(line: str) -> bool:
    return any(PIECE_OF_ROW.fullmatch(cell.strip()) for cell in line.split("\t"))


def _is_cut(last: str, rationales: list[str]) -> bool:
    """Whether the rationale of the last row is a new one, and another goes on from it."""
    *before, newest = rationales
    return newest == last and last not in before and any(other.startswith(last) for other in before)


def _check_head(member: Member, head: list[str], setting: str) -> None:
    """Raises Refused when what stands above the rows is not the head of a table of this setting."""
    text = "\n".join(head)
    if MEDICAID.search(text):
        raise Refused(f"{member} says that it is Medicaid's. Only Medicare's tables are loaded here.")
    title = "\n".join(line for line in head if not NOTICE.search(line))
    said = [one for one, pattern in SETTINGS.items() if pattern.search(title)]
    if setting and said and setting not in said:
        raise Refused(
            f"{member} says that it is the table of {Setting(said[0]).words}, not of {Setting(setting).words}."
        )
    for what, pattern in OTHER_DATASETS.items():
        if pattern.search(title):
            raise Refused(f"{member} is not a PTP table. It looks like {what}.")


def _plain(line: str) -> str:
    return " ".join(text for cell in line.split("\t") if (text := cell.strip(BLANK))).strip('"').strip()
