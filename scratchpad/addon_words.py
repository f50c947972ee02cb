"""What is said of an add-on code and its primaries (pure), after CMS's pages on add-on code edits."""

from __future__ import annotations

from catalog.edit_words import (
    addon_exception,
    addon_uncovered_words,
    loaded_part,
    no_addon_words,
    type_words,
)
from catalog.edits import addon_in_force, addon_last_day
from catalog.wording import us_date
from scratchpad import remittance
from scratchpad.claim import Claim
from scratchpad.findings import Finding, Status
from scratchpad.phrases import Text, day_of, inside, listed, on_lines, sentence_case, sentences
from scratchpad.reference import LoadedRelease

_CONTRACTORS = "CCCCC"  # stands where contractors list the primaries
_NAMED = 12  # primaries named in a sentence; beyond that they are counted
_CHANGE = (
    "A listed primary by the same practitioner, for the same patient and on the same date, performed and reported "
    "along with it."
)


def addon_text(finding: Finding, claim: Claim) -> Text:
    """What to say of an add-on code. ``finding.others`` are the lines with a listed primary."""
    code = finding.codes[0]
    match finding.status:
        case Status.PRIMARY_PRESENT:
            headline = f"{code} is an add-on; a listed primary is on {on_lines(finding.others)}"
            beyond = "That the primary is there says nothing on coverage or need."
            return Text(headline, sentences(*_types(finding), *_notes(finding), beyond))
        case Status.PRIMARY_MISSING:
            return _missing(finding, claim)
        case Status.PRIMARY_DENIED:
            return _denied(finding)
        case Status.CONTRACTOR_DEFINED:
            headline = f"{code} is an add-on without a national list of primaries"
            return Text(
                headline, sentences(*_types(finding), *_notes(finding)), "The contractor’s list has the answer."
            )
        case Status.PRIMARY_NOT_LISTED:
            headline = f"{code} is an add-on; no primary of the national part of its list is on this claim"
            change = f"{_CHANGE} Or one that the contractor accepts: ask it."
            return Text(headline, _without_primary(finding, claim), change)
        case Status.EXCEPTION_99292:
            headline = f"{code} may stand alone if a colleague of the same group reported the first hour"
            return Text(
                headline, sentences(addon_exception(code), _by_colleague(finding, claim), *_notes(finding))
            )
        case Status.EDIT_INACTIVE:
            return Text(f"{code}: add-on edit not in force on this date", _inactive(finding, claim))
        case Status.DATA_NOT_LOADED:
            return _not_checked(finding, claim)
    raise ValueError(f"{finding.status} is not a status of an add-on code.")


def _missing(finding: Finding, claim: Claim) -> Text:
    is_elsewhere = bool(_elsewhere(finding, claim))
    where = (
        "its listed primary is of another date or provider"
        if is_elsewhere
        else "no listed primary is on this claim"
    )
    headline = f"{finding.codes[0]} is an add-on; {where}"
    return Text(headline, _without_primary(finding, claim), _CHANGE, remittance.ADD_ON)


def _without_primary(finding: Finding, claim: Claim) -> tuple[str, ...]:
    elsewhere = _elsewhere(finding, claim)
    away = f"A listed primary is on {on_lines(elsewhere)}, but on another date or by another provider."
    primaries = _primaries(_listed_codes(finding, claim))
    return sentences(*_types(finding), primaries, away if elsewhere else "", *_notes(finding))


def _by_colleague(finding: Finding, claim: Claim) -> str:
    """Whether another provider reports the primary on the same day, as far as the lines can tell."""
    line = claim.line(finding.lines[0])
    elsewhere = [claim.line(number) for number in _elsewhere(finding, claim)]
    others = [other for other in elsewhere if other.meets(line) and other.provider != line.provider]
    if not others:
        return "Did somebody report 99291 that day? These lines cannot show it."
    where = sentence_case(on_lines([other.number for other in others]))
    report = "reports" if len(others) == 1 else "report"
    codes = listed(dict.fromkeys(other.code for other in others))
    return (
        f"{where} {report} {codes} by another provider. These lines cannot show whether both belong to one group "
        "and specialty."
    )


def _listed_codes(finding: Finding, claim: Claim) -> list[str]:
    day = day_of(finding, claim)
    return sorted({row.primary for row in finding.rows if addon_in_force(row, day)} - {_CONTRACTORS})


def _elsewhere(finding: Finding, claim: Claim) -> list[int]:
    """The lines with a listed primary that does not count: of another date or provider."""
    codes = _listed_codes(finding, claim)
    return [line.number for line in claim.readable if line.code in codes and line.number not in finding.lines]


def _denied(finding: Finding) -> Text:
    code, others = finding.codes[0], finding.others
    if len(others) == 1:
        where = f"Its listed primary is on {on_lines(others)}, and that line is at risk by a finding of its own."
    else:
        where = (
            f"Listed primaries are on {on_lines(others)}, and those lines are at risk by findings of their own."
        )
    return Text(
        f"{code} is an add-on; its primary is itself at risk",
        sentences(
            where, "A primary that is denied takes its add-on code along.", *_types(finding), *_notes(finding)
        ),
        "What resolves the finding of the primary resolves this one; so does another listed primary of the same "
        "date and practitioner.",
        remittance.ADD_ON,
    )


def _inactive(finding: Finding, claim: Claim) -> tuple[str, ...]:
    day = day_of(finding, claim)
    rows = finding.rows
    if ended := [last for row in rows if (last := addon_last_day(row)) and last < day]:
        when = f"It ended on {us_date(max(ended))}, counted here as its last day in force."
    else:
        when = f"It starts on {us_date(min(row.effective_date for row in rows))}."
    return (when, "Without an edit in force, this table says nothing about a primary.")


def _not_checked(finding: Finding, claim: Claim) -> Text:
    day, release = day_of(finding, claim), finding.release
    if release is not None and release.answers(day):
        return _incomplete(finding, release)
    said = addon_uncovered_words(release, day) if release else no_addon_words(None)
    headline = f"{finding.codes[0]}: {inside(said.headline)}"
    return Text(headline, (*said.sentences, "No primary was looked for."))


def _incomplete(finding: Finding, release: LoadedRelease) -> Text:
    """Of a table that is not all there: a row that is missing may list a primary of the claim, or end an edit."""
    headline = f"{finding.codes[0]}: {inside(loaded_part(release))} no row in force with a primary on this claim"
    return Text(headline, ("CMS’s file may well have one: rows of the table are missing.", *_notes(finding)))


def _types(finding: Finding) -> tuple[str, ...]:
    types = sorted({row.edit_type for row in finding.rows})
    return tuple(f"Type {one}. {type_words(one).long}" for one in types)


def _primaries(codes: list[str]) -> str:
    if not codes:
        return ""
    if len(codes) > _NAMED:
        return f"Its list names {len(codes)} primaries on this date, from {codes[0]} to {codes[-1]}."
    return f"Listed on this date: {listed(codes)}."


def _notes(finding: Finding) -> tuple[str, ...]:
    notes = dict.fromkeys(row.note for row in finding.rows if row.note)
    return tuple(f"CMS notes beside it: “{note}”" for note in notes)
