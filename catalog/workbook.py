"""Writes XLSX workbooks whose cells are all text: as little of Office Open XML (ISO/IEC 29500) as that takes.

A library that can write any workbook takes 30 µs a cell, which is seconds for the edits of one code; this takes
three.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

LONGEST_CELL = 32_767  # characters; Excel takes a file with longer ones for a damaged one
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # in XML 1.0

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# Style 0 is what cells without one have; 1 is text, which is built-in format 49 and shown as "@"; 2 is bold text.
_TEXT, _BOLD = 1, 2
_STYLES = (
    f"{_HEAD}<styleSheet {_MAIN}>"
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_FROZEN = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'


class Page(NamedTuple):
    """A sheet: its name, its rows, and whether the first row stays in sight. The first row is bold."""

    name: str
    rows: Iterable[Sequence[str]]
    is_frozen: bool = False


def workbook(*pages: Page) -> bytes:
    """An ``.xlsx`` file. What XML cannot hold is left out of its cells; a cell is cut where Excel would."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, page in enumerate(pages, 1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                for piece in _sheet(page):
                    part.write(piece.encode())
        for name, text in _other_parts([page.name for page in pages]):
            archive.writestr(name, text)
    return file.getvalue()


def _sheet(page: Page) -> Iterable[str]:
    view = _FROZEN if page.is_frozen else ""
    yield f'{_HEAD}<worksheet {_MAIN}><sheetViews><sheetView workbookViewId="0">{view}</sheetView></sheetViews>'
    yield "<sheetData>"
    for number, row in enumerate(page.rows, 1):
        style = _BOLD if number == 1 else _TEXT
        cells = (
            f'<c r="{_letters(place)}{number}" s="{style}" t="inlineStr">'
            f'<is><t xml:space="preserve">{_escaped(text)}</t></is></c>'
            for place, text in enumerate(row)
        )
        yield f'<row r="{number}">{"".join(cells)}</row>'
    yield "</sheetData></worksheet>"


def _escaped(text: str) -> str:
    return escape(_ILLEGAL.sub("", text)[:LONGEST_CELL], {"\r": "&#13;"})


@cache
def _letters(place: int) -> str:
    """The name of a column by its place: A for 0, Z for 25, AA for 26."""
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _other_parts(names: list[str]) -> Iterable[tuple[str, str]]:
    """What a workbook consists of besides its sheets: which parts there are, and how they hang together."""
    numbered = list(enumerate(names, 1))
    sheets = (f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook {_MAIN} xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{''.join(sheets)}</sheets></workbook>",
    )
    yield "xl/styles.xml", _STYLES
    parts = [("worksheet", f"worksheets/sheet{n}.xml") for n, _name in numbered] + [("styles", "styles.xml")]
    yield "xl/_rels/workbook.xml.rels", _relationships(parts)
    yield "_rels/.rels", _relationships([("officeDocument", "xl/workbook.xml")])
    kinds = [(f"/xl/{target}", kind) for kind, target in parts] + [("/xl/workbook.xml", "sheet.main")]
    overrides = (f'<Override PartName="{name}" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in kinds)
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{"".join(overrides)}</Types>',
    )


def _relationships(parts: list[tuple[str, str]]) -> str:
    links = (
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(parts, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(links)}</Relationships>'
