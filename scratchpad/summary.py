"""How a claim is summed up above its findings (pure).

No data is never a pass: the headline of a claim without findings says so only when the tables answered, and even
then it is no approval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from catalog.wording import us_date
from scratchpad.claim import Claim
from scratchpad.coverage import APART, MISSING, NO_PROVIDER, NOT_CHECKED, PAIR_LOOKED_UP, Covered, pair_answer
from scratchpad.finding_words import chip_of, is_quiet
from scratchpad.findings import Finding, Kind
from scratchpad.phrases import SETTINGS, counted, inside, listed, sentences
from scratchpad.unit_words import is_partly_loaded

NOT_AN_APPROVAL = (
    "This is not an approval: coverage, medical necessity, payer rules and the patient’s other claims are outside "
    "these files."
)


class Tallied(NamedTuple):
    """How many findings of a kind: ``2``, ``denied by edit``."""

    family: str
    sign: str
    words: str
    count: int


class Headline(NamedTuple):
    title: str
    sentence: str = ""


def tally(findings: Sequence[Finding], rows: Sequence[Covered]) -> list[Tallied]:
    """The findings by kind, in their order; what could not be checked comes last, as the rows of ``coverage``
    count it. A line that was left out is a finding already."""
    loud = Counter(map(chip_of, _loud(findings)))
    counts = [Tallied(chip.family, chip.sign, inside(chip.short), count) for chip, count in loud.items()]
    missing = sum(row.missing for row in rows if row.kind is not Kind.PARSE)
    return [*counts, Tallied("unk", "unk", NOT_CHECKED, missing)] if missing else counts


def headline(claim: Claim, findings: Sequence[Finding], rows: Sequence[Covered]) -> Headline:
    """What stands above the findings, or in their place. It never says that nothing is wrong. ``rows`` are those
    of ``coverage``."""
    missing, why = sum(row.missing for row in rows), " ".join(filter(None, (row.why for row in rows)))
    looked_up = _looked_up(claim, findings)
    asked = f"{_dates(claim)}, {SETTINGS[claim.setting]}"
    if loud := _loud(findings):
        return Headline(_count(loud, missing, len(findings) - missing), why)
    if not claim.lines:
        return Headline("No lines yet", "Nothing was looked up.")
    if not looked_up:
        title = f"Nothing was checked: no loaded table answers for {asked}"
        return Headline(title, " ".join(sentences(why, "No data is no answer.")))
    is_all = not missing and _compares(claim, findings)
    title = "Nothing found in the loaded edits" if is_all else "Nothing found in what could be checked"
    were = "was" if looked_up.startswith("1 ") and " and " not in looked_up else "were"
    told = f"{looked_up} {were} looked up for {asked}."
    return Headline(title, " ".join(sentences(told, _not_compared(claim, findings), why, NOT_AN_APPROVAL)))


def _dates(claim: Claim) -> str:
    """The date of the lines, or the first and last of several; that of the claim where no line can be read."""
    days = {day for line in claim.readable for day in (line.first_day, line.last_day)} or {claim.date_of_service}
    return us_date(min(days)) if len(days) == 1 else f"{us_date(min(days))} to {us_date(max(days))}"


def _count(loud: list[Finding], missing: int, answered: int) -> str:
    """``7 findings``, ``1 finding in sample rows, most not checked``."""
    is_sample = any(finding.row and finding.release and finding.release.is_starter for finding in loud)
    found = counted(len(loud), "finding") + (" in sample rows" if is_sample else "")
    how_many = "most" if missing > answered else "some"
    return f"{found}, {how_many} not checked" if missing else found


def _looked_up(claim: Claim, findings: Sequence[Finding]) -> str:
    """``6 pairs and 4 lines``: what the pair table and the unit limits answered, and ``1 add-on code`` where the
    table of these answered too; empty where none did."""
    pairs = sum(finding.kind is Kind.PTP and finding.status in PAIR_LOOKED_UP for finding in findings)
    of_units = (finding for finding in findings if finding.kind is Kind.MUE)
    units = (one for one in of_units if one.status not in MISSING or is_partly_loaded(one, claim))
    lines = len({number for finding in units for number in finding.lines})
    add_ons = sum(finding.kind is Kind.ADDON and finding.status not in MISSING for finding in findings)
    numbers = (("pair", pairs), ("line", lines), ("add-on code", add_ons))
    return listed([counted(number, name) for name, number in numbers if number])


def _compares(claim: Claim, findings: Sequence[Finding]) -> bool:
    """Whether pairs were compared as the lines ask for: not one of those there are, or a provider that a line
    leaves open, would make silence sound like an answer."""
    pairs = [finding for finding in findings if finding.kind is Kind.PTP and finding.lines]
    is_any = any(finding.status in PAIR_LOOKED_UP for finding in pairs)
    return (is_any or not pairs) and all(pair_answer(finding, claim) != NO_PROVIDER for finding in pairs)


def _not_compared(claim: Claim, findings: Sequence[Finding]) -> str:
    """How many pairs were not, and why, in the words of the table."""
    answers = Counter(pair_answer(one, claim) for one in findings if one.status in APART)
    reasons = listed(text.removeprefix("not compared: ") for text in answers)
    were = "was" if answers.total() == 1 else "were"
    return f"{counted(answers.total(), 'pair')} {were} not compared: {reasons}." if answers else ""


def _loud(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if not is_quiet(finding)]
