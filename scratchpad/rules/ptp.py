"""NCCI procedure-to-procedure edits: every two lines of different codes, each pair judged alone.

A column two line that is denied still acts as column one elsewhere: how contractors put edits in sequence is not
published. Lines of the same code are no pair; their units are for the MUE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from catalog.edits import FIRST_DAY, Standing, next_row, pair_answer, rows_in_force
from scratchpad.claim import DME_SUPPLIER, Claim, ClaimLine
from scratchpad.findings import Finding, Kind, Remark, Status, Weighed
from scratchpad.reference import LoadedRelease, PtpRow, Reference
from scratchpad.rules import modifiers

# Named once: in Python 3.11 to look a member up costs as much as to make a tuple, and pairs are thousands.
PTP, APPLIES, IN_FORCE = Kind.PTP, Status.EDIT_APPLIES, Standing.APPLIES
BY_STRENGTH = (Status.BYPASSED_BY_MODIFIER, Status.BYPASS_QUESTIONABLE, Status.BYPASS_UNVERIFIED)


class _Occasion(NamedTuple):
    """Who reports a line, and for which days."""

    provider: str
    first_day: date
    last_day: date


class _Meeting(NamedTuple):
    """What is said of two lines where no row is in force on a day they have in common, and of which day. ``asked``
    are the first and last day in common that the table answers for; None where there is none."""

    status: Status
    day: date | None = None
    asked: tuple[date, date] | None = None
    remarks: tuple[Remark, ...] = ()


class _Side(NamedTuple):
    """What every pair needs of a line, taken from it once; ``occasion`` is the place of it in a list."""

    number: int
    code: str
    subject: str
    occasion: int
    line: ClaimLine


def findings(claim: Claim, reference: Reference) -> Iterator[Finding]:
    """One finding a pair; one for the whole claim in the setting that Medicare has no pair table for.

    Fifty lines are 1,225 pairs, and few of them have rows: the others are gone through by the shortest way, down
    to a finding made of a tuple, as one made by its fields takes twice as long.
    """
    if claim.setting == DME_SUPPLIER:
        yield Finding(PTP, Status.NOT_APPLICABLE_SETTING, subject="claim")
        return
    release, edits = reference.ptp, _edits_by_code(reference)
    occasions: dict[_Occasion, int] = {}  # one or two: most lines share provider and date
    sides = [_side(line, occasions) for line in claim.readable]
    meetings_of = [[_meeting(one, two, release) for two in occasions] for one in occasions]
    made = tuple.__new__
    for place, (number, code, subject, occasion, line) in enumerate(sides, 1):
        edits_with = edits.get(code, {})
        meetings = meetings_of[occasion]
        for other_number, other_code, other_subject, other_occasion, other_line in sides[place:]:
            if other_code == code:
                continue
            meeting = meetings[other_occasion]
            status, day, asked, remarks = meeting
            if asked and other_code in edits_with:
                yield _judged(edits_with[other_code], meeting, line, other_line, claim.setting, reference)
            else:
                numbers, codes, subjects = (number, other_number), (code, other_code), f"{subject}|{other_subject}"
                yield made(
                    Finding,
                    (PTP, status, numbers, codes, None, release, subjects, "", (), remarks, 0, (), (), None, day),
                )


def _edits_by_code(reference: Reference) -> dict[str, dict[str, tuple[PtpRow, ...]]]:
    """The rows of each code with each other code, under both."""
    edits: dict[str, dict[str, tuple[PtpRow, ...]]] = {}
    for (one, two), rows in reference.pairs.items():
        edits.setdefault(one, {})[two] = edits.setdefault(two, {})[one] = rows
    return edits


def denied_lines(found: Iterable[Finding]) -> frozenset[int]:
    """The numbers of the column two lines of the edits that apply."""
    return frozenset(finding.denied_line for finding in found if finding.status is APPLIES)


def _side(line: ClaimLine, occasions: dict[_Occasion, int]) -> _Side:
    """The side of a line; its occasion is added to those there are."""
    occasion = _Occasion(line.provider, line.first_day, line.last_day)
    place = occasions.setdefault(occasion, len(occasions))
    return _Side(line.number, line.code, f"{line.code}@{line.number}", place, line)


def _meeting(one: _Occasion, two: _Occasion, release: LoadedRelease | None) -> _Meeting:
    """Whether two lines are compared, and for which of the days they have in common the table answers. Days before
    NCCI began need no answer, beside others."""
    if one.provider != two.provider:
        return _Meeting(Status.DIFFERENT_PROVIDER, remarks=(Remark.SAME_GROUP,))
    first, last = max(one.first_day, two.first_day), min(one.last_day, two.last_day)
    if last < first:
        return _Meeting(Status.DIFFERENT_DATE)
    if last < FIRST_DAY:
        return _Meeting(Status.PREDATES_NCCI, first)
    first = max(first, FIRST_DAY)
    asked = release.answered(first, last) if release else None
    if asked is None:
        return _Meeting(Status.DATA_NOT_LOADED, first)
    if asked != (first, last):
        return _Meeting(Status.DATA_NOT_LOADED, first if first < asked[0] else asked[1] + timedelta(days=1), asked)
    return _Meeting(Status.DATA_NOT_LOADED if release.is_incomplete else Status.NO_EDIT_ON_FILE, first, asked)


def _deciding_day(rows: tuple[PtpRow, ...], first: date, last: date) -> date:
    """The first of two lines' days in common on which a row is in force; the first of all where none is."""
    if first == last:
        return first
    starts = sorted(row.effective_date for row in rows if first < row.effective_date <= last)
    return next((day for day in (first, *starts) if rows_in_force(rows, day)), first)


def _judged(
    rows: tuple[PtpRow, ...],
    meeting: _Meeting,
    one: ClaimLine,
    two: ClaimLine,
    setting: str,
    reference: Reference,
) -> Finding:
    """What the rows of a pair say of two lines' days in common. A row in force counts in an incomplete table too,
    and beside days that no table answers for; any other does not, for the one missing may be in force."""
    day = _deciding_day(rows, *meeting.asked)
    standing, row = pair_answer(rows, day)
    if standing is not IN_FORCE and meeting.status is Status.DATA_NOT_LOADED:
        return _finding(Status.DATA_NOT_LOADED, one, two, meeting.day, reference, row)
    if one.code != row.column_one:
        one, two = two, one
    if standing is not IN_FORCE:
        later = next_row(rows, day) if standing is Standing.DELETED else None
        remarks = (Remark.LATER_ROW,) if later else ()
        return _finding(Status(standing), one, two, day, reference, row, remarks=remarks, later=later)
    is_faulty = len(rows) > 1 and len(rows_in_force(rows, day)) > 1
    remarks = (Remark.SEVERAL_IN_FORCE,) if is_faulty else ()
    if row.modifier_indicator == "0":
        weighed = modifiers.without_effect(one, two)
        return _finding(APPLIES, one, two, day, reference, row, weighed, remarks)
    weighed = modifiers.weigh(one, two, day, setting, reference)
    if weighed:
        remarks += tuple(modifiers.remarks(weighed, (one.code, two.code), day))
    return _finding(_outcome(weighed), one, two, day, reference, row, weighed, remarks)


def _outcome(weighed: tuple[Weighed, ...]) -> Status:
    """One good modifier bypasses an edit, whatever the others count for; without any that counts it applies."""
    counted = {one.counts_as for one in weighed}
    return next((status for status in BY_STRENGTH if status in counted), APPLIES)


def _finding(
    status: Status,
    one: ClaimLine,
    two: ClaimLine,
    day: date,
    reference: Reference,
    row: PtpRow,
    weighed: tuple[Weighed, ...] = (),
    remarks: tuple[Remark, ...] = (),
    later: PtpRow | None = None,
) -> Finding:
    return Finding(
        PTP,
        status,
        (one.number, two.number),
        (one.code, two.code),
        row,
        reference.ptp,
        f"{one.code}@{one.number}|{two.code}@{two.number}",
        weighed=weighed,
        remarks=remarks,
        later=later,
        day=day,
    )
