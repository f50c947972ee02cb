"""What is said of units against the MUE (pure).

What the adjudication indicator (MAI) means is from the Medicare NCCI Policy Manual, chapter I, section on MUEs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from catalog.edit_words import NO_PUBLISHED_MUE, mai_words, no_mue_words, zero_words
from catalog.edits import FIRST_MUE_DAY, quarter_of
from catalog.rationales import rationale_words
from catalog.wording import us_date
from scratchpad import remittance
from scratchpad.claim import Claim, ClaimLine
from scratchpad.findings import Finding, Status
from scratchpad.phrases import (
    Text,
    counted,
    day_of,
    inside,
    listed,
    on_lines,
    sentence_case,
    sentences,
    span_words,
)
from scratchpad.reference import LoadedRelease, Reference, beside
from scratchpad.rules.mue import units_per_day

_BEYOND = "A number within the limit says nothing on coverage, need or what a payer does."


def unit_text(finding: Finding, claim: Claim, reference: Reference) -> Text:
    """What to say of the units of a line, or of all lines of a code on one day."""
    if finding.status is Status.DATA_NOT_LOADED:
        return _not_checked(finding, claim, reference)
    said = _text(finding, claim)
    return said._replace(sentences=(*said.sentences, *_not_loaded(finding, claim, reference)))


def _text(finding: Finding, claim: Claim) -> Text:
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


# --- Days that no table answers for ------------------------------------------------------------------------


def is_partly_loaded(finding: Finding, claim: Claim) -> bool:
    """Whether the units were not checked on some days of their lines alone: its release answers for others."""
    if finding.status is not Status.DATA_NOT_LOADED or finding.release is None or _is_in_quarter(finding, claim):
        return False
    first, last = _span_of(finding, claim)
    return first <= finding.release.last_day and finding.release.first_day <= last


def _is_in_quarter(finding: Finding, claim: Claim) -> bool:
    return finding.release.first_day <= day_of(finding, claim) <= finding.release.last_day


def _span_of(finding: Finding, claim: Claim) -> tuple[date, date]:
    """The first and last day of its lines."""
    lines = [claim.line(number) for number in finding.lines]
    return min(line.first_day for line in lines), max(line.last_day for line in lines)


def _not_checked(finding: Finding, claim: Claim, reference: Reference) -> Text:
    if is_partly_loaded(finding, claim):
        return _partly_checked(finding, claim, reference)
    headline, why = missing_words(finding, claim, reference)
    return Text(f"{_about(finding, claim)}: {inside(headline)}", (*why, "The units were compared with nothing."))


def missing_words(finding: Finding, claim: Claim, reference: Reference) -> tuple[str, tuple[str, ...]]:
    """Why no table, or no whole one, answers for the day of a finding: in short, and the sentences on it."""
    day = day_of(finding, claim)
    if day < FIRST_MUE_DAY:
        return "The date is before MUEs began", (f"The first took effect on {us_date(FIRST_MUE_DAY)}.",)
    if finding.release is None or _is_in_quarter(finding, claim):
        said = no_mue_words(finding.release)
        return said.headline, said.sentences
    own_table = "Each quarter has its own table of values."
    headline = no_mue_words(None, quarter_of(day)).headline
    return headline, (f"{own_table} {_nearest_words(beside(day, reference.mue_loaded))}",)


def _nearest_words(releases: Sequence[LoadedRelease]) -> str:
    """Which tables are loaded on either side of a day that none answers for: one at least."""
    if len(releases) == 1 and releases[0].is_starter:
        only = releases[0]
        return f"Only starter data is loaded, for {span_words(only.first_day, only.last_day)}."
    are = "one is" if len(releases) == 1 else "ones are"
    return f"The nearest loaded {are} {listed(release.long_title for release in releases)}."


def _partly_checked(finding: Finding, claim: Claim, reference: Reference) -> Text:
    return Text(
        f"{finding.codes[0]}: {loaded_days_chip(finding)}",
        sentences(
            *loaded_days_words(finding, claim, reference),
            *_counted(finding, claim),
            _BEYOND if finding.row else NO_PUBLISHED_MUE,
        ),
    )


def loaded_days_chip(finding: Finding) -> str:
    """What is said in short of units that are partly loaded."""
    says = "within" if finding.row else "no published value"
    if finding.row is None and finding.release.is_incomplete:
        says = "no value"
    return f"{says} on the loaded days, not checked on the others"


def loaded_days_words(finding: Finding, claim: Claim, reference: Reference) -> tuple[str, ...]:
    """What the table of the loaded days says of units that are partly loaded, and which days are not."""
    row, release = finding.row, finding.release
    first, last = _span_of(finding, claim)
    answered = span_words(max(first, release.first_day), min(last, release.last_day))
    if row is not None:
        per = mai_words(row.adjudication_indicator).per
        says = f"{counted(finding.units, 'unit')} a day, within the limit of {row.mue_value} {per}"
    elif release.is_incomplete:
        says = "what is loaded of it has no value for this code"
    else:
        says = "no value is published for this code"
    return (
        f"For {answered}, {release.long_title} answers: {says}.",
        *_not_loaded(finding, claim, reference),
    )


def _not_loaded(finding: Finding, claim: Claim, reference: Reference) -> tuple[str, ...]:
    """Which days of its lines no table answers for."""
    gaps = _gaps(*_span_of(finding, claim), reference)
    if not gaps:
        return ()
    are = "is" if len(gaps) == 1 and gaps[0][0] == gaps[0][1] else "are"
    return (f"{listed(span_words(*gap) for gap in gaps)} {are} not loaded.",)


def _gaps(first: date, last: date, reference: Reference) -> list[tuple[date, date]]:
    """The first and last day of each run of days that no MUE table answers for."""
    gaps, day = [], first
    for table in sorted(reference.mue.values(), key=lambda table: table.first_day):
        if table.last_day < day or last < table.first_day:
            continue
        if day < table.first_day:
            gaps.append((day, table.first_day - timedelta(days=1)))
        day = table.last_day + timedelta(days=1)
    return [*gaps, (day, last)] if day <= last else gaps
