"""CMS's table of add-on code edits: an add-on code and one of its primaries, or ``CCCCC``, to a row.

A quarter's zip holds the table as text in fixed columns and as a workbook, with the same rows in the same order::

    20054T       CCCCC       2013091       Contractor Defined Primary Codes
    1U00052023181U0003202336520212742023181
    12    7      14   19     26     33     40

Position 1 holds the type, 2-6 the add-on code, 7-13 its deletion date, 14-18 the primary code, 19-25 its deletion
date, 26-32 the day the edit takes effect, 33-39 its deletion date, 40 and after a note. Dates are a year and a day
of it, ``2013091`` for April 1, 2013. Deletion dates are last days.

The workbook is read where both are there: it names its columns, and only it carries the AMA's notice. The text is
as good: in CMS's zip of October 2025 both say the same, row for row, which also proves the positions above.

The table is cumulative: its rows go back to April 1, 2013, when the first edits took effect.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from django.db.models import Count, F, Max, Q, QuerySet

from catalog.importers import ncci
from catalog.importers.files import WORKBOOK_FORMS, BadRow, Member, Refused, lines
from catalog.importers.names import Publication
from catalog.models import AddOnEdit
from catalog.models.addon import CONTRACTOR_DEFINED
from catalog.models.release import quarter_of

MODELS = {"addon": AddOnEdit}
FORMS = (*WORKBOOK_FORMS, ".txt")

FAMILY = re.compile(r"(?<![a-z])aoc(?![a-z])|add[-_ ]?on[-_ ]?code|add[-_ ]code[-_ ]edits", re.IGNORECASE)
OTHER_FILE = re.compile(r"layout|structure|readme|faq|manual|guide", re.IGNORECASE)
POSTING = re.compile(r"20\d\dq[1-4]_(\d\d)(?!\d)", re.IGNORECASE)

HEADING = re.compile(r"aoc[ _]?edit[ _]?type", re.IGNORECASE)
# Headings without blanks, signs and the ``_julian`` that some quarters add to those of dates.
COLUMNS = {
    "aocedittype": "AOC_Edit_Type",
    "addoncode": "Add-On_Code",
    "aocdeldt": "AOC_DelDT",
    "primarycode": "Primary_Code",
    "primarycodedeldt": "Primary_Code_DelDT",
    "aocediteffdt": "AOC_Edit_EffDT",
    "aoceditdeldt": "AOC_Edit_DelDT",
    "specialinstructionnotes": "Special_Instruction_Notes",
}
TEXT_ROW = re.compile(r"(.)(\S{5})(\S{7}| {7})(\S{5})(\S{7}| {7})(\S{7})(\S{7}| {7}| *$)(.*)")
# What stands above the first row of a text is a notice, unless it is what is left of a row.
REMARK = re.compile(r"(?!.*([0-9]{7}|CCCCC)).*[a-z]{3}")

CONTRACTORS = "2"
MIXED = "3"
TYPES = ("1", CONTRACTORS, MIXED)
DAY = re.compile(r"([12][0-9]{3})([0-3][0-9]{2})")

# The table of October 2025 has 8,615 rows. Rows stay when their edits end.
FEWEST = 5_000
FIRST_DAY = date(2013, 4, 1)
# Pairs and the days they took effect: old ones from all over the table, its first row and its last.
CANARIES = {
    ("0054T", CONTRACTOR_DEFINED): FIRST_DAY,
    ("01968", "01967"): FIRST_DAY,
    ("11045", "11042"): FIRST_DAY,
    ("17003", "17000"): FIRST_DAY,
    ("22614", "22612"): FIRST_DAY,
    ("33572", "33533"): FIRST_DAY,
    ("36218", "36216"): FIRST_DAY,
    ("37185", "37184"): FIRST_DAY,
    ("61797", "61796"): FIRST_DAY,
    ("64484", "64483"): FIRST_DAY,
    ("U0005", "U0004"): date(2021, 10, 1),
}
# Rows at odds with a rule that all rows of October 2025 keep; more than these are no oddities.
MOST_ODD = 20


class Row(NamedTuple):
    """An add-on code with one primary. Deletion dates are last days, None while there is none."""

    line: int
    add_on: str
    primary: str
    edit_type: str
    add_on_deletion_date: date | None
    primary_deletion_date: date | None
    effective_date: date
    deletion_date: date | None
    note: str


def publications(members: list[Member], quarter: str = "", setting: str = "") -> list[Publication]:
    """The releases among these files, oldest first: one for each quarter, the workbook before the text.

    CMS's names are like ``AOC_V2025Q4_01-MCR.xlsx`` (``_01`` is revision 1) and ``AOC_V2026Q2-F-MCR.txt`` in
    ``add-code-edits-medicare-effective-10012025.zip``. A ``quarter`` given by hand goes over what the names say,
    and is for the files of one release; the table knows no setting.

    Raises Refused for Medicaid's files, for names that contradict each other, and for two different files that
    claim to be the same.
    """
    files = [member for member in members if _is_table(member)]
    for member in files:
        ncci.refuse_medicaid(member)
    if quarter:
        ncci.one_by_hand(quarter, (ncci.quarter_in(member.name) for member in files), "quarter")
    if not files and quarter and len(members) == 1 and members[0].form in FORMS:
        files = members
    found: dict[str, list[tuple[int | None, Member]]] = defaultdict(list)
    for member in files:
        if its_quarter := quarter or _quarter(member):
            found[its_quarter].append((_revision(member.name), member))
    releases = []
    for its_quarter, candidates in sorted(found.items()):
        revision, main = ncci.the_one(candidates, FORMS)
        releases.append(Publication("addon", its_quarter, revision, (main,), quarter_by_hand=bool(quarter)))
    return releases


def explain(member: Member) -> str:
    """Why a file that has to do with add-on codes is not loaded; empty when it can be, or is another thing."""
    if not (FAMILY.search(member.name) or FAMILY.search(member.archive)):
        return ""
    if ncci.is_change_list(member):
        return f"{member} lists what changed in a quarter; the whole add-on code table is loaded instead."
    if not _is_table(member):
        return f"{member} is no add-on code table. CMS's are named like AOC_V2025Q4-MCR.xlsx or .txt."
    return "" if _quarter(member) else f"{member} does not say of which quarter it is. Give --quarter."


def _is_table(member: Member) -> bool:
    is_other = ncci.is_change_list(member) or OTHER_FILE.search(member.name)
    is_named = FAMILY.search(member.archive) or FAMILY.search(member.name)
    return member.form in FORMS and bool(is_named) and not is_other


def _quarter(member: Member) -> str:
    return ncci.agreed(member, ncci.quarter_in(member.name), ncci.quarter_in(member.archive), "quarter")


def _revision(name: str) -> int | None:
    found = POSTING.search(name)
    return int(found[1]) if found else ncci.revision_in(name)


def notice(member: Member) -> str:
    """The AMA's notice above the header of the workbook, as published; the text has none."""
    return "" if member.form == ".txt" else ncci.notice_above(member, HEADING)


def read(member: Member, setting: str = "") -> Iterator[Row]:
    """The rows of a table in either form; it knows no setting.

    Raises BadRow for the first line that cannot be a row, a row given twice, and a header that is missing, doubled
    or of another table; Refused when it has no rows.
    """
    seen: dict[Row, int] = {}
    for line, cells in _text_rows(member) if member.form == ".txt" else _workbook_rows(member):
        row = _row(member, line, cells)
        first = seen.setdefault(row._replace(line=0), line)
        if first != line:
            raise BadRow(str(member), line, f"the same row is given twice, first in line {first}.")
        yield row
    if not seen:
        raise Refused(f"{member} holds no row. It is not the whole add-on code table.")


def _text_rows(member: Member) -> Iterator[tuple[int, list[str]]]:
    """The fields of each line in the order of COLUMNS. All lines are of one length when the first is filled up."""
    begun, width = False, 0
    for number, line in lines(member):
        if not line.strip(" \x1a") or (not begun and number <= ncci.HEAD and REMARK.match(line)):
            continue
        found = TEXT_ROW.fullmatch(line)
        if not found:
            raise BadRow(str(member), number, f"not a row of the add-on code table: {line[:40].rstrip()!r}.")
        if not begun and line.endswith(" "):
            width = len(line)
        if width and len(line) != width:
            raise BadRow(str(member), number, f"is {len(line)} characters long, and the first row {width}.")
        begun = True
        kind, add_on, add_on_deleted, primary, primary_deleted, effective, deleted, note = found.groups()
        yield number, [kind, add_on, add_on_deleted, primary, primary_deleted, effective, deleted, note]


def _workbook_rows(member: Member) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row under the header, in the order of COLUMNS."""
    found = False
    for table in ncci.records(member):
        columns: list[int] = []
        for number, (line, cells) in enumerate(table, 1):
            if ncci.is_header_row(cells, HEADING):
                if found:
                    raise BadRow(str(member), line, "the header stands here a second time.")
                found, columns = True, _columns(member, line, cells)
            elif columns:
                yield line, [cells[column] if column < len(cells) else "" for column in columns]
            elif cells[0].strip() in TYPES:
                raise BadRow(str(member), line, "a row before any header (AOC_Edit_Type, Add-On_Code …).")
            elif number > ncci.HEAD:
                break
    if not found:
        raise BadRow(str(member), 1, "no header (AOC_Edit_Type, Add-On_Code …). It is not an add-on code table.")


def _columns(member: Member, line: int, cells: list[str]) -> list[int]:
    names = [re.sub(r"[^a-z]", "", cell.lower()) for cell in cells]
    names = [name.removesuffix("julian") for name in names]
    for column, shown in COLUMNS.items():
        if (times := names.count(column)) != 1:
            how = "is there twice" if times else "is missing"
            raise BadRow(str(member), line, f"the column {shown} {how}. It is not an add-on code table.")
    return [names.index(column) for column in COLUMNS]


def _row(member: Member, line: int, cells: list[str]) -> Row:
    kind, add_on, add_on_deleted, primary, primary_deleted, effective, deleted, note = map(str.strip, cells)
    if kind not in TYPES:
        raise BadRow(str(member), line, f"{kind[:20]!r} stands where the type, 1 to 3, should.")
    add_on = ncci.code_in(member, line, add_on)
    primary = primary if primary == CONTRACTOR_DEFINED else ncci.code_in(member, line, primary)
    if (kind == CONTRACTORS) != (primary == CONTRACTOR_DEFINED) and kind != MIXED:
        raise BadRow(str(member), line, f"{add_on} has {primary} as primary, which does not go with type {kind}.")
    try:
        days = [_day(text) for text in (add_on_deleted, primary_deleted, effective, deleted)]
    except ValueError as error:
        raise BadRow(
            str(member),
            line,
            f"{add_on} with {primary} has the date {error}, and a year from 1995 on and day of it are due.",
        ) from error
    if days[2] is None:
        raise BadRow(str(member), line, f"{add_on} with {primary} has no day of effect.")
    if days[3] and days[3] < days[2]:
        raise BadRow(str(member), line, f"{add_on} with {primary} ends on {deleted}, before it begins.")
    return Row(line, add_on, primary, kind, *days, note)


@cache
def _day(text: str) -> date | None:
    """``2024366`` is December 31, 2024; nothing is None. Raises ValueError for any other text."""
    if not text:
        return None
    if found := DAY.fullmatch(text):
        day = date(int(found[1]), 1, 1) + timedelta(days=int(found[2]) - 1)
        if day.year == int(found[1]) and ncci.is_possible(day):
            return day
    raise ValueError(repr(text[:20]))


def doubts(edits: QuerySet[AddOnEdit], publication: Publication, counts: dict[str, int]) -> list[str]:
    """Why these rows of one release may not be the whole table: sentences, none when all is well."""
    found = []
    if (number := edits.count()) < FEWEST:
        found.append(f"It has {number:,} rows; every table has had {FEWEST:,} and more.")
    pairs = edits.filter(add_on__in=[add_on for add_on, _primary in CANARIES])
    there = set(pairs.values_list("add_on", "primary", "effective_date"))
    if missing := [
        f"{one} with {other}" for (one, other), day in CANARIES.items() if (one, other, day) not in there
    ]:
        found.append(f"It lacks {ncci.some(missing)}, which every table holds since they took effect.")
    found += _doubts_about_columns(edits)
    return found if publication.quarter_by_hand else found + _doubts_about_quarter(edits, publication.quarter)


def _doubts_about_columns(edits: QuerySet[AddOnEdit]) -> list[str]:
    """A code has one deletion date, and no edit outlives either of its codes: so in every row of October 2025."""
    found = []
    several = edits.values("add_on").annotate(days=Count("add_on_deletion_date", distinct=True)).filter(days__gt=1)
    if (number := several.count()) > MOST_ODD:
        found.append(f"{number:,} add-on codes have several deletion dates; its columns may be shifted.")
    outlived = Q()
    for field in ("add_on_deletion_date", "primary_deletion_date"):
        ended = Q(**{f"{field}__isnull": False})
        outlived |= ended & (Q(deletion_date=None) | Q(deletion_date__gt=F(field)))
    if (number := edits.filter(outlived).count()) > MOST_ODD:
        found.append(f"{number:,} edits outlive a code of theirs; its columns may be shifted.")
    return found


def _doubts_about_quarter(edits: QuerySet[AddOnEdit], quarter: str) -> list[str]:
    """Every January something changes, and no edit is published before the quarter it takes effect in.

    An edit's last day counts by the day after it. In a quarter without changes, CMS may post the table again.
    """
    newest = edits.aggregate(effective=Max("effective_date"), deletion=Max("deletion_date"))
    if not newest["effective"]:
        return []
    if quarter_of(newest["effective"]) > quarter:
        return [f"It has edits from {newest['effective']:%m-%d-%Y} on; it looks like a later file than {quarter}."]
    last = max(newest["effective"], (newest["deletion"] or FIRST_DAY) + timedelta(days=1))
    if quarter_of(last)[:4] < quarter[:4]:
        return [f"Nothing in it changed in {quarter[:4]}; it looks like the file of {quarter_of(last)}."]
    return []
