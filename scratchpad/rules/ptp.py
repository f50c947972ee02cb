"""NCCI procedure-to-procedure edits: every two lines of different codes, each pair judged alone.

A column two line that is denied still acts as column one elsewhere: how contractors put edits in sequence is not
published. Lines of the same code are no pair; their units are for the MUE.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from catalog.edits import FIRST_DAY, Standing, next_row, pair_answer, rows_in_force
from scratchpad.claim import DME_SUPPLIER, Claim, ClaimLine
from scratchpad.findings import Finding, Kind, Remark, Status, Weighed
from scratchpad.reference import PtpRow, Reference, pair_key
from scratchpad.rules import modifiers

SAME_GROUP = (Remark.SAME_GROUP,)


def findings(claim: Claim, reference: Reference) -> Iterator[Finding]:
    """One finding a pair; one for the whole claim in the setting that Medicare has no pair table for."""
    if claim.setting == DME_SUPPLIER:
        yield Finding(Kind.PTP, Status.NOT_APPLICABLE_SETTING, subject="claim")
        return
    for one, two in claim.pairs():
        if one.code != two.code:
            yield _finding(one, two, claim.setting, reference)


def denied_lines(claim: Claim, reference: Reference) -> frozenset[int]:
    """The numbers of the lines that are column two of an edit that applies."""
    found = (finding.denied_line for finding in findings(claim, reference))
    return frozenset(number for number in found if number is not None)


def _finding(one: ClaimLine, two: ClaimLine, setting: str, reference: Reference) -> Finding:
    if one.provider != two.provider:
        return _said(Status.DIFFERENT_PROVIDER, one, two, reference, remarks=SAME_GROUP)
    if not one.meets(two):
        return _said(Status.DIFFERENT_DATE, one, two, reference)
    day = max(one.first_day, two.first_day)  # the first they have in common
    if day < FIRST_DAY:
        return _said(Status.PREDATES_NCCI, one, two, reference)
    if reference.ptp is None or not reference.ptp.answers(day):
        return _said(Status.DATA_NOT_LOADED, one, two, reference)
    rows = reference.pairs.get(pair_key(one.code, two.code), ())
    standing, row = pair_answer(rows, day)
    if standing is Standing.APPLIES:
        if one.code != row.column_one:
            one, two = two, one
        return _in_force(row, rows, one, two, day, setting, reference)
    if reference.ptp.is_incomplete:
        return _said(Status.DATA_NOT_LOADED, one, two, reference, row)
    if row and one.code != row.column_one:
        one, two = two, one
    later = next_row(rows, day) if standing is Standing.DELETED else None
    remarks = (Remark.LATER_ROW,) if later else ()
    return _said(Status(standing), one, two, reference, row, remarks=remarks, later=later)


def _in_force(
    row: PtpRow,
    rows: tuple[PtpRow, ...],
    one: ClaimLine,
    two: ClaimLine,
    day: date,
    setting: str,
    reference: Reference,
) -> Finding:
    """The finding of a row in force on ``day``: ``one`` is the column one line, ``two`` the column two line."""
    remarks = (Remark.SEVERAL_IN_FORCE,) if len(rows_in_force(rows, day)) > 1 else ()
    if row.modifier_indicator == "0":
        weighed = modifiers.without_effect(one, two)
        return _said(Status.EDIT_APPLIES, one, two, reference, row, weighed, remarks)
    weighed = modifiers.weigh(one, two, day, setting, reference)
    remarks += tuple(modifiers.remarks(weighed))
    return _said(_strongest(weighed), one, two, reference, row, weighed, remarks)


def _strongest(weighed: tuple[Weighed, ...]) -> Status:
    """One good modifier bypasses the edit whatever the others count for; without any the edit applies."""
    counted = {one.counts_as for one in weighed}
    for status in (modifiers.BYPASSED, modifiers.QUESTIONABLE, modifiers.UNVERIFIED):
        if status in counted:
            return status
    return Status.EDIT_APPLIES


def _said(
    status: Status,
    one: ClaimLine,
    two: ClaimLine,
    reference: Reference,
    row: PtpRow | None = None,
    weighed: tuple[Weighed, ...] = (),
    remarks: tuple[Remark, ...] = (),
    later: PtpRow | None = None,
) -> Finding:
    return Finding(
        Kind.PTP,
        status,
        (one.number, two.number),
        (one.code, two.code),
        row,
        reference.ptp,
        f"{one.code}@{one.number}|{two.code}@{two.number}",
        weighed=weighed,
        remarks=remarks,
        later=later,
    )
