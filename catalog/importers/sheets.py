"""Workbooks of a million rows, read row by row: nothing is held but the shared strings and the row at hand.

calamine and openpyxl build more than that: the one the whole sheet, the other a tree for every row and four times
the time. Only what a table needs is read here: texts, numbers as they are written, no styles and no formulas.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from xml.parsers import expat

from catalog.importers.files import DAMAGE, Member, Refused, cell_text, safe_entries, workbook_content

Rows = list[tuple[int, list[str]]]

BLOCK = 1 << 16
# The largest PTP workbook has some twenty thousand different texts, less than 1 MB of them.
MAX_STRINGS = 1 << 23
# expat hands over text in pieces of up to a block.
MAX_PIECES = 64

CELL, TEXT, ROW, ITEM = "c", "vt", "row", "si"
KINDS = {"c": CELL, "v": TEXT, "t": TEXT, "row": ROW, "si": ITEM}


class _Kinds(dict[str, str]):
    """What an element is to us, by its name with namespace: producers differ in both namespace and prefix."""

    def __missing__(self, name: str) -> str:
        kind = self[name] = KINDS.get(name.rpartition(" ")[2], "")
        return kind


def row_blocks(member: Member, width: int) -> Iterator[Iterator[Rows]]:
    """The sheets of an ``.xlsx``, each as blocks of its rows: the row's number and its first ``width`` cells.

    Cells are texts, empty where nothing is; numbers have their digits, without a fraction where they are whole.
    Rows without any cell may be left out. Cells further right are passed over.
    """
    with _readable(member), zipfile.ZipFile(workbook_content(member)) as archive:
        entries = {entry.filename: entry for entry in safe_entries(member, archive)}
        strings = _shared_strings(member, archive, entries.get("xl/sharedStrings.xml"))
        sheets = [name for name in entries if PurePosixPath(name).match("xl/worksheets/*.xml")]
        if not sheets:
            raise Refused(f"{member} holds no sheet. It is not a workbook.")
        for name in sorted(sheets, key=lambda name: (len(name), name)):
            yield _rows(member, archive, name, strings, width)


@contextmanager
def _readable(member: Member) -> Iterator[None]:
    try:
        yield
    except (*DAMAGE, NotImplementedError, expat.ExpatError, LookupError, OSError) as error:
        raise Refused(f"{member} cannot be read as a workbook: it is damaged or protected ({error}).") from error


def _rows(member: Member, archive: zipfile.ZipFile, name: str, strings: list[str], width: int) -> Iterator[Rows]:
    done: Rows = []
    blank = [""] * width
    places = {chr(ord("A") + place): place for place in range(width)}
    kinds = _Kinds()
    number, digits, cells = 0, 0, None
    place, form, pieces, taking = None, "", [], False

    def end_cell() -> None:
        nonlocal pieces
        text = "".join(pieces).strip()
        pieces = []
        if place is not None and cells is not None:
            if form == "s":
                text = strings[int(text)]
            elif text and form in ("", "n") and not text.isdigit():
                text = cell_text(float(text))
            cells[place] = text

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal number, digits, cells, place, form, taking
        kind = kinds[name]
        if kind is TEXT:
            taking = True
            return
        taking = False
        if kind is CELL:
            if pieces:
                end_cell()
            place = places.get(attributes["r"][:-digits])
            form = attributes.get("t", "")
        elif kind is ROW:
            if pieces:
                end_cell()
            if cells is not None:
                done.append((number, cells))
            number = int(attributes.get("r", number + 1))
            digits, cells, place = len(str(number)), blank.copy(), None

    def text(piece: str) -> None:
        if taking:
            pieces.append(piece)
            if len(pieces) > MAX_PIECES:
                raise Refused(f"{member}, row {number}: a cell holds more text than any table has.")

    parser = _parser(start, text)
    with _readable(member), archive.open(name) as sheet:
        while chunk := sheet.read(BLOCK):
            parser.Parse(chunk)
            if done:
                yield done.copy()
                done.clear()
        parser.Parse(b"", True)
        if pieces:
            end_cell()
    if cells is not None:
        yield [(number, cells)]


def _shared_strings(member: Member, archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None) -> list[str]:
    if entry is None:
        return []
    if entry.file_size > MAX_STRINGS:
        raise Refused(f"{member} has {entry.file_size >> 20:,} MB of different texts, more than any table has.")
    strings: list[str] = []
    kinds = _Kinds()
    taking = False

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal taking
        taking = kinds[name] is TEXT
        if kinds[name] is ITEM:
            strings.append("")

    def text(piece: str) -> None:
        if taking:
            strings[-1] += piece

    parser = _parser(start, text)
    with archive.open(entry) as stream:
        while chunk := stream.read(BLOCK):
            parser.Parse(chunk)
    return [string.strip() for string in strings]


def _parser(start: object, text: object) -> expat.XMLParserType:
    def refuse(*_declaration: object) -> None:
        raise ValueError("it declares a document type")  # and with it entities, which no workbook needs

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = start, text
    parser.StartDoctypeDeclHandler = refuse
    return parser
