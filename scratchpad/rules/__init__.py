"""What the loaded tables say of a claim (pure): one module for each of them, and one for the lines themselves.

A rule takes a claim and what is known for it, and yields findings. It asks no database, no clock and no setting.
"""

from __future__ import annotations

from scratchpad.claim import Claim
from scratchpad.findings import Finding, in_order
from scratchpad.reference import Reference
from scratchpad.rules import addon, codes, lines, modifiers, mue, ptp

RULES = (lines.findings, codes.findings, modifiers.findings, ptp.findings, mue.findings)
"""Those that need no other. Add-ons come after them: a line that a pair edit denies carries none."""


def check(claim: Claim, reference: Reference) -> list[Finding]:
    """Every finding of every rule, also those that say nothing is wrong: the most severe first, then by line."""
    found = [finding for rule in RULES for finding in rule(claim, reference)]
    found += addon.findings(claim, reference, ptp.denied_lines(found))
    return in_order(found)
