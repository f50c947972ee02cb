"""Medically unlikely edits: the units of a code against the most that one provider reports for a patient on a day.

The adjudication indicator (MAI) says what is counted: 1 each line, 2 and 3 all lines of the day. Modifiers never
split a day (NCCI Policy Manual, chapter I).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from catalog.edits import quarter_of
from scratchpad.claim import Claim, ClaimLine
from scratchpad.findings import Finding, Kind, Status
from scratchpad.reference import MueRow, Reference

BY_LINE = "1"
OVER = {
    BY_LINE: Status.LINE_EXCEEDS,
    "2": Status.DOS_EXCEEDS_POLICY,
    "3": Status.DOS_EXCEEDS_CLINICAL,
}


def findings(claim: Claim, reference: Reference) -> Iterator[Finding]:
    """One finding for each code, provider and day; under MAI 1 one for each line."""
    lines_by_code: dict[str, list[ClaimLine]] = {}
    for line in claim.readable:
        lines_by_code.setdefault(line.code, []).append(line)
    for code, lines in lines_by_code.items():
        groups = _groups(lines)
        for group in groups:
            yield from _of_group(code, group, len(groups) == 1, reference)


def _groups(lines: list[ClaimLine]) -> list[list[ClaimLine]]:
    """Lines of one code put together where one provider reports them for days in common."""
    if len(lines) == 1:
        return [lines]
    groups: list[list[ClaimLine]] = []
    until = date.min
    for line in sorted(lines, key=lambda line: (line.provider, line.first_day, line.number)):
        if groups and groups[-1][0].provider == line.provider and line.first_day <= until:
            groups[-1].append(line)
            until = max(until, line.last_day)
        else:
            groups.append([line])
            until = line.last_day
    return [sorted(group, key=lambda line: line.number) for group in groups]


def _of_group(code: str, group: list[ClaimLine], is_only: bool, reference: Reference) -> Iterator[Finding]:
    """The table of the quarter answers: its rows have no dates. Of several days, the first with most units."""
    days = sorted({line.first_day for line in group})
    day = days[0] if len(days) == 1 else max(days, key=lambda day: _units_on(day, group))
    quarter = quarter_of(day)
    release, row = reference.mue.get(quarter), reference.mues.get((quarter, code))
    if release and row and row.mue_value and row.adjudication_indicator == BY_LINE:
        for line in group:
            units = units_per_day(line)
            yield Finding(
                Kind.MUE,
                _against(row, units),
                (line.number,),
                (code,),
                row,
                release,
                f"{code}@{line.number}",
                units=units,
            )
        return
    numbers = tuple(line.number for line in group)
    units = _units_on(day, group)
    if release is None:
        status, row, release = Status.DATA_NOT_LOADED, None, reference.newest_mue
    elif row is None:
        status = Status.DATA_NOT_LOADED if release.is_incomplete else Status.NO_PUBLISHED_MUE
    else:
        status = _against(row, units)
    subject = code if is_only else f"{code}@{'+'.join(map(str, numbers))}"
    yield Finding(Kind.MUE, status, numbers, (code,) * len(numbers), row, release, subject, units=units)


def _against(row: MueRow, units: int) -> Status:
    """Zero is no limit of none: the code is not payable in that setting."""
    if row.mue_value == 0:
        return Status.ZERO_MUE
    return OVER[row.adjudication_indicator] if units > row.mue_value else Status.WITHIN_LIMIT


def units_per_day(line: ClaimLine) -> int:
    """The units of a line for each of its days, to the nearest whole number. Half a unit counts as one: the
    Policy Manual does not say."""
    if line.first_day == line.last_day:
        return line.units
    return (2 * line.units + line.days) // (2 * line.days)


def _units_on(day: date, lines: list[ClaimLine]) -> int:
    return sum(units_per_day(line) for line in lines if line.first_day <= day <= line.last_day)
