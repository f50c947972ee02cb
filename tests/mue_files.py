"""MUE tables in the layout CMS publishes, made up for a test: rows in, a CSV or workbook out.

The codes are real numbers or look like them; only those by which settings are told apart have true values.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import openpyxl

from catalog.importers.mue import CANARIES, FEWEST, SETTINGS, TELLING
from catalog.models import Setting

NOTICE = "The codes are copyright 2025 of their owner.\n\nAll rights reserved, and more is said here."
TITLES = {
    Setting.PRACTITIONER: "Practitioner",
    Setting.OUTPATIENT_HOSPITAL: "Outpatient Hospital",
    Setting.DME_SUPPLIER: "DME Supplier",
}
INDICATORS = {"1": "1 Line Edit", "2": "2 Date of Service Edit: Policy", "3": "3 Date of Service Edit: Clinical"}


def file_name(setting: str = Setting.PRACTITIONER, day: str = "04-01-2026", form: str = "csv") -> str:
    """As in ``MCR_MUE_PractitionerServices_Eff_04-01-2026.csv``."""
    return f"MCR_MUE_{TITLES[setting].replace(' ', '')}Services_Eff_{day}.{form}"


def header(setting: str = Setting.PRACTITIONER) -> list[str]:
    return [
        *("HCPCS/\nCPT Code", f"{TITLES[setting]} Services MUE Values"),
        *("MUE Adjudication Indicator", "MUE Rationale"),
    ]


def row(code: str, value: int | str = 1, indicator: str = "3", rationale: str = "Clinical: Data") -> list[str]:
    """A row's cells; an indicator that is no digit of CMS's stays as it is."""
    return [code, str(value), INDICATORS.get(indicator, indicator), rationale]


def whole(setting: str = Setting.PRACTITIONER, *rows: list[str]) -> list[list[str]]:
    """These rows and as many as a whole table has, in order of codes."""
    number = list(SETTINGS).index(setting)
    found = {code: row(code) for code in CANARIES[setting]}
    found |= {code: row(code, values[number]) for code, values in TELLING.items() if values[number] is not None}
    numbers = iter(range(1000, 100_000))
    prefix = "L" if setting == Setting.DME_SUPPLIER else ""
    while len(found) < FEWEST[setting]:
        code = f"{prefix}{next(numbers):0{5 - len(prefix)}}"
        if code not in TELLING:
            found.setdefault(code, row(code))
    found |= {one[0]: one for one in rows}
    return [found[code] for code in sorted(found)]


def write_csv(
    path: Path,
    rows: Iterable[list[str]],
    *,
    head: Iterable[list[str]] | None = None,
    line_end: str = "\r\n",
    encoding: str = "cp1252",
) -> Path:
    """A CSV with the notice and the practitioners' header, or another ``head``, above the rows."""
    with path.open("w", newline="", encoding=encoding) as file:
        write = csv.writer(file, lineterminator=line_end)
        write.writerows([[NOTICE, "", "", ""], header()] if head is None else head)
        write.writerows(rows)
    return path


def write_workbook(path: Path, rows: Iterable[list[object]], *, setting: str = Setting.PRACTITIONER) -> Path:
    """A workbook in which, as in CMS's, codes and values that look like numbers are numbers."""
    workbook = openpyxl.Workbook()
    for one in [[NOTICE], header(setting)]:
        workbook.active.append(one)
    for code, value, *texts in rows:
        numbers = [int(cell) if str(cell).isdecimal() else cell for cell in (code, value)]
        workbook.active.append([*numbers, *texts])
    workbook.save(path)
    return path
