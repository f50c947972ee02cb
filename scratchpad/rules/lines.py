"""What a line says before any table is asked: how its code was read, and whether its units are a number."""

from __future__ import annotations

from collections.abc import Iterator

from scratchpad.claim import Claim
from scratchpad.findings import Finding, Kind, Status
from scratchpad.reference import Reference


def findings(claim: Claim, reference: Reference) -> Iterator[Finding]:
    """One finding on the code of every line, and one where the units are no whole number from 1."""
    for line in claim.lines:
        at, codes = (line.number,), (line.code,) if line.code else ()
        subject = f"@{line.number}"
        yield Finding(Kind.PARSE, Status(line.parsed.status), at, codes, subject=subject)
        if line.units is None:
            yield Finding(Kind.UNITS, Status.INVALID_UNITS, at, codes, subject=subject)
