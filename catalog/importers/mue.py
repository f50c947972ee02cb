"""CMS's tables of medically unlikely edits: one code, its MUE value and adjudication indicator to a row.

There is one table for each setting and quarter, as CSV and as workbook with the same rows. The AMA's notice stands
above a header whose cells run over lines::

    "Current Procedural Terminology … herein.",,,
    "HCPCS/
    CPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale
    0001U,1,2 Date of Service Edit: Policy,Code Descriptor / CPT Instruction

Rows have no dates. The day a table takes effect stands in its name only, and is the first of a quarter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from django.db.models import QuerySet

from catalog.codes import is_code
from catalog.importers import ncci
from catalog.importers.files import WORKBOOK_FORMS, BadRow, Member, Refused
from catalog.importers.names import Publication
from catalog.models import Mue, Setting
from catalog.models.release import quarter_of

MODELS = {"mue": Mue}
FORMS = (".csv", *WORKBOOK_FORMS)

SETTINGS = {
    Setting.PRACTITIONER.value: re.compile(r"practitioner", re.IGNORECASE),
    Setting.OUTPATIENT_HOSPITAL.value: re.compile(r"hospital|facility", re.IGNORECASE),
    Setting.DME_SUPPLIER.value: re.compile(r"(?<![a-z])dme", re.IGNORECASE),
}
FAMILY = re.compile(r"(?<![a-z])mue|medically[-_ ]unlikely", re.IGNORECASE)
OTHER_FILE = re.compile(r"layout|structure|readme|faq|manual|guide", re.IGNORECASE)

HEADING = re.compile(r"hcpcs.{0,10}code", re.IGNORECASE)
COLUMNS = {
    "HCPCS/CPT Code": HEADING,
    "MUE Values": re.compile(r".*mue values?", re.IGNORECASE),
    "MUE Adjudication Indicator": re.compile(r".*adjudication indicator", re.IGNORECASE),
    "MUE Rationale": re.compile(r".*rationale", re.IGNORECASE),
}
INDICATORS = {
    "1 line edit": "1",
    "2 date of service edit: policy": "2",
    "3 date of service edit: clinical": "3",
}
VALUE = re.compile(r"[0-9]{1,7}")
LONGEST_RATIONALE = 255
UNREADABLE = "\N{REPLACEMENT CHARACTER}"

# The smallest tables known are those of July 2024: 14,677, 14,628 and 2,928 rows.
FEWEST = {
    Setting.PRACTITIONER.value: 10_000,
    Setting.OUTPATIENT_HOSPITAL.value: 10_000,
    Setting.DME_SUPPLIER.value: 2_000,
}
# Old codes, in the tables of 2024 and 2026 alike; among them the first and the last row of each table.
EVERYWHERE = (
    *("0001U", "10060", "36415", "45378", "66984", "71046", "80053", "93000", "99213"),
    *("A4253", "E0114", "J1885", "K0001", "V5364"),
)
CANARIES = {
    Setting.PRACTITIONER.value: EVERYWHERE,
    Setting.OUTPATIENT_HOSPITAL.value: EVERYWHERE,
    Setting.DME_SUPPLIER.value: (
        *("A4206", "A4253", "A7015", "E0114", "E0163", "E0290", "E0990", "J1885", "K0001", "K0071"),
        *("L0120", "L1832", "V2107", "V5336"),
    ),
}
# Values by which the settings differ: practitioner, outpatient hospital, DME supplier (None: no row), as of
# July 2024; those of practitioners are the same in April 2026.
TELLING = {
    "71046": (2, 3, None),
    "85025": (2, 4, None),
    "90834": (2, 3, None),
    "97110": (6, 8, None),
    "99283": (1, 2, None),
    "99285": (1, 2, None),
    "A4253": (0, 0, 1),
    "E0114": (0, 0, 1),
    "E0163": (0, 0, 1),
    "E0290": (0, 0, 1),
    "E0990": (0, 2, 2),
    "J7510": (0, 60, 240),
    "K0001": (0, 0, 1),
    "L0120": (0, 1, 1),
    "L1832": (0, 2, 2),
}
# By how many of these values another setting must fit better to be the true one; the nearest two differ in ten.
PLAIN = 5


class Row(NamedTuple):
    """The MUE of one code: whole units, where 0 is not payable in this setting, and the digit of the indicator."""

    line: int
    code: str
    mue_value: int
    adjudication_indicator: str
    rationale: str


def publications(members: list[Member], quarter: str = "", setting: str = "") -> list[Publication]:
    """The releases among these files, oldest first: one for each quarter and setting, CSV before workbook.

    CMS's names are like ``MCR_MUE_PractitionerServices_Eff_04-01-2026.csv`` in
    ``medicare-ncci-2026-q2-practitioner-services-mue-table.zip``. A ``quarter`` or ``setting`` given by hand goes
    over what the names say, and is for files of one.

    Raises Refused for Medicaid's files, for names that contradict each other, for a day that begins no quarter,
    and for two different files that claim to be the same.
    """
    files = [member for member in members if _is_table(member)]
    for member in files:
        ncci.refuse_medicaid(member)
    if quarter:
        ncci.one_by_hand(quarter, (ncci.quarter_in(member.name) for member in files), "quarter")
    if setting:
        ncci.one_by_hand(setting, (_setting_in(member.name) for member in files), "setting")
    if not files and quarter and setting and len(members) == 1 and members[0].form in FORMS:
        files = members
    found: dict[tuple[str, str], list[tuple[int | None, Member]]] = defaultdict(list)
    for member in files:
        its_quarter, its_setting = quarter or _quarter(member), setting or _setting(member)
        if its_quarter and its_setting:
            found[its_quarter, its_setting].append((ncci.revision_in(member.name), member))
    releases = []
    for (its_quarter, its_setting), candidates in sorted(found.items()):
        revision, main = ncci.the_one(candidates, FORMS)
        releases.append(
            Publication(
                *("mue", its_quarter, revision, (main,)), quarter_by_hand=bool(quarter), setting=its_setting
            )
        )
    return releases


def explain(member: Member) -> str:
    """Why a file that has to do with MUEs is not loaded; empty when it can be, or is another thing altogether."""
    if not _in_family(member):
        return ""
    if ncci.is_change_list(member):
        return f"{member} lists what changed in a quarter; the whole MUE table is loaded instead."
    if not _is_table(member):
        return f"{member} is no MUE table. CMS's tables are .csv and .xlsx files."
    if not (_quarter(member) and _setting(member)):
        return (
            f"{member} does not say of which quarter and setting it is. A table is named like "
            "MCR_MUE_PractitionerServices_Eff_04-01-2026.csv; else give --quarter and --setting."
        )
    return ""


def _in_family(member: Member) -> bool:
    return bool(FAMILY.search(member.name) or FAMILY.search(member.archive))


def _is_table(member: Member) -> bool:
    is_other = ncci.is_change_list(member) or OTHER_FILE.search(member.name)
    return member.form in FORMS and _in_family(member) and not is_other


def _quarter(member: Member) -> str:
    for name in (member.name, member.archive):
        day = ncci.effective_day(name)
        if day and not (day.day == 1 and day.month % 3 == 1):
            raise Refused(
                f"{name} takes effect on {day:%m-%d-%Y} by its name, and MUE tables do on the first day of a "
                f"quarter. If it is of {quarter_of(day)}, give --quarter {quarter_of(day)}."
            )
    return ncci.agreed(member, ncci.quarter_in(member.name), ncci.quarter_in(member.archive), "quarter")


def _setting(member: Member) -> str:
    return ncci.agreed(member, _setting_in(member.name), _setting_in(member.archive), "setting")


def _setting_in(text: str) -> str:
    return next((setting for setting, pattern in SETTINGS.items() if pattern.search(text)), "")


def notice(member: Member) -> str:
    """The AMA's notice above the header, as published."""
    return ncci.notice_above(member, HEADING)


def read(member: Member, setting: str = "") -> Iterator[Row]:
    """The rows of a table of that setting, or of the setting its name gives.

    Raises BadRow for the first row that cannot be one, a code given twice, and a header that is missing, doubled
    or of another table; Refused when it has no rows, or those of another setting.
    """
    setting = setting or _setting(member)
    lines: dict[str, int] = {}
    telling: dict[str, int] = {}
    for line, cells in _rows(member, setting):
        row = _row(member, line, cells)
        if before := lines.get(row.code):
            raise BadRow(str(member), line, f"{row.code} is given twice, first in line {before}.")
        lines[row.code] = line
        if row.code in TELLING:
            telling[row.code] = row.mue_value
        yield row
    if not lines:
        raise Refused(f"{member} holds no row. It is not the whole MUE table.")
    _check_values(member, setting, telling)


def _rows(member: Member, setting: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row under the header, in the order of COLUMNS."""
    found = False
    for table in ncci.records(member):
        columns, width = None, 0
        for number, (line, cells) in enumerate(table, 1):
            if ncci.is_header_row(cells, HEADING):
                if found:
                    raise BadRow(str(member), line, "the header stands here a second time.")
                found, columns, width = True, _columns(member, line, cells, setting), len(cells)
            elif columns:
                yield line, _cells(member, line, cells, columns, width)
            elif is_code(cells[0].strip()):
                raise BadRow(str(member), line, "a row before any header (HCPCS/CPT Code, … MUE Values …).")
            elif number > ncci.HEAD:
                break
    if not found:
        raise BadRow(str(member), 1, "no header (HCPCS/CPT Code, … MUE Values …). It is not an MUE table.")


def _columns(member: Member, line: int, cells: list[str], setting: str) -> list[int]:
    names = [ncci.words(cell) for cell in cells]
    columns = []
    for column, pattern in COLUMNS.items():
        matching = [number for number, name in enumerate(names) if pattern.fullmatch(name)]
        if len(matching) != 1:
            how = "the column is there twice" if matching else "the column is missing"
            raise BadRow(str(member), line, f"{column}: {how}. It is not an MUE table as CMS publishes it.")
        columns += matching
    title = names[columns[1]]
    if ncci.MEDICAID.search(title):
        raise BadRow(str(member), line, f"the header says {title!r}, and only Medicare's tables are loaded here.")
    said = _setting_in(title)
    if said and setting and said != setting:
        raise BadRow(
            str(member),
            line,
            f"the header says {title!r}: it is the table of {Setting(said).words}, not of "
            f"{Setting(setting).words}. Give the file under the name it had at CMS.",
        )
    return columns


def _cells(member: Member, line: int, cells: list[str], columns: list[int], width: int) -> list[str]:
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        raise BadRow(str(member), line, f"has {len(cells)} cells where the header has {width}.")
    return [cells[column] for column in columns]


def _row(member: Member, line: int, cells: list[str]) -> Row:
    code, value, indicator, rationale = (ncci.words(cell) for cell in cells)
    code = ncci.code_in(member, line, code)
    if not VALUE.fullmatch(value):
        raise BadRow(str(member), line, f"{code} has {value[:40]!r} as its MUE value, which is no whole number.")
    if (digit := INDICATORS.get(indicator.lower())) is None:
        raise BadRow(str(member), line, f"{code} has {indicator[:40]!r} as its adjudication indicator.")
    if not (0 < len(rationale) <= LONGEST_RATIONALE and rationale.isprintable() and UNREADABLE not in rationale):
        raise BadRow(str(member), line, f"{code} has {rationale[:40]!r} as its rationale.")
    return Row(line, code, int(value), digit, rationale)


def _check_values(member: Member, setting: str, values: dict[str, int]) -> None:
    """Raises Refused when the values are plainly those of another setting, whatever the header says."""
    fits = {
        one: sum(values[code] == expected[number] for code, expected in TELLING.items() if code in values)
        for number, one in enumerate(SETTINGS)
    }
    likeliest = max(fits, key=lambda one: fits[one])
    if setting and fits[likeliest] - fits[setting] >= PLAIN:
        raise Refused(
            f"{member} holds the values of {Setting(likeliest).words}, not of {Setting(setting).words}: "
            f"{ncci.some([f'{code} is {values[code]}' for code in TELLING if code in values])}."
        )


def doubts(edits: QuerySet[Mue], publication: Publication, counts: dict[str, int]) -> list[str]:
    """Why these rows of one release may not be the whole table: sentences, none when all is well."""
    found = []
    number, fewest = edits.count(), FEWEST[publication.setting]
    if number < fewest:
        found.append(f"It has {number:,} rows; every table of this setting has had {fewest:,} and more.")
    wanted = CANARIES[publication.setting]
    there = set(edits.filter(code__in=wanted).values_list("code", flat=True))
    if missing := [code for code in wanted if code not in there]:
        found.append(f"It lacks {ncci.some(missing)}, which every table of this setting holds.")
    rationales = sorted(edits.order_by().values_list("rationale", flat=True).distinct())
    for one, following in pairwise(rationales):
        if following.startswith(one):
            found.append(f"The rationale {one!r} looks cut off.")
    return found
