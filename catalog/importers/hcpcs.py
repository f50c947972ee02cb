"""CMS's alpha-numeric HCPCS file: the codes and modifiers of Level II, one ``Row`` each.

``hcpcs_layout`` knows where the fields stand; here is what they mean. A termination date is the last day of use.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from catalog.importers.files import FORMS, BadRow, Member, Refused, lines
from catalog.importers.hcpcs_layout import FIELDS, Field, Piece, pieces, skipped
from catalog.importers.names import Naming, Publication, naming
from catalog.models import HcpcsCode, Modifier
from catalog.models.release import quarter_of

MODELS = {"code": HcpcsCode, "modifier": Modifier}

# In every file from 2019 to 2025 with these added dates, as ended codes stay. A1 stands first in it, V5364 last.
CANARIES = {
    "A0428": date(2001, 1, 1),
    "B4034": date(1986, 1, 1),
    "C1713": date(2001, 4, 1),
    "E0100": date(1986, 1, 1),
    "G0008": date(1994, 1, 1),
    "H0001": date(2001, 1, 1),
    "J1885": date(1993, 1, 1),
    "K0001": date(1994, 1, 1),
    "L1832": date(1989, 1, 1),
    "M0075": date(1986, 1, 1),
    "P9010": date(1987, 1, 1),
    "Q0091": date(1992, 1, 1),
    "R0070": date(1982, 1, 1),
    "S0020": date(2000, 1, 1),
    "T1000": date(2001, 7, 1),
    "V2020": date(1985, 1, 1),
    "V5364": date(1990, 1, 1),
    "A1": date(2002, 7, 1),
    "GA": date(1995, 1, 1),
    "KX": date(2002, 7, 1),
    "LT": date(1984, 1, 1),
    "RT": date(1984, 1, 1),
}
# The annual file of 2019 has 6,440 codes and 360 modifiers; both have only grown since.
FEWEST = {"code": 5_000, "modifier": 250}
# Drugs of an emergency enter the file some weeks early; a whole quarter's codes do not.
EARLY_CODES = 10
# Remarks among the records: no file known has any, and a few do no harm.
MOST_SKIPPED = 20
# In CMS's zip of 2019 the workbook lacks 115 old action dates, the text two codes' fourth type of service.
DIFFERS_BETWEEN_FORMS = {"action_effective_date": None, "types_of_service": ()}


class Row(NamedTuple):
    """One code or modifier. The fields are those of the models; repeated ones hold what is filled in."""

    record: str
    code: str
    line: int = 0
    short_descriptor: str = ""
    long_descriptor: str = ""
    pricing_indicators: tuple[str, ...] = ()
    multiple_pricing_indicator: str = ""
    cim_references: tuple[str, ...] = ()
    mcm_references: tuple[str, ...] = ()
    statute: str = ""
    lab_certifications: tuple[str, ...] = ()
    cross_references: tuple[str, ...] = ()
    coverage_code: str = ""
    asc_group: str = ""
    asc_effective_date: date | None = None
    mog_group: str = ""
    mog_policy_indicator: str = ""
    mog_effective_date: date | None = None
    processing_note: str = ""
    betos: str = ""
    types_of_service: tuple[str, ...] = ()
    anesthesia_base_units: int | None = None
    added_date: date | None = None
    action_effective_date: date | None = None
    termination_date: date | None = None
    action_code: str = ""


class Note(NamedTuple):
    """A numbered processing note."""

    number: str
    text: str


NOTE = re.compile(r"\s*([0-9]{4})--(.*)")
DATES = (
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?: 00:00:00)?"),
    re.compile(r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})"),
)
FAMILY = re.compile(r"anweb|alpha[-_ ]?numeric|hcpc", re.IGNORECASE)
OTHER_FILE = re.compile(r"trans|correct|layout|readme|notes|noc|changes|index|drug", re.IGNORECASE)
NOTES_FILE = re.compile(r"proc_?notes?.*\.txt$", re.IGNORECASE)


def identify(name: str) -> Naming | None:
    """The quarter and revision of a main file or its zip, by name; None for any other file.

    CMS's names differ from year to year: ``HCPC17_CONTR_ANWEB``, ``HCPC2018_CONTR_ANWEB_disc``,
    ``HCPC2020_APRIL_ANWEB_w_disclaimer_v5``, ``HCPC2025_JAN_ANWEB_12172024``, ``HCPC2026_OCT_ANWEB_v2``,
    ``2019-Alpha-Numeric-HCPCS-File``, ``october-2025-alpha-numeric-hcpcs-file``.
    """
    return naming(name) if FAMILY.search(name) and not OTHER_FILE.search(name) else None


def publications(members: list[Member], quarter: str = "", setting: str = "") -> list[Publication]:
    """The releases among these files, oldest first: for each quarter its newest main file, text before workbook.

    A ``quarter`` given by hand goes over what the names say, and is for the files of one release. A setting given
    by hand is refused, as HCPCS files know none.
    """
    found: dict[str, list[tuple[Naming, Member]]] = defaultdict(list)
    for member in members:
        if name := _naming(member):
            found[name.quarter].append((name, member))
    if quarter:
        if len(found) > 1:
            raise Refused(f"--quarter is for one release, and these are {', '.join(sorted(found))}.")
        unnamed = [(Naming(quarter), member) for member in members] if len(members) == 1 and not setting else []
        found = {quarter: candidates} if (candidates := next(iter(found.values()), unnamed)) else {}
    found.pop("", None)
    if found and setting:
        raise Refused(f"--setting {setting} does not apply: HCPCS files are the same for every setting.")
    releases = []
    for its_quarter, candidates in sorted(found.items()):
        name, main = max(candidates, key=_newest)
        notes = _notes(main, members) if main.inside or len(found) == 1 else None
        releases.append(Publication("hcpcs", its_quarter, name.revision, (main,), notes, bool(quarter)))
    return releases


def _naming(member: Member) -> Naming | None:
    """What the names of a main file and its zip say, its quarter empty if nothing; None for any other file."""
    if member.form not in FORMS or not FAMILY.search(member.name) or OTHER_FILE.search(member.name):
        return None
    own, outer = identify(member.name), identify(member.archive)
    if own and outer and outer.has_month and not own.has_month:
        return own._replace(quarter=outer.quarter)
    return own or outer or Naming("")


def _newest(candidate: tuple[Naming, Member]) -> tuple[bool, int, date, bool, bool]:
    name, member = candidate
    is_text = member.form == ".txt"
    return (
        "anweb" in member.name.lower(),
        name.revision or 0,
        name.posted or date.min,
        is_text,
        bool(member.inside),
    )


def _notes(main: Member, members: list[Member]) -> Member | None:
    """The notes file that came with the main file: in the same zip or folder."""
    beside = (
        member for member in members if (member.path.parent, member.archive) == (main.path.parent, main.archive)
    )
    return next((member for member in beside if NOTES_FILE.search(member.name)), None)


def explain(member: Member) -> str:
    """What a file of CMS's that belongs to HCPCS is, when it is no main file; empty for any other."""
    if OTHER_FILE.search(member.name) and re.search("hcpc|anweb", member.name, re.IGNORECASE):
        return (
            f"{member} goes with CMS's HCPCS file and is not the file itself. A main file has ANWEB in its name, "
            "as in HCPC2025_OCT_ANWEB.txt; transaction reports, corrections, layouts and notes are not releases."
        )
    return ""


def notice(member: Member) -> str:
    """No notice: the file is CMS's own, and has neither CPT nor CDT in it."""
    return ""


def read(member: Member, setting: str = "") -> Iterator[Row]:
    """The records of a main file in either form, each with its whole long description.

    Raises BadRow for a line that is no record, a code given twice, and rows this file may not hold.
    """
    firsts: dict[str, Piece] = {}
    texts: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces(member):
        texts[piece.code].append(piece)
        if piece.details is None:
            continue
        if before := firsts.get(piece.code):
            raise BadRow(str(member), piece.line, f"{piece.code} is given twice, first in line {before.line}.")
        firsts[piece.code] = piece
    for code, parts in texts.items():
        if code not in firsts:
            raise BadRow(str(member), parts[0].line, f"continues {code}, which has no first line.")
        yield _row(member, firsts[code], parts)
    if not firsts:
        raise Refused(f"{member} holds no HCPCS record. It is not the main file of a release.")


def _row(member: Member, first: Piece, parts: list[Piece]) -> Row:
    in_order = sorted(parts, key=lambda part: (part.sequence, part.line))
    values = {name: _value(member, first, name, field) for name, field in FIELDS.items()}
    return Row(
        record="code" if len(first.code) == 5 else "modifier",
        code=first.code,
        line=first.line,
        long_descriptor=_tidy(" ".join(part.text for part in in_order)),
        **values,
    )


def _value(member: Member, first: Piece, name: str, field: Field) -> str | tuple[str, ...] | date | int | None:
    texts = [text for cell in first.details[name] if (text := _tidy(cell))]
    if field.zeros:
        texts = [text.zfill(field.width) if text.isdecimal() else text for text in texts]
    try:
        if name.endswith("_date"):
            return _date(texts[0]) if texts else None
        if name == "anesthesia_base_units":
            return int(texts[0]) if texts else None
        if any(len(text) > (field.limit or field.width) for text in texts):
            raise ValueError
    except ValueError as error:
        shown = " ".join(texts)
        raise BadRow(str(member), first.line, f"{first.code} has {shown!r} as {field.columns[0]}.") from error
    if len(field.columns) > 1:
        return tuple(texts)
    return texts[0] if texts else ""


@cache
def _date(text: str) -> date | None:
    """``20251001``, or what a spreadsheet made of it, or nothing; raises ValueError for any other text."""
    if not text.strip("0"):
        return None
    for form in DATES:
        if found := form.fullmatch(text):
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
    raise ValueError(text)


def _tidy(text: str) -> str:
    """Without stray blanks, at the ends or doubled: the two forms of one release differ in nothing else."""
    return " ".join(text.split())


def read_notes(member: Member) -> Iterator[Note]:
    """The processing notes of ``proc_notes_*.txt``: ``0069--TEXT *``, continued on the lines below."""
    number, texts = "", []
    for _line, line in lines(member):
        line = line.rstrip().removesuffix("*")
        if begin := NOTE.match(line):
            if number:
                yield Note(number, _tidy(" ".join(texts)))
            number, texts = begin[1], [begin[2]]
        elif number:
            texts.append(line)
    if number:
        yield Note(number, _tidy(" ".join(texts)))


def doubts(rows: list[Row], publication: Publication, counts: dict[str, int]) -> list[str]:
    """Why this may not be the whole release of its quarter: sentences, none when all is well."""
    found = []
    for record, fewest in FEWEST.items():
        number = sum(row.record == record for row in rows)
        if number < fewest:
            found.append(f"It has {number or 'no'} {record}s; every release has had {fewest:,} and more.")
    added = {row.code: row.added_date for row in rows}
    if missing := [code for code in CANARIES if code not in added]:
        found.append(f"It lacks {_some(missing)}, which every release holds.")
    if moved := [code for code, day in CANARIES.items() if added.get(code, day) != day]:
        found.append(f"It gives {_some(moved)} an added date no release does; its columns may be shifted.")
    if (lines_skipped := sum(skipped(member) for member in publication.members)) > MOST_SKIPPED:
        found.append(f"{lines_skipped:,} lines among its records are none; records may be damaged.")
    return found if publication.quarter_by_hand else found + _doubts_about_quarter(rows, publication.quarter)


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:4]) + (f" and {len(codes) - 4} more" if len(codes) > 4 else "")


def _doubts_about_quarter(rows: list[Row], quarter: str) -> list[str]:
    """Every file has changes that take effect in its quarter, and hardly a code that is added later."""
    acted = [row.action_effective_date for row in rows if row.action_effective_date and row.action_code != "N"]
    if acted and quarter_of(newest := max(acted)) < quarter:
        return [f"Nothing in it took effect in {quarter}; it looks like the file of {quarter_of(newest)}."]
    early = [row.added_date for row in rows if row.added_date and quarter_of(row.added_date) > quarter]
    if len(early) > EARLY_CODES:
        return [f"{len(early)} of its codes were added after {quarter}; it looks like {quarter_of(max(early))}."]
    return []


def same_release(one: Iterable[Row], other: Iterable[Row], *, across_forms: bool) -> bool:
    """Whether two files say the same, in whatever order; ``across_forms`` when only one of them is text."""
    ignored = {"line": 0} | (DIFFERS_BETWEEN_FORMS if across_forms else {})
    return {row._replace(**ignored) for row in one} == {row._replace(**ignored) for row in other}
