"""What was checked and what was not, table by table (pure).

No data is never a pass: what no loaded table answers is a gap, and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from catalog.codes import Kind as Shape
from catalog.codes import kind_of
from catalog.edit_words import NotCompared, standing_words
from catalog.edits import FIRST_ADD_ON_DAY
from catalog.modifiers import is_level_one, ncci_group
from catalog.wording import us_date
from scratchpad.claim import DME_SUPPLIER, Claim
from scratchpad.finding_words import chip_of
from scratchpad.findings import Finding, Kind, Status
from scratchpad.line_words import is_not_loaded
from scratchpad.phrases import SETTINGS, counted, day_of, inside, outlasts
from scratchpad.reference import LoadedRelease, Reference
from scratchpad.unit_words import is_partly_loaded, loaded_days_chip, loaded_days_words, missing_words

NOT_LOOKED_AT = (
    "Not looked at: the patient’s other claims for this date, Medicaid edits, coverage rules, payer rules, and "
    "unit limits CMS keeps confidential."
)
NOT_CHECKED = "not checked"
_BEYOND = "not checked for this date"
NO_PROVIDER = "not compared: a line names no provider"
_ON_OTHERS = "not checked on the others"
_GAPS = (NOT_CHECKED, "not compared", "not read", "no value published")
APART = frozenset((Status.DIFFERENT_DATE, Status.DIFFERENT_PROVIDER))
MISSING = frozenset((Status.DATA_NOT_LOADED, Status.PREDATES_NCCI))


class Answer(NamedTuple):
    """How many got which answer: ``5``, ``no edit on file``. A gap is what the tables could not say."""

    text: str
    count: int
    is_gap: bool


class Covered(NamedTuple):
    """A row of "What was checked". ``missing`` counts what no loaded table answered, and ``why`` says which is.

    ``release`` is None where none answers; ``source`` stands in its place then.
    """

    kind: Kind
    what: str
    release: LoadedRelease | None
    asked: str
    answers: tuple[Answer, ...]
    missing: int = 0
    why: str = ""
    source: str = "not loaded"


def coverage(claim: Claim, reference: Reference, findings: Sequence[Finding]) -> list[Covered]:
    """The table "What was checked": a row for each kind of table that the claim was held against."""
    by_kind: dict[Kind, list[Finding]] = {kind: [] for kind in Kind}
    for finding in findings:
        by_kind[finding.kind].append(finding)
    return [
        *_unread(claim),
        _pairs(claim, reference, by_kind[Kind.PTP]),
        *_units(claim, reference, by_kind[Kind.MUE]),
        _add_ons(claim, reference, by_kind[Kind.ADDON]),
        *_codes(reference, by_kind[Kind.CODE]),
        *_modifiers(claim, reference, by_kind[Kind.MODIFIER]),
    ]


def _unread(claim: Claim) -> list[Covered]:
    unread = len(claim.lines) - len(claim.readable)
    if not unread:
        return []
    answers = _answers({"read": len(claim.readable), "not read, left out of every check": unread})
    why = f"{counted(unread, 'line')} could not be read and {'was' if unread == 1 else 'were'} left out."
    return [Covered(Kind.PARSE, "Lines", None, counted(len(claim.lines), "line"), answers, unread, why, "–")]


_PAIR_ANSWERS = {
    Status.EDIT_APPLIES: "in force",
    Status.BYPASSED_BY_MODIFIER: "in force",
    Status.BYPASS_QUESTIONABLE: "in force",
    Status.BYPASS_UNVERIFIED: "in force",
    Status.EDIT_DELETED: "not in force",
    Status.EDIT_NOT_YET_EFFECTIVE: "not in force",
    Status.EDIT_VOID: "withdrawn from its start",
    Status.NO_EDIT_ON_FILE: "no edit on file",
    Status.DIFFERENT_DATE: "not compared: different dates",
    Status.DIFFERENT_PROVIDER: "not compared: different providers",
    Status.PREDATES_NCCI: "not checked: before NCCI began",
    Status.DATA_NOT_LOADED: NOT_CHECKED,
}
PAIR_LOOKED_UP = frozenset(status for status, text in _PAIR_ANSWERS.items() if not text.startswith(_GAPS))


def _pairs(claim: Claim, reference: Reference, findings: list[Finding]) -> Covered:
    what = f"Pair edits, {SETTINGS[claim.setting]}"
    if claim.setting == DME_SUPPLIER:
        nothing = (Answer("pairs: Medicare has no such table", 0, False),)
        return Covered(Kind.PTP, what, None, "0 pairs", nothing, source="none exists")
    lines = len(claim.readable)
    if lines < 2:
        alone = Answer(f"pair to compare: {'one' if lines else 'no'} line", 0, False)
        return Covered(Kind.PTP, what, reference.ptp, "0 pairs", (alone,))
    possible = lines * (lines - 1) // 2
    found = Counter(dict.fromkeys(_PAIR_ANSWERS.values(), 0))
    for finding in findings:
        found[pair_answer(finding, claim)] += 1
    found["of one code twice: only units count"] = possible - len(findings)
    missing = sum(finding.status in MISSING for finding in findings)
    why = _why("Pair edits", counted(missing, "pair"), _first_missing(findings)) if missing else ""
    return Covered(Kind.PTP, what, reference.ptp, counted(possible, "pair"), _answers(found), missing, why)


def pair_answer(finding: Finding, claim: Claim) -> str:
    is_apart = finding.status is Status.DIFFERENT_PROVIDER
    if is_apart and not all(claim.line(number).provider for number in finding.lines):
        return NO_PROVIDER
    return _PAIR_ANSWERS[finding.status]


_UNIT_ANSWERS = {
    Status.LINE_EXCEEDS: "over",
    Status.DOS_EXCEEDS_POLICY: "over",
    Status.DOS_EXCEEDS_CLINICAL: "over",
    Status.ZERO_MUE: "the value is 0",
    Status.WITHIN_LIMIT: "within",
    Status.NO_PUBLISHED_MUE: "no value published (may be confidential)",
    Status.DATA_NOT_LOADED: NOT_CHECKED,
}


def _units(claim: Claim, reference: Reference, findings: list[Finding]) -> list[Covered]:
    """A row for each quarter that answered, and one for lines of quarters of which no table is loaded."""
    by_release: dict[LoadedRelease | None, list[Finding]] = {}
    for finding in findings:
        is_beyond = finding.status is Status.DATA_NOT_LOADED and not _is_of_quarter(finding, claim)
        if is_beyond and not is_partly_loaded(finding, claim):
            by_release.setdefault(None, []).append(finding)
        else:
            by_release.setdefault(finding.release, []).append(finding)
    return [_units_of(claim, reference, release, some) for release, some in by_release.items()]


def _is_of_quarter(finding: Finding, claim: Claim) -> bool:
    release = finding.release
    return release is not None and release.first_day <= day_of(finding, claim) <= release.last_day


def _units_of(
    claim: Claim, reference: Reference, release: LoadedRelease | None, findings: list[Finding]
) -> Covered:
    found: Counter[str] = Counter(dict.fromkeys(_UNIT_ANSWERS.values(), 0))
    for finding in findings:
        is_partly = is_partly_loaded(finding, claim)
        found[loaded_days_chip(finding) if is_partly else _UNIT_ANSWERS[finding.status]] += len(finding.lines)
    missing = _missing_of(found)
    why = _why_units(claim, reference, findings) if missing else ""
    what, asked = f"Unit limits, {SETTINGS[claim.setting]}", counted(found.total(), "line")
    return Covered(Kind.MUE, what, release, asked, _answers(found), missing, why)


def _why_units(claim: Claim, reference: Reference, findings: list[Finding]) -> str:
    """Why units were not checked, or not on all days: of the first of each."""
    missing = [finding for finding in findings if finding.status is Status.DATA_NOT_LOADED]
    partly = [finding for finding in missing if is_partly_loaded(finding, claim)]
    wholly = [finding for finding in missing if finding not in partly]
    return " ".join((*_why_wholly(claim, reference, wholly), *_why_partly(claim, reference, partly)))


def _why_wholly(claim: Claim, reference: Reference, findings: list[Finding]) -> tuple[str, ...]:
    if not findings:
        return ()
    first, lines = findings[0], counted(sum(len(finding.lines) for finding in findings), "line")
    if first.release is None or first.release.is_incomplete:
        return (_why("Unit limits", lines, first.release),)
    headline, why = missing_words(first, claim, reference)
    return (f"Unit limits: {lines} not checked. {headline}. {' '.join(why)}",)


def _why_partly(claim: Claim, reference: Reference, findings: list[Finding]) -> tuple[str, ...]:
    if not findings:
        return ()
    first, lines = findings[0], counted(sum(len(finding.lines) for finding in findings), "line")
    said, *others = loaded_days_words(first, claim, reference)
    told = " ".join((inside(said), *others))
    their = "its days" if lines == "1 line" else "their days"
    return (f"Unit limits: {lines} not checked on all {their}. {first.codes[0]}: {told}",)


def _add_ons(claim: Claim, reference: Reference, findings: list[Finding]) -> Covered:
    """Lines without a finding are no add-ons, if the whole table for their date is loaded; else nobody knows."""
    what, release, lines = "Add-on codes", reference.addon, claim.readable
    known = {number for finding in findings for number in finding.lines}
    others = [line for line in lines if line.number not in known]
    unknown = sum(not _names_all_add_ons(release, line.first_day) for line in others)
    asked = counted(len(lines), "line")
    if not findings and not unknown:
        return Covered(Kind.ADDON, what, release, asked, (Answer("add-on codes on this claim", 0, False),))
    found = Counter(inside(chip_of(finding).short) for finding in findings)
    found["no add-on"] = len(others) - unknown
    found[NOT_CHECKED] += unknown
    missing = found[NOT_CHECKED]
    why = _why(what, counted(missing, "line"), release) if missing else ""
    return Covered(Kind.ADDON, what, release, asked, _answers(found), missing, why)


def _names_all_add_ons(release: LoadedRelease | None, day: date) -> bool:
    return day < FIRST_ADD_ON_DAY or (release is not None and not release.is_incomplete and release.answers(day))


_CODE_ANSWERS = {
    Status.ACTIVE: "in force",
    Status.NOT_YET_EFFECTIVE: "not yet in effect",
    Status.TERMINATED_CODE: "ended",
    Status.UNKNOWN_CODE: "unknown",
    Status.DATA_NOT_LOADED: NOT_CHECKED,
    Status.CPT_NOT_VERIFIABLE: "not checked: CPT list needs a license",
    Status.CDT_NOT_IN_FILE: "not checked: the ADA keeps dental codes",
    Status.LEVEL3_RETIRED: "local, ended Dec 31, 2003",
}


_OF_THE_FILE = {Status.ACTIVE: "in", Status.UNKNOWN_CODE: "not in"}
"""What a release says of a code up to its last day, and on no later one."""


def _codes(reference: Reference, findings: list[Finding]) -> list[Covered]:
    """A row for each level that is on the claim. A code counts once for each answer, on however many lines."""
    levels: dict[str, Counter[str]] = {level: Counter() for level in ("Level II", *_KEPT)}
    for code, answer in dict.fromkeys((finding.codes[0], _code_answer(finding)) for finding in findings):
        levels[_level(code)][answer] += 1
    return [_codes_of(level, found, reference) for level, found in levels.items() if found]


def _code_answer(finding: Finding) -> str:
    if finding.status in _OF_THE_FILE and outlasts(finding):
        return f"{_OF_THE_FILE[finding.status]} {finding.release.title}, {_BEYOND}"
    return _CODE_ANSWERS[finding.status]


_KEPT = {"Level I": "kept by the AMA", "Dental": "kept by the ADA", "Local": "ended 2003"}
"""Whose codes no loaded release has."""


def _level(code: str) -> str:
    match kind_of(code):
        case Shape.LEVEL_II:
            return "Level II"
        case Shape.DENTAL:
            return "Dental"
        case Shape.LOCAL:
            return "Local"
    return "Level I"


def _codes_of(level: str, found: Counter[str], reference: Reference) -> Covered:
    what, asked = f"{level} codes on the date", counted(found.total(), "code")
    if level in _KEPT:
        return Covered(Kind.CODE, what, None, asked, _answers(found), source=_KEPT[level])
    missing, release = _missing_of(found), reference.hcpcs
    why = _why("Level II codes", counted(missing, "code"), release) if missing else ""
    return Covered(Kind.CODE, what, release, asked, _answers(found), missing, why)


def _modifiers(claim: Claim, reference: Reference, findings: list[Finding]) -> list[Covered]:
    on_claim = dict.fromkeys(modifier for line in claim.readable for modifier in line.modifiers)
    if not on_claim:
        return []
    wrong = {finding.modifier: finding for finding in findings}
    by_day = sorted(claim.readable, key=lambda line: line.last_day)
    until = {modifier: line.last_day for line in by_day for modifier in line.modifiers}
    found = Counter(
        _modifier_answer(modifier, wrong.get(modifier), until[modifier], reference) for modifier in on_claim
    )
    missing = _missing_of(found)
    why = _why("Modifiers", counted(missing, "modifier"), reference.hcpcs) if missing else ""
    asked = counted(len(on_claim), "modifier")
    return [Covered(Kind.MODIFIER, "Modifiers on the date", reference.hcpcs, asked, _answers(found), missing, why)]


def _modifier_answer(modifier: str, wrong: Finding | None, until: date, reference: Reference) -> str:
    """``wrong`` is a finding on it, and ``until`` the last day it is reported for."""
    release = reference.hcpcs
    if wrong:
        return f"not in {release.title}, {_BEYOND}" if is_not_loaded(wrong) else "not valid on a line"
    if modifier in reference.modifiers:
        return f"in {release.title}, {_BEYOND}" if release and release.last_day < until else "in force"
    if is_level_one(modifier):
        return "not checked: the AMA keeps them"
    return "known as NCCI-associated" if ncci_group(modifier) else NOT_CHECKED


def _answers(found: Mapping[str, int]) -> tuple[Answer, ...]:
    return tuple(
        Answer(text, count, text.startswith(_GAPS) or text.endswith((_BEYOND, _ON_OTHERS)))
        for text, count in found.items()
        if count
    )


def _missing_of(found: Mapping[str, int]) -> int:
    """How many no loaded release answers for their date."""
    return sum(
        count for text, count in found.items() if text == NOT_CHECKED or text.endswith((_BEYOND, _ON_OTHERS))
    )


def _first_missing(findings: Iterable[Finding]) -> LoadedRelease | NotCompared | None:
    """What kept the first of them from being checked: the release that does not answer, or a date before NCCI."""
    first = next(finding for finding in findings if finding.status in MISSING)
    return NotCompared.PREDATES if first.status is Status.PREDATES_NCCI else first.release


def _why(what: str, missing: str, release: LoadedRelease | NotCompared | None) -> str:
    """Why some could not be checked: ``Pair edits: 5 pairs not checked. …``"""
    if release is NotCompared.PREDATES:
        reason = " ".join(standing_words(NotCompared.PREDATES).sentences)
    elif release is None:
        reason = "No table is loaded."
    elif release.is_starter:
        reason = f"Only starter data is loaded: a few rows, {_span(release)}."
    elif release.partial:
        reason = f"What is loaded of {release.title} is not all of it."
    else:
        reason = f"The newest loaded table is {release.title}. It answers up to {us_date(release.last_day)}."
    return f"{what}: {missing} not checked. {reason}"


def _span(release: LoadedRelease) -> str:
    return f"for {us_date(release.first_day)} to {us_date(release.last_day)}"
