"""Tables as files for a spreadsheet: CSV and XLSX that say what they are and that no cell can turn into a program.

Both begin with the header, so that whatever reads tables can read them. The file name says which table of which
release it is, and that a filter narrowed it; a workbook has a second sheet that says which filter. Codes stay
text, so 00100 keeps its zeros, and numbers are numbers, to sort and add up; dates are ISO.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

# What makes a spreadsheet read a cell of a CSV file as a formula (OWASP, "CSV Injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_GUARDED = re.compile(r"'*[=+\-@\t\r\n]")
_LOSES_ZEROS = re.compile("0[0-9]")  # what a spreadsheet would make a number of when somebody edits the cell
_LARGEST_NUMBER = 10**15 - 1  # Excel keeps fifteen digits
_LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # a workbook means a character by it: _x000D_ is CR
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes the file for a local code page


class Sheet(NamedTuple):
    """A table on its way out: what it is, what it was taken from, and its rows with the header first.

    ``remarks`` go wherever the rows go, each a name and a text: in a CSV file they stand after an empty line.
    """

    title: str
    about: tuple[str, ...]
    release: str
    rows: Iterable[Sequence[object]]
    is_filtered: bool = False
    remarks: tuple[tuple[str, str], ...] = ()

    def filename(self, extension: str, day: date) -> str:
        """The title, whether it was filtered, the release and the day, fit for any file system."""
        title = slugify(self.title.replace("–", "-"))[:60]
        filtered = "-filtered" if self.is_filtered else ""
        return f"{title}{filtered}-{slugify(self.release)}-{day.isoformat()}.{extension}"


class Page(NamedTuple):
    """A sheet of a workbook. Its first row is bold; that of a table stays in sight."""

    name: str
    rows: Iterable[Sequence[object]]
    is_table: bool = True


def response(sheet: Sheet, export_format: str, day: date) -> HttpResponse | StreamingHttpResponse:
    """The sheet as a download. Http404 for a format that is not ``csv`` or ``xlsx``."""
    return download(sheet.filename(export_format, day), export_format, _in_a_row(sheet), _pages(sheet))


def download(
    filename: str, export_format: str, rows: Iterable[Sequence[object]], pages: Iterable[Page]
) -> HttpResponse | StreamingHttpResponse:
    """A file: of CSV the rows, of a workbook the pages. Http404 for a format that is not ``csv`` or ``xlsx``."""
    if export_format == "csv":
        answer = StreamingHttpResponse(csv_text(rows), content_type="text/csv; charset=utf-8")
    elif export_format == "xlsx":
        answer = HttpResponse(workbook(pages), content_type=f"application/{_XLSX}")
    else:
        raise Http404(f"There is no export as {export_format}.")
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


_XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """The lines of a sheet as CSV, its remarks last."""
    return csv_text(_in_a_row(sheet))


def _in_a_row(sheet: Sheet) -> Iterator[Sequence[object]]:
    return chain(sheet.rows, [(), *sheet.remarks] if sheet.remarks else [])


def csv_text(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV file, one at a time. Cells that would run as formulas begin with an apostrophe."""
    line = io.StringIO()
    writer = csv.writer(line)
    yield _BYTE_ORDER_MARK
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def xlsx(sheet: Sheet) -> bytes:
    """The rows in a sheet named after the release, then a sheet ``About``."""
    return workbook(_pages(sheet))


def _pages(sheet: Sheet) -> Iterator[Page]:
    yield Page(sheet.release, sheet.rows)
    yield Page("About", [*([line] for line in (sheet.title, *sheet.about)), *sheet.remarks], is_table=False)


def workbook(pages: Iterable[Page]) -> bytes:
    """A workbook. A cell is a number where the row has one; codes and whatever else are text, none a formula."""
    book = Workbook(write_only=True)
    for page in pages:
        sheet = book.create_sheet(_sheet_name(page.name))
        sheet.freeze_panes = "A2" if page.is_table else None
        for number, row in enumerate(page.rows):
            sheet.append([_cell(sheet, cell, bold=number == 0) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _text(cell: object) -> str:
    """A cell as text: dates in ISO form, none as nothing."""
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _harmless(cell: object) -> str:
    """With an apostrophe before what would run as a formula; where somebody wrote one there, with one more."""
    text = _text(cell)
    return f"'{text}" if _GUARDED.match(text) else text


def without_guard(text: str) -> str:
    """A cell of a CSV file of ours, come back: without that apostrophe, and with all that somebody wrote."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


def _cell(page, cell: object, *, bold: bool) -> WriteOnlyCell | str | int | None:
    """A cell of a workbook. Only what needs a style has one, for that takes longer than all else."""
    if isinstance(cell, int) and abs(cell) <= _LARGEST_NUMBER:
        return cell
    text = _LIKE_AN_ESCAPE.sub("_x005F_", ILLEGAL_CHARACTERS_RE.sub("", _text(cell)))
    if not (bold or text.startswith(_FORMULA_STARTS) or _LOSES_ZEROS.match(text)):
        return text or None
    styled = WriteOnlyCell(page, text)
    styled.data_type = "s"  # a leading "=" would make it a formula
    styled.number_format = "@"  # text it stays when somebody edits it
    if bold:
        styled.font = Font(bold=True)
    return styled


def _sheet_name(name: str) -> str:
    """Excel allows 31 characters and forbids some."""
    return re.sub(r"[\[\]:*?/\\]", " ", name)[:31]
