"""Whether a code is on file on its date of service: only CMS's Level II codes can be, no other list is held."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.codes import Kind as Shape
from catalog.codes import Level, kind_of
from scratchpad.claim import Claim, ClaimLine
from scratchpad.findings import Finding, Kind, Status
from scratchpad.reference import CodeRow, Reference


def findings(claim: Claim, reference: Reference) -> Iterator[Finding]:
    """One finding a line. A code that is unknown or has ended still goes through the edits."""
    for line in claim.readable:
        row = reference.codes.get(line.code)
        yield Finding(
            Kind.CODE,
            _status(line, row, reference),
            (line.number,),
            (line.code,),
            row,
            reference.hcpcs,
            f"{line.code}@{line.number}",
            day=line.last_day,
        )


def _status(line: ClaimLine, row: CodeRow | None, reference: Reference) -> Status:
    shape = kind_of(line.code)
    if shape.level is Level.ONE:
        return Status.CPT_NOT_VERIFIABLE
    if shape is Shape.DENTAL:
        return Status.CDT_NOT_IN_FILE
    if shape is Shape.LOCAL:
        return Status.LEVEL3_RETIRED
    if row is None:
        is_known = reference.hcpcs is not None and not reference.hcpcs.is_incomplete
        return Status.UNKNOWN_CODE if is_known else Status.DATA_NOT_LOADED
    if row.added_date and line.first_day < row.added_date:
        return Status.NOT_YET_EFFECTIVE
    if row.termination_date and row.termination_date < line.last_day:
        return Status.TERMINATED_CODE
    return Status.ACTIVE
