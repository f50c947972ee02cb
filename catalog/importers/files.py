"""Publishers' files as they arrive: plain, in a folder, in a zip. Opened with care, read as lines or rows.

Nothing is ever unpacked to disk. Whatever is wrong is said in one sentence that names the file, the line where
there is one, and what to do.
"""

from __future__ import annotations

import csv
import hashlib
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

# CMS's largest publication is a zip of about 50 MB of text, packed 21 to 1; its tightest member is packed 52 to 1.
MAX_MEMBERS = 1_000
MAX_BYTES = 1 << 30
MAX_RATIO = 200
SMALL = 1 << 20
MAX_LINE = 1 << 16
BLOCK = 1 << 18
OVERLAP = 64
# A workbook is held packed, its parts being read in any order. The largest, PTP's of 640,000 rows, has 25 MB.
MAX_WORKBOOK = 1 << 26
# What calamine holds: the parts unpacked, the largest 16 MB in HCPCS's workbook, and room for all cells of a
# sheet up to the last, there 18,000 rows, half of them empty, of 50 columns.
MAX_PARTS = 40 << 20
MAX_CELLS = 2_000_000

TEXT_FORMS = (".txt", ".csv")
WORKBOOK_FORMS = (".xlsx", ".xlsm", ".xls")
FORMS = (*TEXT_FORMS, *WORKBOOK_FORMS)

CLIMBS = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)")
CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
CELL_TAG = re.compile(rb"<(?:\w+:)?c[\s/>]")
# What zipfile, and what unpacks for it, raise where a zip is damaged: at a name that is no text, a place that no
# file has, a header that is cut short.
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, OverflowError, struct.error)
# PostgreSQL takes it in no text, and most programs take a text to end before it.
NUL = b"\0"
HOLDS_NUL = "there is a NUL character, which no release file has. The file is damaged. Download it again."
AS_PUBLISHED = "Download the file again, and give it as CMS publishes it."
UNPACK = "Unpack it and give the files that are in it."
ADVISES = re.compile(r"\. (Download|Give) ")


class Refused(Exception):  # noqa: N818 - an import is refused, it does not go wrong
    """An import that cannot go on. Its text is the sentence for the person who asked for it."""


class BadRow(Refused):
    """A line or row that cannot be what it should be: ``file``, ``line`` (1-based) and ``reason``.

    A reason that does not say what to do is followed by what helps where a file was cut off or changed.
    """

    def __init__(self, file: str, line: int, reason: str):
        self.file, self.line, self.reason = file, line, reason
        advice = "" if ADVISES.search(reason) else f" {AS_PUBLISHED}"
        super().__init__(f"{file}, line {line}: {reason}{advice}")


class Cancelled(Exception):  # noqa: N818 - somebody wanted it
    """Who asked for an import asked to end it. Nothing of it is left."""


@dataclass(frozen=True)
class Member:
    """One file to read: ``path`` itself, or what lies ``inside`` that zip (in a second zip at most)."""

    path: Path
    inside: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its own name, without folders."""
        return PurePosixPath(self.inside[-1]).name if self.inside else self.path.name

    @property
    def archive(self) -> str:
        """The zip it came in, empty for a plain file."""
        return "" if not self.inside else PurePosixPath((self.path.as_posix(), *self.inside)[-2]).name

    @property
    def form(self) -> str:
        """Its suffix in lower case: ``.txt``, ``.xlsx`` …"""
        return PurePosixPath(self.name).suffix.lower()

    def __str__(self) -> str:
        return f"{self.archive}: {self.name}" if self.archive else self.name


def members(paths: Iterable[Path]) -> list[Member]:
    """Every file under ``paths``: folders are walked, zips are looked into (one zip deep inside a zip)."""
    found: list[Member] = []
    for path in paths:
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
            if not files:
                raise Refused(f"{path} is an empty folder.")
        elif path.is_file():
            files = [path]
        else:
            raise Refused(f"{path} does not exist. Give the path of a release file, a zip or a folder.")
        for file in files:
            found += _inside(Member(file))
    return found


def _inside(member: Member) -> list[Member]:
    if member.form != ".zip":
        return [member]
    with opened(member) as stream:
        if not is_zip(stream):
            raise Refused(f"{member} is not a zip file, or only part of one. Download it again.")
        with zipfile.ZipFile(stream) as archive:
            entries = safe_entries(member, archive)
    found = []
    for entry in entries:
        inner = Member(member.path, (*member.inside, entry.filename))
        if inner.form == ".zip" and member.inside:
            raise Refused(f"{inner} lies in a zip inside a zip inside a zip. {UNPACK}")
        found += _inside(inner)
    return found


def is_zip(file: Path | BinaryIO) -> bool:
    """Whether a file ends as a zip does; not so one whose end says that it goes on in another file."""
    try:
        return zipfile.is_zipfile(file)
    except zipfile.BadZipFile:
        return False


def safe_entries(member: Member, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """What a zip or workbook holds, refused when a path leads out of it or the whole would not fit into memory."""
    if not all(entry.filename for entry in archive.infolist()):
        raise Refused(f"{member} is damaged (a file in it has no name). Download it again.")
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_MEMBERS:
        raise Refused(f"{member} holds {len(entries):,} files, more than the {MAX_MEMBERS:,} any release has.")
    for entry in entries:
        if CLIMBS.search(entry.filename):
            raise Refused(
                f"{member} holds the path {entry.filename!r}, which leads out of the zip: not CMS's work."
            )
        if entry.flag_bits & 0x1:
            raise Refused(f"{member} is protected by a password. {UNPACK}")
        if entry.file_size > max(SMALL, MAX_RATIO * entry.compress_size):
            raise Refused(f"{member} holds {entry.filename!r}, packed too tightly to be a release file.")
    if (size := sum(entry.file_size for entry in entries)) > MAX_BYTES:
        raise Refused(f"{member} would unpack to {size >> 20:,} MB, more than the {MAX_BYTES >> 20:,} MB allowed.")
    return [entry for entry in entries if not re.match(r"__MACOSX/|(.*/)?\.", entry.filename)]


@contextmanager
def opened(member: Member) -> Iterator[BinaryIO]:
    """The bytes of a member; a damaged zip is refused wherever the damage shows."""
    with ExitStack() as stack:
        try:
            stream: BinaryIO = stack.enter_context(member.path.open("rb"))
            for name in member.inside:
                archive = stack.enter_context(zipfile.ZipFile(stream))
                stream = stack.enter_context(archive.open(name))
            yield stream
        except DAMAGE as error:
            raise Refused(f"{member} is damaged ({error}). Download it again.") from error
        except NotImplementedError as error:
            raise Refused(f"{member} is packed in a way Python cannot read. {UNPACK}") from error
        except OSError as error:
            raise Refused(f"{member} cannot be read: {error.strerror or error}.") from error


def fingerprint(member: Member) -> tuple[str, int]:
    """SHA-256 (hex) and size in bytes of what is read: the same for a file and for that file in a zip."""
    with opened(member) as stream:
        digest = hashlib.file_digest(stream, "sha256")
        return digest.hexdigest(), stream.tell()


def lines(member: Member) -> Iterator[tuple[int, str]]:
    """Numbered lines without their ends: UTF-8 where a line is that, else cp1252, as CMS writes."""
    for first, block in line_blocks(member):
        yield from enumerate(block, first)


def line_blocks(member: Member) -> Iterator[tuple[int, list[str]]]:
    """The same lines some thousands at a time, for files of millions: the number of the first, and the lines."""
    with opened(member) as stream:
        number, rest = 1, b""
        while chunk := stream.read(BLOCK):
            if number == 1 and not rest:
                if chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
                    raise Refused(f"{member} is UTF-16 text. Give the file as CMS publishes it.")
                chunk = chunk.removeprefix(b"\xef\xbb\xbf")
            *whole, rest = (rest + chunk).split(b"\n")
            if whole:
                yield number, _decoded_lines(member, number, whole)
                number += len(whole)
            if len(rest) >= MAX_LINE:
                raise BadRow(str(member), number, "this line has no end. It is not a text file.")
        if rest:
            yield number, _decoded_lines(member, number, [rest])


def _decoded_lines(member: Member, first: int, raw: list[bytes]) -> list[str]:
    together = b"\n".join(raw).replace(b"\r", b"")
    if NUL in together:
        raise BadRow(str(member), first + together.count(b"\n", 0, together.index(NUL)), HOLDS_NUL)
    try:
        return together.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return [_decoded(line) for line in together.split(b"\n")]


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def tables(member: Member) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """The tables of a workbook, one per sheet, or the one of a CSV: numbered rows of cells as text."""
    if member.form == ".csv":
        yield _csv_rows(member)
        return
    for sheet in _workbook_sheets(member):
        yield ((number, _cell_texts(member, number, row)) for number, row in enumerate(sheet, 1))


def _cell_texts(member: Member, number: int, row: list[object]) -> list[str]:
    texts = [cell_text(cell) for cell in row]
    if "\0" in "".join(texts):
        raise BadRow(str(member), number, HOLDS_NUL)
    return texts


def _csv_rows(member: Member) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(f"{line}\n" for _number, line in lines(member))
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise BadRow(str(member), reader.line_num, f"not a row of comma-separated values ({error}).") from error


def _workbook_sheets(member: Member) -> Iterator[list[list[object]]]:
    content = workbook_content(member)
    if is_zip(content):
        with opened(member):  # says which file is damaged
            _check_workbook(member, zipfile.ZipFile(content))
        content.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(content)
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            _check_cells(member, sheet.total_height, sheet.total_width)
            yield sheet.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise Refused(f"{member} cannot be read as a workbook: it is damaged or protected ({error}).") from error


def workbook_content(member: Member) -> io.BytesIO:
    """The bytes of a workbook. Raises Refused, before any is read, when it has more than MAX_WORKBOOK."""
    if (size := _size(member)) > MAX_WORKBOOK:
        raise Refused(
            f"{member} has {size >> 20:,} MB, more than the {MAX_WORKBOOK >> 20:,} MB allowed for a workbook."
        )
    with opened(member) as stream:
        return io.BytesIO(stream.read(MAX_WORKBOOK))


def _size(member: Member) -> int:
    """Its bytes; for a file in a zip as the zip says, which is as far as it is ever read."""
    with opened(Member(member.path, member.inside[:-1])) as stream:
        if not member.inside:
            return stream.seek(0, io.SEEK_END)
        with zipfile.ZipFile(stream) as archive:
            return archive.getinfo(member.inside[-1]).file_size


def _check_workbook(member: Member, archive: zipfile.ZipFile) -> None:
    """Refuse what would fill the memory: calamine trusts sizes, and makes room for all cells up to the last.

    Every part is looked through, as a workbook may keep its sheets under any name.
    """
    entries = safe_entries(member, archive)
    if (size := sum(entry.file_size for entry in entries)) > MAX_PARTS:
        raise Refused(f"{member} would unpack to {size >> 20:,} MB, more than the {MAX_PARTS >> 20:,} MB allowed.")
    for entry in entries:
        row, column, cells, rest = 1, b"A", 0, b""
        with archive.open(entry) as part:  # raises when it is not as long as it says
            while chunk := part.read(BLOCK):
                text = rest + chunk
                for its_column, its_row in CELL.findall(text):
                    row = max(row, int(its_row))
                    column = max(column, its_column, key=_place)
                cells += len(CELL_TAG.findall(text, len(rest)))
                rest = text[-OVERLAP:]
        _check_cells(member, row, _place(column))
        if cells > MAX_CELLS:
            raise Refused(f"{member} has {cells:,} cells on a sheet, more than the {MAX_CELLS:,} allowed.")


def _check_cells(member: Member, rows: int, columns: int) -> None:
    if rows * columns > MAX_CELLS:
        raise Refused(f"{member} has a cell far outside its table (row {rows:,}, column {columns:,}).")


@cache
def _place(column: bytes) -> int:
    """The number of a column by its letters: 1 for A, 27 for AA."""
    return sum((byte - 64) * 26**place for place, byte in enumerate(reversed(column)))


def cell_text(value: object) -> str:
    """A cell as the text its publisher meant: 51.0 is ``51``, a date is ``20251001``. Blanks around text stay."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.strftime("%Y%m%d")
    return str(value)
