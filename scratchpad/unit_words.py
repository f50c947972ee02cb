"""What is said of units against the MUE (pure).

What the adjudication indicator (MAI) means is from the Medicare NCCI Policy Manual, chapter I, section on MUEs.
"""

from __future__ import annotations

from catalog.edit_words import mai_words, no_mue_words, zero_words
from catalog.rationales import rationale_words
from catalog.wording import us_date
from scratchpad import remittance
from scratchpad.claim import Claim, ClaimLine
from scratchpad.findings import Finding, Status
from scratchpad.phrases import Text, counted, day_of, inside, on_lines, sentence_case, sentences
from scratchpad.reference import LoadedRelease
from scratchpad.rules.mue import units_per_day

_BEYOND = "A number within the limit says nothing on coverage, need or what a payer does."


def unit_text(finding: Finding, claim: Claim) -> Text:
    """What to say of the units of a line, or of all lines of a code on one day."""
    match finding.status:
        case Status.LINE_EXCEEDS | Status.DOS_EXCEEDS_POLICY | Status.DOS_EXCEEDS_CLINICAL:
            return _over(finding, claim)
        case Status.ZERO_MUE:
            return _zero(finding, claim)
        case Status.WITHIN_LIMIT:
            return _within(finding, claim)
        case Status.NO_PUBLISHED_MUE:
            said = no_mue_words(finding.release)
            return Text(f"{_about(finding, claim)}: {inside(said.headline)}", said.sentences)
        case Status.DATA_NOT_LOADED:
            return _not_checked(finding, claim)
    raise ValueError(f"{finding.status} is not a status of units.")


def _over(finding: Finding, claim: Claim) -> Text:
    row, mai = finding.row, mai_words(finding.row.adjudication_indicator)
    is_by_line = finding.status is Status.LINE_EXCEEDS
    headline, denied = _over_a_line(finding, claim) if is_by_line else _over_a_day(finding, claim)
    return Text(
        f"{row.code}: {headline}, the limit is {row.mue_value}",
        sentences(
            denied,
            f"That follows from the published value: MAI {row.adjudication_indicator}, {inside(mai.label)}.",
            *_counted(finding, claim),
            rationale_words(row.rationale),
        ),
        f"{_at_most(row.mue_value)} on one {'line' if is_by_line else 'day'}. Beyond that: {inside(mai.more)}",
        remittance.UNITS,
    )


def _at_most(limit: int) -> str:
    return f"{limit:,} units or fewer" if limit > 1 else "1 unit"


def _denied(units: int, of_what: str) -> str:
    """That all of them are: nobody is over a limit from 1 with less than two units."""
    every = "Both" if units == 2 else f"All {units:,}"
    return f"{every} units of {of_what} are denied by this edit"


def _above(finding: Finding) -> str:
    above = finding.units - finding.row.mue_value
    return f"not only the {'one' if above == 1 else f'{above:,}'} above the limit."


def _over_a_line(finding: Finding, claim: Claim) -> tuple[str, str]:
    """What is over, and what the edit denies: the line whole, also where its units are shared out over days."""
    line = claim.line(finding.lines[0])
    all_of_it = _denied(line.units, f"line {line.number}")
    units = counted(finding.units, "unit")
    if line.days > 1:
        return f"{units} a day on line {line.number}", f"{all_of_it}, not only those above the limit."
    return f"{units} on one line", f"{all_of_it}, {_above(finding)}"


def _over_a_day(finding: Finding, claim: Claim) -> tuple[str, str]:
    on_date = _on_date(finding, claim)
    all_of_it = _denied(finding.units, f"{finding.row.code} {on_date or 'on this date'}")
    headline = f"{counted(finding.units, 'unit')} {on_date or 'on one day'}"
    return headline, f"{all_of_it}, {_above(finding)}"


def _on_date(finding: Finding, claim: Claim) -> str:
    """The date it speaks of, where the lines of the code on the claim are of several: ``on Sep 28, 2024``."""
    lines = [line for line in claim.readable if line.code == finding.codes[0]]
    days = {day for line in lines for day in (line.first_day, line.last_day)}
    return f"on {us_date(day_of(finding, claim))}" if len(days) > 1 else ""


def _about(finding: Finding, claim: Claim) -> str:
    """``11042``, or ``11042 on Sep 28, 2024``."""
    return " ".join(sentences(finding.codes[0], _on_date(finding, claim)))


def _zero(finding: Finding, claim: Claim) -> Text:
    return Text(
        f"{_about(finding, claim)}: the published value is 0 in this setting, and no number of units fits it",
        sentences(zero_words(claim.setting), rationale_words(finding.row.rationale)),
        "Nothing on these lines: under this edit no unit of the code is payable in this setting. Other settings "
        "have values of their own.",
        remittance.UNITS,
    )


def _within(finding: Finding, claim: Claim) -> Text:
    limit, mai = finding.row.mue_value, mai_words(finding.row.adjudication_indicator)
    return Text(
        f"{_about(finding, claim)}: {counted(finding.units, 'unit')}, within the limit of {limit} {mai.per}",
        sentences("" if len(finding.lines) > 1 else mai.tested, *_counted(finding, claim), _BEYOND),
    )


def _counted(finding: Finding, claim: Claim) -> tuple[str, ...]:
    """How the units of a day came together: lines added up, and spans shared out over their days."""
    lines = [claim.line(number) for number in finding.lines]
    together = f"{sentence_case(on_lines(finding.lines))} are counted together: modifiers do not split them."
    return sentences(together if len(lines) > 1 else "", *(_span(line) for line in lines if line.days > 1))


def _span(line: ClaimLine) -> str:
    is_half = 2 * line.units % (2 * line.days) == line.days
    rounded = " (halves are rounded up, which is this site’s choice)" if is_half else ""
    count = "counts" if line.units == 1 else "count"
    units = counted(line.units, "unit")
    return f"Line {line.number}: {units} over {line.days} days {count} as {units_per_day(line)} a day{rounded}."


def _not_checked(finding: Finding, claim: Claim) -> Text:
    release, day = finding.release, day_of(finding, claim)
    if release is None or (release.is_incomplete and release.first_day <= day <= release.last_day):
        said = no_mue_words(release)
        headline, why = inside(said.headline), said.sentences
    else:
        headline = "data for that date is not loaded"
        quarter = f"Each quarter has its own table of values, and the one of {us_date(day)} is not loaded."
        why = (quarter, _newest(release))
    return Text(f"{_about(finding, claim)}: {headline}", (*why, "The units were compared with nothing."))


def _newest(release: LoadedRelease) -> str:
    span = f"{us_date(release.first_day)} to {us_date(release.last_day)}"
    if release.is_starter:
        return f"Only starter data is loaded. It answers for {span}."
    return f"The newest loaded table is {release.title}. It answers for {span}."
