"""PTP tables in the layout CMS publishes, made up for a test: edits in, the parts of a release out.

The codes are real numbers, the pairs and their days are not CMS's.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import openpyxl

from catalog.importers.ptp_checks import CANARIES
from tests.release_files import write_zip

NOTICE = "CPT only copyright 2023 American Medical Association.  All rights reserved."
HEAD = [
    [NOTICE, "", "", "", "", "", ""],
    ["Column1/Column2 Edits", "", "", "", "", "", ""],
    ["Column 1", "Column 2", "*=in existence", "Effective", "Deletion", "Modifier", "PTP Edit Rationale"],
    ["", "", "prior to 1996", "Date", "Date", "0=not allowed", ""],
    ["", "", "", "", "*=no data", "1=allowed", ""],
    ["", "", "", "", "", "9=not applicable", ""],
]
FIRST_LINE = len(HEAD) + 1
PREFIXES = {"practitioner": ("practitioner", "ccipra"), "outpatient_hospital": ("hospital", "ccioph")}


class Edit(NamedTuple):
    """A row of the table, its cells as CMS writes them."""

    column_one: str
    column_two: str
    mark: str = ""
    effective: str = "20010101"
    deletion: str = "*"
    indicator: str = "1"
    rationale: str = "Made-up reason"


EDITS = [
    Edit("00100", "36591", indicator="0"),
    Edit("0001A", "0591T", effective="20220101", deletion="20231231"),
    Edit("11750", "11001", effective="19960101", deletion="19960101", indicator="9"),
    Edit("99213", "G0102", mark="*", effective="19960101", rationale="Another reason"),
]


def part_name(setting: str = "practitioner", quarter: str = "2024Q3", part: int = 1, revision: int = 0) -> str:
    """The name of a part without its suffix: ``ccipra-v302r0-f1``."""
    version = f"{int(quarter[:4]) - 1994}{int(quarter[5]) - 1}"
    return f"{PREFIXES[setting][1]}-v{version}r{revision}-f{part}"


def zip_name(setting: str = "practitioner", quarter: str = "2024Q3", part: int = 1, revision: int = 0) -> str:
    """The name of the zip of a part, as CMS names it."""
    name = part_name(setting, quarter, part, revision)
    return f"medicare-ncci-{quarter.lower()}-{PREFIXES[setting][0]}-ptp-edits-{name}.zip"


def text(edits: Iterable[Iterable[str]], *, head: Iterable[Iterable[str]] = HEAD) -> str:
    """The content of a part in the text form."""
    return "".join("\t".join(cells) + "\r\n" for cells in (*head, *edits))


def write_text(
    path: Path, edits: Iterable[Iterable[str]] = EDITS, *, head: Iterable[Iterable[str]] = HEAD
) -> Path:
    path.write_bytes(text(edits, head=head).encode("cp1252"))
    return path


def write_workbook(path: Path, rows: Iterable[Iterable[object]] = EDITS, *, numbers: bool = True) -> Path:
    """The same as a workbook, where with ``numbers`` a spreadsheet took every number for one."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for cells in (*HEAD, *rows):
        sheet.append([_cell(cell, numbers) for cell in cells])
    workbook.save(path)
    return path


def _cell(text: object, numbers: bool) -> object:
    if numbers and isinstance(text, str) and text.isdecimal():
        return int(text)
    return None if text == "" else text


def write_release(
    folder: Path,
    parts: Iterable[Iterable[Iterable[str]]],
    *,
    setting: str = "practitioner",
    quarter: str = "2024Q3",
    revision: int = 0,
) -> list[Path]:
    """A release in ``folder``, each part in a zip of its own, as CMS offers it for download."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        write_zip(
            folder / zip_name(setting, quarter, number, revision),
            (f"{part_name(setting, quarter, number, revision)}.TXT", text(edits).encode("cp1252")),
        )
        for number, edits in enumerate(parts, 1)
    ]


def whole(*edits: Edit, setting: str = "practitioner", quarter: str = "2024Q3") -> list[Edit]:
    """These and all edits that the table of a setting and quarter must have, in CMS's order."""
    begins = f"{quarter[:4]}{int(quarter[5]) * 3 - 2:02}01"
    canaries = [
        Edit(one, two, effective="19960101", deletion=f"{last:%Y%m%d}" if last else "*")
        for one, two, last in CANARIES[setting]
    ]
    return sorted([*edits, *canaries, Edit("99213", "99199", effective=begins)])
