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

_CHANGE = {
    "1": "on one line. Services that truly were separate may be reported on lines of their own, with a modifier "
    "that fits them.",
    "2": "on one day. Records change nothing here: the value follows from law, policy, anatomy or the definition "
    "of the code.",
    "3": "on one day, or records that show the need: the contractor may take more after it has looked at them, or "
    "on appeal.",
}
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
            return Text(f"{finding.codes[0]}: {inside(said.headline)}", said.sentences)
        case Status.DATA_NOT_LOADED:
            return _not_checked(finding, claim)
    raise ValueError(f"{finding.status} is not a status of units.")


def _over(finding: Finding, claim: Claim) -> Text:
    row, units = finding.row, finding.units
    by_line = finding.status is Status.LINE_EXCEEDS
    what = f"of line {finding.lines[0]}" if by_line else f"of {row.code} on this date"
    where = "line" if by_line else "day"
    return Text(
        f"{row.code}: {counted(units, 'unit')} on one {where}, the limit is {row.mue_value}",
        sentences(
            f"All {units:,} units {what} are denied, not only the {units - row.mue_value:,} above the limit.",
            f"That follows from the published value: MAI {row.adjudication_indicator}, "
            f"{inside(mai_words(row.adjudication_indicator).label)}.",
            *_counted(finding, claim),
            rationale_words(row.rationale),
        ),
        f"{counted(row.mue_value, 'unit')} or fewer {_CHANGE[row.adjudication_indicator]}",
        remittance.UNITS,
    )


def _zero(finding: Finding, claim: Claim) -> Text:
    return Text(
        f"{finding.row.code}: the published limit is 0 in this setting",
        sentences(zero_words(claim.setting), rationale_words(finding.row.rationale)),
        "Nothing on these lines: any unit is above 0. Other settings have values of their own.",
        remittance.UNITS,
    )


def _within(finding: Finding, claim: Claim) -> Text:
    row = finding.row
    mai = mai_words(row.adjudication_indicator)
    return Text(
        f"{row.code}: {counted(finding.units, 'unit')}, within the limit of {row.mue_value} {mai.per}",
        sentences(mai.tested, *_counted(finding, claim), _BEYOND),
    )


def _counted(finding: Finding, claim: Claim) -> tuple[str, ...]:
    """How the units of a day came together: lines added up, and spans shared out over their days."""
    lines = [claim.line(number) for number in finding.lines]
    together = f"{sentence_case(on_lines(finding.lines))} are counted together: modifiers do not split them."
    return sentences(together if len(lines) > 1 else "", *(_span(line) for line in lines if line.days > 1))


def _span(line: ClaimLine) -> str:
    is_half = 2 * line.units % (2 * line.days) == line.days
    rounded = " (halves are rounded up, which is this site’s choice)" if is_half else ""
    units = counted(line.units, "unit")
    return f"Line {line.number}: {units} over {line.days} days count as {units_per_day(line)} a day{rounded}."


def _not_checked(finding: Finding, claim: Claim) -> Text:
    release, day = finding.release, day_of(finding, claim)
    if release is None or (release.is_incomplete and release.first_day <= day <= release.last_day):
        said = no_mue_words(release)
        headline, why = inside(said.headline), said.sentences
    else:
        headline = "data for that date is not loaded"
        quarter = f"Each quarter has its own table of values, and the one of {us_date(day)} is not loaded."
        why = (quarter, _newest(release))
    return Text(f"{finding.codes[0]}: {headline}", (*why, "The units were compared with nothing."))


def _newest(release: LoadedRelease) -> str:
    span = f"{us_date(release.first_day)} to {us_date(release.last_day)}"
    if release.is_starter:
        return f"Only starter data is loaded. It answers for {span}."
    return f"The newest loaded table is {release.title}. It answers for {span}."
