"""Service lines pasted out of an electronic claim (pure): segments of an X12 837.

SV1 is a professional line, SV2 an institutional one, which has a revenue code first; DTP*472 are the dates of the
line before it (ASC X12N 005010X222 and X223)::

    SV1*HC:99213:25*150*UN*1***1~        SV2*0450*HC:99284:25*480*UN*1~        DTP*472*D8*20260715~

Charges, diagnosis pointers and all other segments are not read: they name patients, payers and providers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scratchpad.columns import Role, Row, Table

_ROLES = dict(enumerate((Role.CODE, *(Role.MODIFIERS,) * 4, Role.UNITS, Role.FIRST_DAY, Role.LAST_DAY)))
_HEADINGS = ("procedure", *("modifier",) * 4, "units", "first day", "last day")
_SERVICE = re.compile(r"(?:^|~)[ \t]*SV[12]\*", re.MULTILINE)
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{1,2}\*")
_PROCEDURE = re.compile(r"HC([^0-9A-Z])(.*)")
_PEOPLE = ("IL", "QC")  # subscriber and patient, one person in most claims
_MINUTES = "MJ"


def has_segments(text: str) -> bool:
    """Whether service lines of an electronic claim stand in a text."""
    return _SERVICE.search(text.upper()) is not None


def table_of(text: str) -> tuple[Table, int]:
    """The service lines as rows of a table, and how many segments were not read. Any other text is a code cell."""
    rows: list[Row] = []
    people, person, unread = set(), (), 0
    for number, segment in _segments(text):
        if not _SEGMENT.match(segment):
            rows.append(Row(number, (segment,)))
            continue
        name, *elements = segment.split("*")
        if name in ("SV1", "SV2"):
            rows.append(Row(number, _service(elements if name == "SV1" else elements[1:])))
            people.add(person)
        elif name == "DTP" and elements[:1] == ["472"] and rows:
            first, _, last = _element(elements, 2).partition("-")
            rows[-1] = Row(rows[-1].number, (*(*rows[-1].cells, *[""] * 5)[:6], first, last))
        else:
            unread += 1
            if name == "NM1" and _element(elements, 0) in _PEOPLE:
                person = tuple(elements[2:4])
    return Table(tuple(rows), _ROLES, _HEADINGS, patients=len(people - {()})), unread


def _segments(text: str) -> Iterator[tuple[int, str]]:
    """Each segment with the number of the row it stands in."""
    for number, row in enumerate(text.splitlines(), start=1):
        for segment in row.upper().split("~"):
            if re.search(r"[^\W_]", segment):
                yield number, segment.strip()


def _service(elements: list[str]) -> tuple[str, ...]:
    """Code, four modifiers and units of a line: its procedure, charge, unit or basis, and quantity."""
    procedure, basis, quantity = (_element(elements, at) for at in (0, 2, 3))
    match = _PROCEDURE.fullmatch(procedure)
    code, *modifiers = match[2].split(match[1]) if match else ("",)
    units = f"{quantity} min" if basis == _MINUTES else quantity
    return (code, *(*modifiers[:4], *[""] * 4)[:4], units)


def _element(elements: list[str], at: int) -> str:
    return elements[at].strip() if at < len(elements) else ""
