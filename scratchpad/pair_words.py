"""What is said of a pair of lines (pure): every status of a PTP edit in words that name the lines and the codes.

A verdict belongs to the edit. What must be said with each follows the Medicare NCCI Policy Manual, chapter I, and
CMS's pages on PTP edits.
"""

from __future__ import annotations

from datetime import date

from catalog.edit_words import NOT_IN_STARTER, NotCompared, Verdict, standing_words
from catalog.edits import Standing
from catalog.rationales import rationale_words
from catalog.wording import us_date
from scratchpad import remittance
from scratchpad.claim import Claim
from scratchpad.findings import Finding, Remark, Status, Weighed
from scratchpad.modifier_words import modifier_label, weighed_words
from scratchpad.phrases import Text, day_of, inside, listed, on_lines, sentences
from scratchpad.reference import PtpRow

SAME_GROUP = (
    "As is generally said, some rules count physicians of one group and specialty as one; these tables do not say "
    "who belongs together."
)
_STANDINGS = {
    Status.EDIT_DELETED: (Standing.DELETED, "edit deleted before this date"),
    Status.EDIT_NOT_YET_EFFECTIVE: (Standing.NOT_YET_EFFECTIVE, "edit starts after this date"),
    Status.EDIT_VOID: (Standing.VOID, "edit withdrawn from its start"),
}


def pair_text(finding: Finding, claim: Claim) -> Text:
    """What to say of a finding on a pair, or on all pairs of a claim."""
    said = _text(finding, claim)
    return said._replace(sentences=sentences(*said.sentences, _day_told(finding, claim)))


def _day_told(finding: Finding, claim: Claim) -> str:
    """Which of the days that two lines have in common it speaks of, where there are several."""
    if finding.day is None or not finding.lines:
        return ""
    one, two = (claim.line(number) for number in finding.lines)
    if max(one.first_day, two.first_day) >= min(one.last_day, two.last_day):
        return ""
    return f"The lines have several days in common; this is said of {us_date(finding.day)}."


def _text(finding: Finding, claim: Claim) -> Text:
    match finding.status:
        case Status.EDIT_APPLIES:
            return _applies(finding)
        case Status.BYPASSED_BY_MODIFIER:
            return _bypassed(finding)
        case Status.BYPASS_QUESTIONABLE:
            return _questionable(finding)
        case Status.BYPASS_UNVERIFIED:
            return _unverified(finding)
        case Status.EDIT_DELETED | Status.EDIT_NOT_YET_EFFECTIVE | Status.EDIT_VOID:
            standing, headline = _STANDINGS[finding.status]
            said = standing_words(standing, finding.row, finding.release)
            return Text(f"{_beside(finding)}: {headline}", (*said.sentences, *_remarks(finding)))
        case Status.NO_EDIT_ON_FILE:
            return _titled(finding, standing_words(Standing.NONE, None, finding.release))
        case Status.PREDATES_NCCI:
            return _titled(finding, standing_words(NotCompared.PREDATES))
        case Status.DATA_NOT_LOADED:
            return _not_checked(finding, claim)
        case Status.NOT_APPLICABLE_SETTING:
            said = standing_words(NotCompared.NO_TABLE)
            return Text(said.headline, said.sentences)
        case Status.DIFFERENT_DATE | Status.DIFFERENT_PROVIDER:
            return _not_compared(finding, claim)
    raise ValueError(f"{finding.status} is not a status of a pair.")


def _applies(finding: Finding) -> Text:
    said = standing_words(Standing.APPLIES, finding.row, finding.release)
    return Text(
        said.headline,
        sentences(
            _columns(finding), *_reason(finding.row), _dates(finding), *_modifiers(finding), *_remarks(finding)
        ),
        said.change,
        remittance.PAIR,
    )


def _bypassed(finding: Finding) -> Text:
    good = [one for one in finding.weighed if one.counts_as is Status.BYPASSED_BY_MODIFIER]
    support = _must_support(good, finding)
    lifted = "the modifier lifts" if len({one.modifier for one in good}) == 1 else "the modifiers lift"
    return Text(
        f"{_beside(finding)}: bypassed by {_placed(good)}",
        sentences(
            _standing_on(good, finding),
            f"The edit is in force, and {lifted} it: indicator 1. {support}",
            *_reason(finding.row),
            _dates(finding),
            *_modifiers(finding),
            *_remarks(finding),
        ),
    )


def _must_support(good: list[Weighed], finding: Finding) -> str:
    """What a bypass rests on. A modifier may lift other edits of its line too: each needs support of its own."""
    needs = [_with_label(modifier) for modifier in dict.fromkeys(one.modifier for one in good)]
    fails = "it does not" if len(needs) == 1 else "it supports none of them"
    return (
        f"The record must support {listed(needs)} for this very pair, {_beside(finding)}. If {fails}, "
        f"{finding.row.column_two} is denied by this edit."
    )


def _with_label(modifier: str) -> str:
    label = modifier_label(modifier)
    return f"{modifier} ({label})" if label else modifier


def _questionable(finding: Finding) -> Text:
    doubtful = [one for one in finding.weighed if one.counts_as is Status.BYPASS_QUESTIONABLE]
    return Text(
        f"{_beside(finding)}: a bypass modifier is present but does not fit",
        sentences(
            _standing_on(doubtful, finding),
            *_modifiers(finding),
            f"Where it does not count, this edit denies {finding.row.column_two} on line {finding.lines[1]}.",
            *_reason(finding.row),
            _dates(finding),
            *_remarks(finding),
        ),
        "The record would have to show separate services, and a modifier would have to describe them. This site "
        "never adds one for you.",
        remittance.PAIR,
    )


def _unverified(finding: Finding) -> Text:
    open_ones = [one for one in finding.weighed if one.counts_as is Status.BYPASS_UNVERIFIED]
    denied, line = finding.row.column_two, finding.lines[1]
    return Text(
        f"{_beside(finding)}: placement of {_placed(open_ones)} is not confirmed for this setting",
        sentences(
            _standing_on(open_ones, finding),
            *_modifiers(finding),
            f"The column two line, here line {line} with {denied}, is the place CMS has always named for it.",
            f"If it does not count where it stands, {denied} is denied by this edit.",
            *_reason(finding.row),
            _dates(finding),
            *_remarks(finding),
        ),
        "The record would have to show separate services, and the modifier that says so would have to stand where "
        "it is known to count: on column two.",
        remittance.PAIR,
    )


def _not_checked(finding: Finding, claim: Claim) -> Text:
    day, release = day_of(finding, claim), finding.release
    if release is None or not release.answers(day):
        return _titled(finding, standing_words(NotCompared.NOT_LOADED, None, release))
    if finding.row is None:
        return _titled(finding, standing_words(Standing.NONE, None, release))
    return _titled(finding, standing_words(_standing_of(finding.row, day), finding.row, release))


def _standing_of(row: PtpRow, day: date) -> Standing:
    if row.modifier_indicator == "9":
        return Standing.VOID
    return Standing.NOT_YET_EFFECTIVE if row.effective_date > day else Standing.DELETED


def _not_compared(finding: Finding, claim: Claim) -> Text:
    one, two = (claim.line(number) for number in finding.lines)
    if finding.status is Status.DIFFERENT_DATE:
        why = "Pair edits speak of services on one date. These two lines have no date in common."
        return Text(f"{_with(finding)}: not compared, their dates differ", (why,))
    unnamed = [line.number for line in (one, two) if not line.provider]
    names = listed(line.provider for line in (one, two))
    which = (
        f"{on_lines(unnamed)} names no provider" if unnamed else f"these two lines name different ones, {names}"
    )
    why = f"Pair edits speak of services by one provider, and {which}."
    if unnamed:
        return Text(f"{_with(finding)}: not compared, {which}", (why, SAME_GROUP))
    return Text(f"{_with(finding)}: not compared, their providers differ", (why, SAME_GROUP))


def _titled(finding: Finding, said: Verdict) -> Text:
    return Text(f"{_with(finding)}: {inside(said.headline)}", said.sentences)


def _beside(finding: Finding) -> str:
    return f"{finding.row.column_two} beside {finding.row.column_one}"


def _with(finding: Finding) -> str:
    return " with ".join(reversed(finding.codes))


def _placed(weighed: list[Weighed]) -> str:
    return listed(f"{modifier} on {on_lines(numbers)}" for modifier, numbers in _lines_of(weighed).items())


def _lines_of(weighed: list[Weighed]) -> dict[str, list[int]]:
    """The numbers of the lines of each modifier."""
    lines: dict[str, list[int]] = {}
    for one in weighed:
        lines.setdefault(one.modifier, []).append(one.line)
    return lines


def _standing_on(weighed: list[Weighed], finding: Finding) -> str:
    """Which line is which column, and on which of them the modifiers in question stand."""
    first, second = finding.lines
    columns = {(first,): "column one", (second,): "column two"}
    placed = listed(
        f"{modifier} stands on {columns.get(tuple(numbers), 'both')}"
        for modifier, numbers in _lines_of(weighed).items()
    )
    return (
        f"{finding.row.column_one} on line {first} is column one, {finding.row.column_two} on line {second} "
        f"column two; {placed}."
    )


def _columns(finding: Finding) -> str:
    first, second = finding.lines
    return (
        f"{finding.row.column_one} on line {first} is column one, the eligible code; {finding.row.column_two} on "
        f"line {second} is column two, which this edit denies on the same date for the same patient and provider."
    )


def _reason(row: PtpRow) -> tuple[str, ...]:
    if ours := rationale_words(row.rationale):
        return (f"{ours} That is CMS’s reason in our words.",)
    return (f"CMS gives as its reason: “{row.rationale}”.",) if row.rationale else ()


def _dates(finding: Finding) -> str:
    row = finding.row
    if finding.release is not None and finding.release.is_starter:
        return f"The day the edit began is {NOT_IN_STARTER}."
    ended = f" to {us_date(row.deletion_date)}, counted here as its last day" if row.deletion_date else ""
    return f"In force from {us_date(row.effective_date)}{ended}."


def _modifiers(finding: Finding) -> tuple[str, ...]:
    return weighed_words(finding.weighed, dict(zip(finding.lines, finding.codes, strict=True)))


def _remarks(finding: Finding) -> tuple[str, ...]:
    return tuple(_remark(remark, finding) for remark in finding.remarks)


def _remark(remark: Remark, finding: Finding) -> str:
    match remark:
        case Remark.REDUNDANT_59:
            return "59 beside an X modifier says the same twice; the X modifier is the more exact of the two."
        case Remark.SIDE_ON_ONE_LINE:
            return "A site is declared on one of the lines only."
        case Remark.MORE_SPECIFIC:
            return "CMS wants 59 only where no more specific modifier describes the services."
        case Remark.SEVERAL_IN_FORCE:
            return (
                "The table has several rows of this pair in force on this date, a fault of the table: the "
                "strictest was read."
            )
        case Remark.LATER_ROW:
            starts = f"on {us_date(finding.later.effective_date)}" if finding.later else "later"
            return f"Another edit of this pair starts {starts}."
        case Remark.SAME_GROUP:
            return SAME_GROUP
    raise ValueError(f"{remark} is no remark known here.")
