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
    """A line whose code is an add-on: its rows, those in force, and the lines that a row in force lists."""

    line: ClaimLine
    rows: tuple[AddOnRow, ...]
    active: tuple[AddOnRow, ...]
    listed: tuple[ClaimLine, ...]


def findings(claim: Claim, reference: Reference, denied: frozenset[int]) -> Iterator[Finding]:
    """One finding for every line whose code the table knows as an add-on. ``denied`` are the numbers of the lines
    that a pair edit denies."""
    lines = claim.readable
    add_ons = [_add_on(line, rows, lines) for line in lines if (rows := reference.addons.get(line.code))]
    payable = _payable(lines, add_ons, denied, reference)
    for add_on in add_ons:
        line, status = add_on.line, _status(add_on, payable, reference)
        yield Finding(
            Kind.ADDON,
            status,
            (line.number,),
            (line.code,),
            _deciding(add_on, status, payable),
            reference.addon,
            f"{line.code}@{line.number}",
            others=tuple(one.number for one in add_on.listed),
            rows=add_on.active or add_on.rows,
            day=line.first_day,
        )


def _add_on(line: ClaimLine, rows: tuple[AddOnRow, ...], lines: tuple[ClaimLine, ...]) -> _AddOn:
    active = tuple(row for row in rows if addon_in_force(row, line.first_day))
    primaries = {row.primary for row in active}
    listed = tuple(
        other
        for other in lines
        if other.code in primaries
        and other.number != line.number
        and other.provider == line.provider
        and other.meets(line)
    )
    return _AddOn(line, rows, active, listed)


def _payable(
    lines: tuple[ClaimLine, ...], add_ons: list[_AddOn], denied: frozenset[int], reference: Reference
) -> frozenset[int]:
    """The numbers of the lines that can serve as a primary: denied by no pair edit and, where they are add-ons
    themselves, with a primary that can. Built up from the lines that stand alone, so that add-ons which list
    only each other never carry one another."""
    stands = {line.number for line in lines} - denied
    payable = frozenset(stands - {add_on.line.number for add_on in add_ons})
    while True:
        carried = {one.line.number for one in add_ons if _status(one, payable, reference) not in NOT_PAYABLE}
        more = payable | (carried & stands)
        if more == payable:
            return payable
        payable = more


def _status(add_on: _AddOn, payable: frozenset[int], reference: Reference) -> Status:
    if not _is_loaded(add_on.line.first_day, reference):
        return Status.DATA_NOT_LOADED
    if not add_on.active:
        return Status.EDIT_INACTIVE
    if any(line.number in payable for line in add_on.listed):
        return Status.PRIMARY_PRESENT
    if add_on.listed:
        return Status.PRIMARY_DENIED
    if add_on.line.code == CRITICAL_CARE:
        return Status.EXCEPTION_99292
    types = {row.edit_type for row in add_on.active}
    if "1" in types:
        return Status.PRIMARY_MISSING
    return Status.PRIMARY_NOT_LISTED if "3" in types else Status.CONTRACTOR_DEFINED


def _is_loaded(day: date, reference: Reference) -> bool:
    """Whether the table answers for a day. Of a day before the first edits no table is needed."""
    return day < FIRST_ADD_ON_DAY or (reference.addon is not None and reference.addon.answers(day))


def _deciding(add_on: _AddOn, status: Status, payable: frozenset[int]) -> AddOnRow | None:
    """The row of the primary on the claim, one that can be paid first; else the row of the strictest type."""
    if status is Status.DATA_NOT_LOADED:
        return None
    if status is Status.EDIT_INACTIVE:
        return max(add_on.rows, key=lambda row: row.effective_date)
    codes = [line.code for line in sorted(add_on.listed, key=lambda line: line.number not in payable)]
    by_primary = {row.primary: row for row in add_on.active}
    strictness = ("1", "3", "2").index
    return by_primary[codes[0]] if codes else min(add_on.active, key=lambda row: strictness(row.edit_type))
