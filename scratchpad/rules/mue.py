"""Medically unlikely edits: the units of a code against the most that one provider reports for a patient on a day.

The adjudication indicator (MAI) says what is counted: 1 each line, 2 and 3 all lines of the day. Modifiers never
split a day (NCCI Policy Manual, chapter I).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from catalog.edits import quarter_of
from scratchpad.claim import Claim, ClaimLine
from scratchpad.findings import Finding, Kind, Status
from scratchpad.reference import LoadedRelease, MueRow, Reference, beside

Lines = tuple[ClaimLine, ...]
"""Of one code and provider, in the order of the claim."""

BY_LINE = "1"
OVER = {
    BY_LINE: Status.LINE_EXCEEDS,
    "2": Status.DOS_EXCEEDS_POLICY,
    "3": Status.DOS_EXCEEDS_CLINICAL,
}


def findings(claim: Claim, reference: Reference) -> Iterator[Finding]:
    """One finding for each code, provider and day; under MAI 1 one for each line. Of lines over several days, see
    ``_told``."""
    lines_by_code: dict[str, list[ClaimLine]] = {}
    for line in claim.readable:
        lines_by_code.setdefault(line.code, []).append(line)
    for code, lines in lines_by_code.items():
        told = [one for group in _groups(lines) for one in _told(code, group, reference)]
        for named, day in told:
            is_only = len(told) == 1 and not _is_by_line(code, day, reference)
            numbers = "+".join(str(line.number) for line in named)
            yield _finding(code, named, day, code if is_only else f"{code}@{numbers}", reference)


def _groups(lines: list[ClaimLine]) -> list[Lines]:
    """Lines of one code put together where one provider reports them for days in common."""
    if len(lines) == 1:
        return [tuple(lines)]
    groups: list[list[ClaimLine]] = []
    until = date.min
    for line in sorted(lines, key=lambda line: (line.provider, line.first_day, line.number)):
        if groups and groups[-1][0].provider == line.provider and line.first_day <= until:
            groups[-1].append(line)
            until = max(until, line.last_day)
        else:
            groups.append([line])
            until = line.last_day
    return [tuple(sorted(group, key=lambda line: line.number)) for group in groups]


def _told(code: str, group: Lines, reference: Reference) -> Iterator[tuple[Lines, date]]:
    """Of which lines of a group to tell, and on which day.

    Each set of lines that is over on a day is told, on the first of such days; the lines that are in none of these
    are told together, on their most telling day. CMS's rule is for one date of service. Where lines span several,
    an answered day over its limit here counts for more than another that no table answers for.
    """
    first = group[0].first_day
    if all(line.first_day == first == line.last_day for line in group) and not _is_by_line(code, first, reference):
        yield group, first  # as nearly all are
        return
    days = _days_looked_at(group, reference)
    over: dict[Lines, date] = {}
    for day in days:
        for lines in _counted_together(code, day, group, reference):
            row = reference.mues.get((quarter_of(day), code))
            if row and _against(row, _units_on(day, lines)) is not Status.WITHIN_LIMIT:
                over.setdefault(lines, day)
    yield from over.items()
    named = {line.number for lines in over for line in lines}
    left = [line for line in group if line.number not in named]
    if not left:
        return
    day = _telling_day(days, left, group, reference)
    if _is_by_line(code, day, reference):
        yield from (((line,), _telling_day(days, [line], (line,), reference)) for line in left)
    else:
        yield tuple(line for line in group if line in left or _covers(line, day)), day


def _days_looked_at(lines: Lines, reference: Reference) -> list[date]:
    """Days on which lines start or end, or a table starts to answer or has ceased to. On any other, the lines that
    are reported are reported on one of these too, beside the same table."""
    first, last = min(line.first_day for line in lines), max(line.last_day for line in lines)
    days = {day for line in lines for day in (line.first_day, line.last_day)}
    if first < last:
        tables = reference.mue.values()
        days |= {table.first_day for table in tables if first < table.first_day <= last}
        days |= {table.last_day + timedelta(days=1) for table in tables if first <= table.last_day < last}
    return sorted(days)


def _counted_together(code: str, day: date, group: Lines, reference: Reference) -> Iterator[Lines]:
    """The lines whose units are added up on a day: each alone under MAI 1, else all."""
    lines = tuple(line for line in group if _covers(line, day))
    if _is_by_line(code, day, reference):
        yield from ((line,) for line in lines)
    else:
        yield lines


def _is_by_line(code: str, day: date, reference: Reference) -> bool:
    """Whether each line is held to the limit by itself. A limit of 0 is said once of all."""
    row = reference.mues.get((quarter_of(day), code))
    return bool(row and row.mue_value and row.adjudication_indicator == BY_LINE)


def _telling_day(days: list[date], lines: Sequence[ClaimLine], group: Lines, reference: Reference) -> date:
    """Of the days of lines, none of them over: one that no table answers for, else the one with most units in the
    group; the first of such days."""
    theirs = [day for day in days if any(_covers(line, day) for line in lines)]
    return max(theirs, key=lambda day: (quarter_of(day) not in reference.mue, _units_on(day, group)))


def _finding(code: str, lines: Lines, day: date, subject: str, reference: Reference) -> Finding:
    """What the table of the quarter says of a code's units on a day: its rows have no dates of their own."""
    quarter, units = quarter_of(day), _units_on(day, lines)
    release, row = reference.mue.get(quarter), reference.mues.get((quarter, code))
    if release is None:
        status, (release, row, units) = Status.DATA_NOT_LOADED, _elsewhere(code, lines, day, reference)
    elif row is None:
        status = Status.DATA_NOT_LOADED if release.is_incomplete else Status.NO_PUBLISHED_MUE
    else:
        status = _against(row, units)
    numbers = tuple(line.number for line in lines)
    codes = (code,) * len(lines)
    return Finding(Kind.MUE, status, numbers, codes, row, release, subject, units=units, day=day)


def _elsewhere(
    code: str, lines: Lines, day: date, reference: Reference
) -> tuple[LoadedRelease | None, MueRow | None, int]:
    """For a day that no table answers for: the table of another day of the lines, its row and the units it counts,
    of such days the fullest; else the nearest table, and no row."""
    told = []
    for other in _days_looked_at(lines, reference):
        if release := reference.mue.get(quarter_of(other)):
            units = max(_units_on(other, some) for some in _counted_together(code, other, lines, reference))
            told.append((release, reference.mues.get((release.quarter, code)), units))
    if told:
        return max(told, key=lambda one: (one[1] is not None, one[2]))
    return next(iter(beside(day, reference.mue_loaded)), None), None, _units_on(day, lines)


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


def _units_on(day: date, lines: Lines) -> int:
    return sum(units_per_day(line) for line in lines if _covers(line, day))


def _covers(line: ClaimLine, day: date) -> bool:
    return line.first_day <= day <= line.last_day
