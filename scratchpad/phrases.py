"""What the sentences on findings share (pure): their parts, and dates, lines, units and releases in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from catalog.wording import us_date
from scratchpad.claim import DME_SUPPLIER, OUTPATIENT_HOSPITAL, PRACTITIONER, Claim
from scratchpad.findings import Finding

SETTINGS = {
    PRACTITIONER: "practitioner",
    OUTPATIENT_HOSPITAL: "outpatient hospital",
    DME_SUPPLIER: "DME supplier",
}


class Text(NamedTuple):
    """What is said of a finding: what it is, what that means, what would have to be true for another answer, and
    the reason codes often seen on remittances."""

    headline: str
    sentences: tuple[str, ...] = ()
    change: str = ""
    seen: str = ""


def counted(count: int, noun: str) -> str:
    """``1 unit``, ``2 units``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(words: Iterable[object], last: str = "and") -> str:
    """``1``, ``1 and 2``, ``1, 2 and 3``; empty for none."""
    *first, final = map(str, words) if (words := tuple(words)) else ("",)
    return f"{', '.join(first)} {last} {final}" if first else final


def sentence_case(text: str) -> str:
    """Its first letter in upper case, the rest as it is."""
    return text[:1].upper() + text[1:]


def inside(text: str) -> str:
    """The text as it stands inside a sentence: in lower case, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def on_lines(numbers: Sequence[int]) -> str:
    """``line 1``, ``lines 1 and 3``."""
    return f"line{'s' if len(numbers) > 1 else ''} {listed(numbers)}"


def span_words(first: date, last: date) -> str:
    """``Oct 1, 2024``, ``Sep 28 to Oct 2, 2024``, ``Dec 30, 2024 to Jan 2, 2025``."""
    if first == last:
        return us_date(first)
    return f"{us_date(first) if first.year < last.year else f'{first:%b} {first.day}'} to {us_date(last)}"


def sentences(*sentences: str) -> tuple[str, ...]:
    """The sentences that say something."""
    return tuple(filter(None, sentences))


def outlasts(finding: Finding) -> bool:
    """Whether its day is after all that its release knows of: what is in there may have changed since."""
    day, release = finding.day, finding.release
    return day is not None and release is not None and release.last_day < day


def day_of(finding: Finding, claim: Claim) -> date:
    """The date of service a finding speaks of: the one it was decided by, else the first that its lines share."""
    if finding.day:
        return finding.day
    days = [claim.line(number).first_day for number in finding.lines]
    return max(filter(None, days), default=claim.date_of_service)
