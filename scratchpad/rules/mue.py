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
    day = _telling_day(code, group, reference)
    row = reference.mues.get((quarter_of(day), code))
    if row and row.mue_value and row.adjudication_indicator == BY_LINE:
        for line in group:
            day = _telling_day(code, [line], reference)
            yield _finding(code, [line], day, f"{code}@{line.number}", reference)
    else:
        numbers = "+".join(str(line.number) for line in group)
        yield _finding(code, group, day, code if is_only else f"{code}@{numbers}", reference)


def _telling_day(code: str, lines: list[ClaimLine], reference: Reference) -> date:
    """The day that is told of lines over several: one over its limit; else one that no table answers for; else the
    one with most units; the first of such days. Units and tables change on the days looked at and on no other."""
    first = lines[0].first_day
    if all(line.first_day == first == line.last_day for line in lines):
        return first
    starts = (release.first_day for release in reference.mue.values())
    days = {day for line in lines for day in (line.first_day, line.last_day)}
    days |= {day for day in starts if any(line.first_day <= day <= line.last_day for line in lines)}

    def weight(day: date) -> tuple[bool, bool, int]:
        quarter, units = quarter_of(day), _units_on(day, lines)
        row = reference.mues.get((quarter, code))
        return row is not None and units > row.mue_value, quarter not in reference.mue, units

    return max(sorted(days), key=weight)


def _finding(code: str, lines: list[ClaimLine], day: date, subject: str, reference: Reference) -> Finding:
    """What the table of the quarter says of a code's units on a day: its rows have no dates of their own."""
    quarter, units = quarter_of(day), _units_on(day, lines)
    release, row = reference.mue.get(quarter), reference.mues.get((quarter, code))
    if release is None:
        status, row, release = Status.DATA_NOT_LOADED, None, reference.newest_mue
    elif row is None:
        status = Status.DATA_NOT_LOADED if release.is_incomplete else Status.NO_PUBLISHED_MUE
    else:
        status = _against(row, units)
    numbers = tuple(line.number for line in lines)
    codes = (code,) * len(lines)
    return Finding(Kind.MUE, status, numbers, codes, row, release, subject, units=units, day=day)


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
