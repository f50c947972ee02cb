"""Add-on codes: each needs a primary service of the same practitioner on the same day (CMS, Add-on Code Edits).

Type 1 has a closed list of primaries, type 2 leaves the list to the contractor, type 3 names some and leaves the
rest to the contractor. A denied primary takes its add-on along, and that one takes its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from catalog.edits import FIRST_ADD_ON_DAY, addon_in_force
from scratchpad.claim import Claim, ClaimLine
from scratchpad.findings import Finding, Kind, Status
from scratchpad.reference import AddOnRow, Reference

CRITICAL_CARE = "99292"
"""It may stand alone when a colleague of the same group and specialty reports 99291 that day (CMS, Add-on Code
Edits; Claims Processing Manual, chapter 12, 30.6.12)."""

NOT_PAYABLE = frozenset((Status.PRIMARY_MISSING, Status.PRIMARY_DENIED))


class _AddOn(NamedTuple):
    """A line whose code is an add-on. ``listed`` are the lines that a row lists which is in force on the first day
    both share. Where there are none, ``alone`` is what is said of it, and of which day."""

    line: ClaimLine
    rows: tuple[AddOnRow, ...]
    listed: tuple[ClaimLine, ...]
    alone: tuple[Status, date] | None


def findings(claim: Claim, reference: Reference, denied: frozenset[int]) -> Iterator[Finding]:
    """One finding for every line whose code the table knows as an add-on. ``denied`` are the numbers of the lines
    that a pair edit denies."""
    lines = claim.readable
    add_ons = [
        _add_on(line, rows, lines, reference) for line in lines if (rows := reference.addons.get(line.code))
    ]
    payable = _payable(lines, add_ons, denied)
    for add_on in add_ons:
        line, primary = add_on.line, _primary(add_on, payable)
        day = _shared_day(line, primary) if primary else add_on.alone[1]
        active = _active(add_on.rows, day)
        yield Finding(
            Kind.ADDON,
            _status(add_on, payable),
            (line.number,),
            (line.code,),
            _deciding(add_on.rows, active, primary) if _is_loaded(day, reference) else None,
            reference.addon,
            f"{line.code}@{line.number}",
            others=tuple(one.number for one in add_on.listed),
            rows=active or add_on.rows,
            day=day,
        )


def _add_on(
    line: ClaimLine, rows: tuple[AddOnRow, ...], lines: tuple[ClaimLine, ...], reference: Reference
) -> _AddOn:
    listed, unanswered = [], []
    primaries = {row.primary for row in rows}
    for other in lines:
        if other.code not in primaries or other.number == line.number:
            continue
        if other.provider != line.provider or not other.meets(line):
            continue
        day = _shared_day(line, other)
        if not _is_loaded(day, reference):
            unanswered.append(day)
        elif any(row.primary == other.code and addon_in_force(row, day) for row in rows):
            listed.append(other)
    if listed:
        return _AddOn(line, rows, tuple(listed), None)
    day = min(unanswered, default=line.first_day)
    return _AddOn(line, rows, (), (_alone(line, _active(rows, day), day, reference), day))


def _alone(line: ClaimLine, active: tuple[AddOnRow, ...], day: date, reference: Reference) -> Status:
    """What is said where no line has a listed primary. An incomplete table may lack the row that lists one, or is
    in force; that a contractor decides, and that 99292 may stand alone, is so whatever it lacks."""
    if not _is_loaded(day, reference):
        return Status.DATA_NOT_LOADED
    is_incomplete = reference.addon is not None and reference.addon.is_incomplete
    if not active:
        is_unsure = is_incomplete and day >= FIRST_ADD_ON_DAY
        return Status.DATA_NOT_LOADED if is_unsure else Status.EDIT_INACTIVE
    if line.code == CRITICAL_CARE:
        return Status.EXCEPTION_99292
    types = {row.edit_type for row in active}
    if types == {"2"}:
        return Status.CONTRACTOR_DEFINED
    if is_incomplete:
        return Status.DATA_NOT_LOADED
    return Status.PRIMARY_MISSING if "1" in types else Status.PRIMARY_NOT_LISTED


def _is_loaded(day: date, reference: Reference) -> bool:
    """Whether the table answers for a day. Of a day before the first edits no table is needed."""
    return day < FIRST_ADD_ON_DAY or (reference.addon is not None and reference.addon.answers(day))


def _active(rows: tuple[AddOnRow, ...], day: date) -> tuple[AddOnRow, ...]:
    return tuple(row for row in rows if addon_in_force(row, day))


def _shared_day(one: ClaimLine, two: ClaimLine) -> date:
    """The first day of two lines that have days in common."""
    return max(one.first_day, two.first_day)


def _payable(lines: tuple[ClaimLine, ...], add_ons: list[_AddOn], denied: frozenset[int]) -> frozenset[int]:
    """The numbers of the lines that can serve as a primary: denied by no pair edit and, where they are add-ons
    themselves, with a primary that can. Built up from the lines that stand alone, so that add-ons which list
    only each other never carry one another."""
    stands = {line.number for line in lines} - denied
    payable = frozenset(stands - {add_on.line.number for add_on in add_ons})
    while True:
        carried = {one.line.number for one in add_ons if _status(one, payable) not in NOT_PAYABLE}
        more = payable | (carried & stands)
        if more == payable:
            return payable
        payable = more


def _status(add_on: _AddOn, payable: frozenset[int]) -> Status:
    if add_on.alone:
        return add_on.alone[0]
    is_carried = any(line.number in payable for line in add_on.listed)
    return Status.PRIMARY_PRESENT if is_carried else Status.PRIMARY_DENIED


def _primary(add_on: _AddOn, payable: frozenset[int]) -> ClaimLine | None:
    """The listed line that decides: one that can be paid first."""
    return min(add_on.listed, key=lambda line: line.number not in payable, default=None)


def _deciding(rows: tuple[AddOnRow, ...], active: tuple[AddOnRow, ...], primary: ClaimLine | None) -> AddOnRow:
    """The row of the primary that decides; else that of the strictest type, or the newest if none is in force."""
    if not active:
        return max(rows, key=lambda row: row.effective_date)
    if primary:
        return next(row for row in active if row.primary == primary.code)
    return min(active, key=lambda row: ("1", "3", "2").index(row.edit_type))
