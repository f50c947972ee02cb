"""A table of texts as an editor sends it: CSV as any spreadsheet saves it, or an Excel workbook, taken as text.

Nothing in it is ever computed. A cell that is not text (a formula, a date, an error) is named, for what a
spreadsheet shows in its place is not what the editor wrote. Only where a column holds dates, a date is one. ::

    id,term,means,code,note
    17,knee scooter,,E0118,
    ,hoyer lift,patient lift hydraulic,,
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from openpyxl import load_workbook

from catalog.exports import without_guard

LARGEST_FILE = 2_000_000  # bytes; all texts of the starter set have 100,000
LARGEST_UNPACKED = 20_000_000  # bytes of all parts of a workbook
TOO_LARGE = f"The file has more than {LARGEST_FILE // 1_000_000} MB. Send it in parts."
MOST_PARTS = 1_000
MOST_LINES = 5_000
LIMITS = f"At most {LARGEST_FILE // 1_000_000} MB and {MOST_LINES:,} rows."
MOST_COLUMNS = 50
LAST_ROW = 1_048_576  # of any spreadsheet: what names a later one is not a spreadsheet's work

_DELIMITERS = (",", ";", "\t")
_WORKBOOK, _OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OLD_CODE_PAGE = "Read as Windows-1252, as it is not UTF-8. Look at accents, dashes and quotation marks."
_LEFT_OUT = "What is not there stays as it is; to empty a text, send an Excel workbook (.xlsx)."
_ESCAPED = re.compile("_x(000[9AD]|005F)_", re.IGNORECASE)  # a tab, the end of a line, and “_” before such
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Exception):  # noqa: N818 - a file is unreadable, it does not go wrong
    """A file that is no table of texts. Its text is the sentence for the person who sent it."""


class Line(NamedTuple):
    """A row: its number in the file (1-based), its texts by column, and why a cell is not one, by column.

    A text is None where the row ends before its column: nothing is said of it.
    """

    number: int
    texts: dict[str, str | None]
    faults: dict[str, str]


class Table(NamedTuple):
    """What was read: the columns known here, in the order of the file; the lines; how the file was taken."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    remarks: tuple[str, ...] = ()


class _Row(NamedTuple):
    number: int
    cells: Sequence[object]
    behind: str | None  # its end: a workbook leaves out empty cells, of CSV nobody knows what was left out
    is_cut_off: bool = False  # whether the file ends before the line does


class _Columns(NamedTuple):
    """The names of the columns: those taken, those that must be there, those that hold dates."""

    known: Sequence[str]
    needed: Sequence[str]
    days: Sequence[str]


class _NotText(NamedTuple):
    """A cell that holds something else, and in words what; the day in ISO form where it is one."""

    reason: str
    day: str = ""


def read(content: bytes, known: Sequence[str], needed: Sequence[str], days: Sequence[str] = ()) -> Table:
    """The table in a file. Columns that are not ``known`` are left out, and said to be; ``days`` may hold dates.

    Raises Unreadable for whatever is no table, has none of the columns ``needed``, or is too large.
    """
    columns = _Columns(known, needed, days)
    if len(content) > LARGEST_FILE:
        raise Unreadable(TOO_LARGE)
    if content.startswith(_OLD_WORKBOOK):
        raise Unreadable("This workbook is of the old kind (.xls), or has a password. Save it as .xlsx or as CSV.")
    if content.startswith(_WORKBOOK):
        return _table(_workbook_rows(content), columns, [])
    text, remarks = _decoded(content)
    return _table(_csv_rows(text, known), columns, remarks)


def _table(rows: Iterator[_Row], columns: _Columns, remarks: list[str]) -> Table:
    header = next(rows, None)
    if header is None:
        raise Unreadable("The file is empty.")
    names = _names(header)
    if missing := [name for name in columns.needed if name not in names]:
        raise Unreadable(
            f"The first line names no column {_quoted(missing)}. It has to name the columns: "
            f"{', '.join(columns.known)}."
        )
    if others := [name for name in names if name and name not in columns.known]:
        remarks.append(f"Columns not known here are left out: {_quoted(others)}.")
    lines = []
    for row in rows:
        if len(lines) == MOST_LINES:
            raise Unreadable(f"The file has more than {MOST_LINES:,} rows. Send it in parts.")
        lines.append(_line(row, names, columns))
    if not lines:
        raise Unreadable("The file has a line of column names, and nothing below it.")
    if short := sum(None in line.texts.values() for line in lines):
        rows_end = "1 row ends" if short == 1 else f"{short:,} rows end"
        remarks.append(f"{rows_end} before the last column. {_LEFT_OUT}")
    return Table(tuple(name for name in names if name in columns.known), tuple(lines), tuple(remarks))


def _names(header: _Row) -> list[str]:
    names = ["" if isinstance(cell, _NotText) else str(cell).strip().lower() for cell in header.cells]
    if twice := sorted({name for name in names if name and names.count(name) > 1}):
        raise Unreadable(f"The first line names {_quoted(twice)} twice.")
    return names


def _line(row: _Row, names: list[str], columns: _Columns) -> Line:
    texts = {name: row.behind for name in names if name in columns.known}
    faults = {}
    for name, cell in zip(names, row.cells, strict=False):
        if name not in texts:
            continue
        is_text = not isinstance(cell, _NotText)
        texts[name] = str(cell) if is_text else cell.day if name in columns.days else ""
        if not is_text and not texts[name]:
            faults[name] = cell.reason
    if any(row.cells[len(names) :]):
        faults[[*texts][-1]] = (
            "The row goes on behind the last column. A text that holds a comma needs quotation marks."
        )
    if missing := [name for name, text in texts.items() if text is None]:
        faults |= _faults_of_end(row, missing, columns)
    return Line(row.number, texts, faults)


def _faults_of_end(row: _Row, missing: list[str], columns: _Columns) -> dict[str, str]:
    """What is wrong with a row of CSV that ends before these columns. Old spreadsheets leave out empty cells."""
    if row.is_cut_off:
        return {missing[0]: f"The file ends before the column “{missing[0]}”: is it whole?"}
    return {name: f"The row ends before the column “{name}”." for name in missing if name in columns.needed}


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


# --- CSV -----------------------------------------------------------------------------------------------------


def _decoded(content: bytes) -> tuple[str, list[str]]:
    """The text and what is to be said of it: UTF-8, else what Excel writes without being asked for UTF-8."""
    if content.startswith(_UTF_16):
        encodings = ("utf-16",)
    elif b"\0" in content:
        raise Unreadable("This is neither CSV nor an Excel workbook (.xlsx).")
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding), [_OLD_CODE_PAGE] if encoding == "cp1252" else []
        except UnicodeDecodeError:
            continue
    raise Unreadable("The text is neither UTF-8 nor Windows-1252. Save it as “CSV UTF-8”.")


def _csv_rows(text: str, known: Sequence[str]) -> Iterator[_Row]:
    """The rows that are not blank. The separator is the one that finds most column names in the first."""
    skipped = 0
    if text[:4].lower() == "sep=":  # a line that tells Excel the separator
        text, skipped = text.partition("\n")[2], 1
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda one: len({*_split(first, one)} & {*known}))
    stream, is_whole = io.StringIO(text, newline=""), text.endswith(("\r", "\n"))
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    began = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                is_cut_off = not is_whole and stream.tell() == len(text)
                yield _Row(began + skipped, [without_guard(cell) for cell in cells], None, is_cut_off)
            began = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"The row that begins in line {began + skipped} cannot be read: {error}.") from error


def _split(line: str, delimiter: str) -> list[str]:
    return [name.strip().strip('"').strip().lower() for name in line.split(delimiter)]


# --- Workbooks -----------------------------------------------------------------------------------------------


def _workbook_rows(content: bytes) -> Iterator[_Row]:
    """The rows that are not blank of the first sheet that is in sight."""
    _check_size(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True)
        sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        sheet.reset_dimensions()  # a file may lie about how far it goes
        rows = sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS)
        blank = None  # the one that openpyxl gives for each that is not in the file, a million times if need be
        for number, row in enumerate(rows, 1):
            if row is blank:
                continue
            if any(cell.value not in (None, "") for cell in row):
                yield _Row(number, _trimmed([_content(cell) for cell in row]), behind="")
            else:
                blank = row
    except Unreadable:
        raise
    except Exception as error:  # the parser raises whatever it trips over
        raise Unreadable("The workbook cannot be read: it is damaged, or no workbook.") from error


def _check_size(content: bytes) -> None:
    """Refuse what would fill the memory. No part can hold more than its entry says: it is read no further."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except Exception as error:  # zipfile too, at a directory that is damaged
        raise Unreadable("The workbook is damaged, or only a part of one.") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Unreadable(
            f"The workbook would unpack to more than {LARGEST_UNPACKED // 1_000_000} MB: that is no list of texts."
        )


def _trimmed(cells: list[object]) -> list[object]:
    """Without the empty cells at the end, of which every row has some."""
    last = max((at for at, cell in enumerate(cells) if cell != ""), default=-1)
    return cells[: last + 1]


def _content(cell) -> object:
    """A cell as text, or what it is instead. A number is the digits one would type."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return _NotText(f"A formula, not a text: {getattr(value, 'text', value)}. Paste it as a value.")
    if cell.data_type == "e":
        return _NotText(f"An error of the spreadsheet: {value}.")
    if isinstance(value, (date, time, timedelta)):
        reason = f"A date or time, not a text: {value}. Format the column as text and type it again."
        return _NotText(reason, str(value)[:10] if _is_day(value) else "")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value))


def _is_day(value: object) -> bool:
    """Whether it is a date, or the first moment of one, as Excel keeps dates."""
    return value.time() == time() if isinstance(value, datetime) else isinstance(value, date)
