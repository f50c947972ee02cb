"""Where the two forms of CMS's alpha-numeric HCPCS file keep their fields: in fixed columns, or under a header.

The text form is laid out as the record layout in each of CMS's zips says. A record is one first line with all
details and as many continuation lines as its long description needs (blanks left out here)::

    E9999001003First 80 characters of its long description   Short one   32      A     1986010120250101        N
    E9999002004and the rest of it
    1    6    1112                                           92          120     128   269     277     285     293

Positions 1-5 hold the code ("   LT" for a modifier), 6-10 the sequence number by hundreds, 11 the record id: 3 for
a code's first line, 4 for its continuation, 7 and 8 for a modifier's.

The workbook, and a CSV made of it, has one row for each record under a header row; disclaimers may stand above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from catalog.importers.files import BadRow, Member, Refused, lines, tables


class Field(NamedTuple):
    """Where a field stands: first position (1-based) and width in the text, column names in the workbook."""

    start: int
    width: int
    columns: tuple[str, ...]
    limit: int = 0  # the longest value taken, where the workbook may hold more than the text has room for
    zeros: bool = False  # a spreadsheet may have taken its leading zeros


def _numbered(column: str, times: int) -> tuple[str, ...]:
    return tuple(f"{column}{n}" for n in range(1, times + 1))


FIELDS = {
    "short_descriptor": Field(92, 28, ("SHORT DESCRIPTION",), limit=64),
    "pricing_indicators": Field(120, 2, _numbered("PRICE", 4), zeros=True),
    "multiple_pricing_indicator": Field(128, 1, ("MULT_PI",)),
    "cim_references": Field(129, 6, _numbered("CIM", 3), limit=32),
    "mcm_references": Field(147, 8, _numbered("MCM", 3), limit=32),
    "statute": Field(171, 10, ("STATUTE",), limit=32),
    "lab_certifications": Field(181, 3, _numbered("LABCERT", 8), limit=8, zeros=True),
    "cross_references": Field(205, 5, _numbered("XREF", 5), limit=16, zeros=True),
    "coverage_code": Field(230, 1, ("COV",)),
    "asc_group": Field(231, 2, ("ASC_GRP",), limit=4),
    "asc_effective_date": Field(233, 8, ("ASC_DT",)),
    "mog_group": Field(241, 3, ("OPPS",), limit=4),
    "mog_policy_indicator": Field(244, 1, ("OPPS_PI",)),
    "mog_effective_date": Field(245, 8, ("OPPS_DT",)),
    "processing_note": Field(253, 4, ("PROCNOTE",), limit=8, zeros=True),
    "betos": Field(257, 3, ("BETOS",), limit=4),
    "types_of_service": Field(261, 1, _numbered("TOS", 5)),
    "anesthesia_base_units": Field(266, 3, ("ANEST_BU",)),
    "added_date": Field(269, 8, ("ADD DT",)),
    "action_effective_date": Field(277, 8, ("ACT EFF DT",)),
    "termination_date": Field(285, 8, ("TERM DT",)),
    "action_code": Field(293, 1, ("ACTION CD",)),
}
# A first line may have lost what is blank at its end: a termination date and an action code, never more.
LEAST_WIDTH = 284
LONG_DESCRIPTION = slice(11, 91)
REQUIRED_COLUMNS = (
    *("LONG DESCRIPTION", "SHORT DESCRIPTION", "PRICE1", "MULT_PI", "STATUTE", "XREF1", "COV", "BETOS"),
    *("TOS1", "ADD DT", "ACT EFF DT", "TERM DT", "ACTION CD"),
)

RECORD = re.compile(r"(?:[A-Z0-9][0-9]{3}[A-Z0-9]|   [A-Z0-9]{2}|[A-Z0-9]{2}   )[0-9]{5}[0-9]")
# What is left of a record that lost or gained characters; the second is looked for below the first record only.
DAMAGED = re.compile(r".{0,8}[0-9]{5}[3478]")
CUT_RECORD = re.compile(r"[A-Z][0-9]{3}|[A-Z][0-9]{0,2}$|   [A-Z0-9]{2}[0-9]")
REMARK = re.compile(r"[\s\x1a]*(\*|$)")


class Piece(NamedTuple):
    """A line or row: a record's first with its details, or one that only continues the long description."""

    line: int
    code: str
    sequence: int
    text: str
    details: dict[str, list[str]] | None


def pieces(member: Member) -> Iterator[Piece]:
    """The lines or rows of a main file that belong to records; remarks are left out, anywhere.

    Raises BadRow for what looks like a record and cannot be read as one.
    """
    return _text_pieces(member) if member.form == ".txt" else _table_pieces(member)


def skipped(member: Member) -> int:
    """How many lines between the first and last record of a text are none. Blank and starred ones do not count."""
    number, since_last = 0, None
    for _line, line in lines(member) if member.form == ".txt" else ():
        if RECORD.match(line):
            number += since_last or 0
            since_last = 0
        elif since_last is not None and not REMARK.match(line):
            since_last += 1
    return number


def _text_pieces(member: Member) -> Iterator[Piece]:
    begun = False
    for number, line in lines(member):
        if not RECORD.match(line):
            if DAMAGED.match(line) or (begun and CUT_RECORD.match(line)):
                raise BadRow(str(member), number, f"not a HCPCS record: {line[:20]!r}.")
            continue
        begun = True
        code = line[:5].strip()
        is_first = _is_first(member, number, code, line[10])
        if is_first and len(line) < LEAST_WIDTH:
            raise BadRow(
                str(member),
                number,
                f"cut short: {len(line)} characters where a first line has {LEAST_WIDTH} or more.",
            )
        details = {name: _cells(line, field) for name, field in FIELDS.items()} if is_first else None
        yield Piece(number, code, int(line[5:10]), line[LONG_DESCRIPTION], details)


def _cells(line: str, field: Field) -> list[str]:
    begin, end = field.start - 1, field.start - 1 + field.width * len(field.columns)
    if not line[begin:end].strip():
        return []
    return [line[at : at + field.width] for at in range(begin, end, field.width)]


def _table_pieces(member: Member) -> Iterator[Piece]:
    for rows in tables(member):
        for number, header in islice(rows, 50):
            if header and _plain(header[0]) in ("HCPC", "HCPCS"):
                yield from _rows_below(member, number, header, rows)
                return
    raise Refused(f"{member} has no header row that begins with HCPC. It is not the main file of a release.")


def _rows_below(
    member: Member, header_row: int, header: list[str], rows: Iterator[tuple[int, list[str]]]
) -> Iterator[Piece]:
    at = {_plain(name): index for index, name in enumerate(header) if index}
    if missing := [column for column in REQUIRED_COLUMNS if _plain(column) not in at]:
        raise BadRow(str(member), header_row, f"the header lacks {', '.join(missing)}.")
    places = {
        name: [at[_plain(column)] for column in field.columns if _plain(column) in at]
        for name, field in FIELDS.items()
    }
    for number, cells in rows:
        code = cells[0].strip() if cells else ""
        if len(code) != 5 and not any(cell.strip() for cell in cells[1:]):  # an empty row, or a remark
            continue
        if len(cells) != len(header):
            raise BadRow(str(member), number, f"has {len(cells)} cells under a header of {len(header)}.")
        record_id, sequence = (cells[at[name]].strip() if name in at else "" for name in ("RECID", "SEQNUM"))
        is_first = _is_first(member, number, code, record_id or ("3" if len(code) == 5 else "7"))
        details = {name: [cells[place] for place in found] for name, found in places.items()} if is_first else None
        order = int(sequence) if sequence.isdecimal() else 0
        yield Piece(number, code, order, cells[at["LONGDESCRIPTION"]], details)


def _plain(name: str) -> str:
    """A column's name without what a spreadsheet or its user may have changed: ``ADD DT``, ``Add_Dt``."""
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _is_first(member: Member, line: int, code: str, record_id: str) -> bool:
    """Whether a line begins a record; refuses what may not stand in this file."""
    if re.fullmatch(r"[0-9]{5}|[0-9]{4}[A-Z]|[0-9]{2}", code):
        raise BadRow(str(member), line, f"{code} belongs to CPT, the AMA's code set, which is never loaded.")
    if re.fullmatch(r"D[0-9]{4}", code):
        raise BadRow(str(member), line, f"{code} belongs to CDT, the ADA's code set, which is never loaded.")
    if not re.fullmatch(r"[A-Z][0-9]{4}|[A-Z][A-Z0-9]|[0-9][A-Z]", code):
        raise BadRow(str(member), line, f"{code!r} is neither a Level II code nor a modifier.")
    if record_id not in ({"3", "4"} if len(code) == 5 else {"7", "8"}):
        raise BadRow(
            str(member), line, f"{code} has record id {record_id!r}: 3 or 4 for a code, 7 or 8 for a modifier."
        )
    return record_id in {"3", "7"}
