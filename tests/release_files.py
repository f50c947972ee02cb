"""Files in the layouts CMS publishes, made up for a test: records in, a text file, workbook or zip out.

The codes are real numbers with invented words. Every file holds the codes that a complete release must hold.
"""

from __future__ import annotations

import csv
import random
import textwrap
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import openpyxl

from catalog.importers.hcpcs import CANARIES

COLUMNS = [
    *("HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION", "SHORT DESCRIPTION", "PRICE1", "PRICE2", "PRICE3", "PRICE4"),
    *("MULT_PI", "CIM1", "CIM2", "CIM3", "MCM1", "MCM2", "MCM3", "STATUTE"),
    *(f"LABCERT{n}" for n in range(1, 9)),
    *("XREF1", "XREF2", "XREF3", "XREF4", "XREF5", "COV", "ASC_GRP", "ASC_DT", "OPPS", "OPPS_PI", "OPPS_DT"),
    *("PROCNOTE", "BETOS", "TOS1", "TOS2", "TOS3", "TOS4", "TOS5", "ANEST_BU"),
    *("ADD DT", "ACT EFF DT", "TERM DT", "ACTION CD"),
]
# First position of each column in the text form, by CMS's record layout.
STARTS = {"SHORT DESCRIPTION": 92, "MULT_PI": 128, "STATUTE": 171, "COV": 230, "ASC_GRP": 231, "ASC_DT": 233}
STARTS |= {f"PRICE{n}": 118 + 2 * n for n in range(1, 5)} | {f"CIM{n}": 123 + 6 * n for n in range(1, 4)}
STARTS |= {f"MCM{n}": 139 + 8 * n for n in range(1, 4)} | {f"LABCERT{n}": 178 + 3 * n for n in range(1, 9)}
STARTS |= {f"XREF{n}": 200 + 5 * n for n in range(1, 6)} | {f"TOS{n}": 260 + n for n in range(1, 6)}
STARTS |= {"OPPS": 241, "OPPS_PI": 244, "OPPS_DT": 245, "PROCNOTE": 253, "BETOS": 257, "ANEST_BU": 266}
STARTS |= {"ADD DT": 269, "ACT EFF DT": 277, "TERM DT": 285, "ACTION CD": 293}

NOISE = random.Random(6).randbytes(300_000)
"""What does not pack, the same in every run."""


class Record(NamedTuple):
    """A code or modifier, its columns named as in the workbook."""

    code: str
    long: str
    columns: dict[str, str]


def record(code: str, long: str = "", **columns: str) -> Record:
    """A record in force since 2001 that nothing happened to; ``ADD_DT="20200101"`` sets the column ``ADD DT``."""
    dates = {"ADD DT": "20010101", "ACT EFF DT": "20010101", "TERM DT": "", "ACTION CD": "N"}
    given = {name if name in COLUMNS else name.replace("_", " "): text for name, text in columns.items()}
    known = {"SHORT DESCRIPTION": f"Short {code}", "COV": "C"} | dates
    return Record(code, long or f"Long words about {code}", known | given)


def whole(*records: Record) -> list[Record]:
    """These and all records that a release must have."""
    named = {one.code for one in records}
    canaries = [record(code, ADD_DT=f"{day:%Y%m%d}") for code, day in CANARIES.items() if code not in named]
    return [*records, *canaries]


def text_lines(one: Record, width: int = 320) -> list[str]:
    """The record's lines in the text form: a first line and continuations, words kept whole."""
    is_code = len(one.code) == 5
    pieces = textwrap.wrap(one.long, 80)
    lines = []
    for number, piece in enumerate(pieces, 1):
        ric = ("3" if is_code else "7") if number == 1 else ("4" if is_code else "8")
        line = list(f"{one.code:>5}{number:03}00{ric}{piece:<80}".ljust(width))
        for column, text in one.columns.items() if number == 1 else ():
            line[STARTS[column] - 1 : STARTS[column] - 1 + len(text)] = text
        lines.append("".join(line))
    return lines


def table_row(one: Record) -> list[str]:
    kind = "3" if len(one.code) == 5 else "7"
    cells = {"HCPC": f"{one.code:>5}", "SEQNUM": "0010", "RECID": kind, "LONG DESCRIPTION": one.long} | one.columns
    return [cells.get(column, "") for column in COLUMNS]


def write_text(path: Path, records: Iterable[Record], *, above: Iterable[str] = (), width: int = 320) -> Path:
    lines = [*above, *(line for one in records for line in text_lines(one, width))]
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("cp1252"))
    return path


def write_workbook(path: Path, rows: Iterable[list[object]], *, above: int = 0) -> Path:
    """A workbook with the header under ``above`` rows of remarks."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for number in range(above):
        sheet.append([f"Remark {number}" if number % 2 == 0 else None])
    for row in [COLUMNS, *rows]:
        sheet.append(list(row))
    workbook.save(path)
    return path


def write_csv(path: Path, rows: Iterable[list[str]]) -> Path:
    with path.open("w", newline="", encoding="cp1252") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return path


def write_zip(path: Path, *files: Path | tuple[str, bytes]) -> Path:
    """A zip of files, or of names with their contents."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            name, content = (file.name, file.read_bytes()) if isinstance(file, Path) else file
            archive.writestr(name, content)
    return path
