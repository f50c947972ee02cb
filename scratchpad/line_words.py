"""What is said of one line by itself (pure): how it was read, whether its code and modifiers are on file."""

from __future__ import annotations

from datetime import date

from catalog.codes import is_modifier, kind_of
from catalog.modifiers import first_day
from catalog.wording import shorten, us_date
from scratchpad.claim import Claim, ClaimLine
from scratchpad.findings import Finding, Kind, Status
from scratchpad.phrases import Text, listed, outlasts, sentences
from scratchpad.reference import CodeRow, LoadedRelease, ModifierRow, Reference

OLDEST_ENDED = date(2014, 12, 31)
"""CMS's file drops codes some time after their end: it may not have those that ended before about this day."""
LAST_LOCAL_DAY = date(2003, 12, 31)

_LEFT_OUT = "The line was left out of every check."
_STILL_CHECKED = "Edits that name it are looked up all the same."
_REPORT_INSTEAD = "Report the code that was in effect on the date of service, whenever the claim is sent."
_MAY_LEAD = "The file’s cross references may lead to it:"
_LONGEST_SHOWN = 60


def parse_text(finding: Finding, claim: Claim) -> Text:
    """What was made of the code cell of a line."""
    line = claim.line(finding.lines[0])
    text, parsed = shorten(line.parsed.text, _LONGEST_SHOWN), line.parsed
    hint = parsed.hint.sentence if parsed.hint else ""
    guess = f" Perhaps {listed(parsed.candidates[:4], 'or')} was meant." if parsed.candidates else ""
    match finding.status:
        case Status.OK:
            return Text(f"Line {line.number} was read as typed", (f"It has the code {line.code}.",))
        case Status.NORMALIZED:
            return Text(f"{text} was read as {line.code}", ("Only case, blanks or dashes were put right.",))
        case Status.MODIFIER_SPLIT:
            modifiers = listed(parsed.modifiers) if parsed.modifiers else "its modifiers"
            apart = "The modifiers were taken from the code."
            return Text(f"{text} was read as {line.code} with {modifiers}", sentences(apart, hint, _dropped(line)))
        case Status.CORRECTED:
            checked = f"The line was checked as {line.code}."
            confirm = f"Confirm that {line.code} is the code meant, or type it again."
            return Text(f"{text} was read as {line.code}", sentences(hint, checked, _dropped(line)), confirm)
        case Status.MODIFIER_ONLY:
            return Text(f"{text} on line {line.number} is a modifier, not a code", sentences(hint, _LEFT_OUT))
        case Status.MULTIPLE_CODES:
            return Text(
                f"Line {line.number} holds more than one code: {text}",
                (_LEFT_OUT,),
                "One code to a line, each with its own modifiers and units.",
            )
        case Status.RANGE_NOT_CODE:
            change = "One code in place of the range: that of the service itself."
            return Text(f"{text} on line {line.number} is a range, not a code", sentences(hint, _LEFT_OUT), change)
        case Status.INVALID_FORMAT:
            what = f": {text}" if text else ", it has no code"
            return Text(
                f"Line {line.number} could not be read{what}",
                sentences(hint, _LEFT_OUT),
                f"A code that can be read.{guess}",
            )
    raise ValueError(f"{finding.status} says nothing of how a line was read.")


def units_text(finding: Finding, claim: Claim) -> Text:
    """What is said of units that are no number."""
    line = claim.line(finding.lines[0])
    typed = shorten(line.units_text, _LONGEST_SHOWN) or "nothing"
    return Text(
        f"The units of line {line.number} could not be read: {typed}",
        (_LEFT_OUT,),
        "Units are a whole number from 1.",
    )


def code_text(finding: Finding, claim: Claim, reference: Reference) -> Text:
    """What the loaded tables say of a code on its date of service."""
    code, line = finding.codes[0], claim.line(finding.lines[0])
    row, release = finding.row, finding.release
    match finding.status:
        case Status.ACTIVE:
            return _on_file(finding)
        case Status.NOT_YET_EFFECTIVE:
            start = f": it starts on {us_date(row.added_date)}" if row and row.added_date else ""
            change = "A date of service on or after that day, if the care was given then." if start else ""
            return Text(f"{code} is not in effect yet on this date{start}", (_STILL_CHECKED,), change)
        case Status.TERMINATED_CODE:
            return _terminated(code, row)
        case Status.UNKNOWN_CODE:
            return _unknown(finding, claim, reference)
        case Status.CPT_NOT_VERIFIABLE:
            shape = f"The number has the shape of a {kind_of(code).label} code. This site holds no CPT list."
            named = "It appears in the loaded NCCI tables." if code in reference.named else ""
            return Text(f"{code} was not checked against a list of codes", sentences(shape, named))
        case Status.CDT_NOT_IN_FILE:
            kept = "Dental codes are kept by the ADA and are not in the CMS file. This site holds no list of them."
            return Text(f"{code} has the shape of a dental code", (kept, _STILL_CHECKED))
        case Status.LEVEL3_RETIRED:
            return Text(f"{code} has the shape of a local code", (_local(line.last_day), _STILL_CHECKED))
        case Status.DATA_NOT_LOADED:
            return Text(f"{code} was not checked against the HCPCS Level II list", _no_list(release, "code"))
    raise ValueError(f"{finding.status} is not a status of a code.")


def modifier_text(finding: Finding, claim: Claim) -> Text:
    """What is said of a modifier that the loaded release does not have on the date of service."""
    if finding.status is not Status.MODIFIER_NOT_VALID:
        raise ValueError(f"{finding.status} is not a status of a modifier.")
    modifier, line, release = finding.modifier, claim.line(finding.lines[0]), finding.release
    ignored = "It counts for nothing in the pair edits here."
    if is_not_loaded(finding):
        headline = f"{modifier} on line {line.number} is not in HCPCS Level II, {release.title}"
        return Text(headline, (_later(release, "Modifiers"), ignored))
    when = _when(modifier, finding.row, line.first_day, release)
    return Text(f"{modifier} on line {line.number} is not valid on this date", (when, ignored))


def is_not_loaded(finding: Finding) -> bool:
    """Whether nothing speaks against a code or modifier but that a release older than its line lacks it."""
    if finding.kind is Kind.CODE:
        return finding.status is Status.UNKNOWN_CODE and outlasts(finding)
    is_missing = finding.row is None and is_modifier(finding.modifier) and first_day(finding.modifier) is None
    return finding.kind is Kind.MODIFIER and is_missing and outlasts(finding)


def _dropped(line: ClaimLine) -> str:
    return f"Left out after the fourth modifier: {listed(line.dropped)}." if line.dropped else ""


def _on_file(finding: Finding) -> Text:
    code, registered = finding.codes[0], _registered(finding.row)
    if not outlasts(finding):
        return Text(f"{code} is on file for this date", registered)
    title = "the starter set" if finding.release.is_starter else finding.release.title
    headline = f"{code} is on file in {title}, which ends before this date"
    return Text(headline, ("Later releases may have changed it.", *registered))


def _later(release: LoadedRelease, what: str) -> str:
    return f"{what} of later quarters are not loaded: {release.title} ends on {us_date(release.last_day)}."


def _local(day: date) -> str:
    if day > LAST_LOCAL_DAY:
        return f"Local codes (Level III) ended on {us_date(LAST_LOCAL_DAY)}."
    return f"Local codes (Level III) were in use until {us_date(LAST_LOCAL_DAY)}. This site holds no list of them."


def _registered(row: CodeRow | None) -> tuple[str, ...]:
    added = f"Added {us_date(row.added_date)}." if row and row.added_date else ""
    last = f"Its last usable day is {us_date(row.termination_date)}." if row and row.termination_date else ""
    return sentences(added, last, "Being on file does not mean being covered.")


def _terminated(code: str, row: CodeRow | None) -> Text:
    last = f": its last usable day was {us_date(row.termination_date)}" if row and row.termination_date else ""
    others = row.cross_references if row else ()
    instead = (
        f"CMS’s file refers from it to {listed(others)}." if others else "CMS’s file names no other code for it."
    )
    return Text(
        f"{code} has ended{last}",
        (instead, _STILL_CHECKED),
        " ".join(sentences(_REPORT_INSTEAD, f"{_MAY_LEAD} {listed(others)}." if others else "")),
    )


def _unknown(finding: Finding, claim: Claim, reference: Reference) -> Text:
    code, line, release = finding.codes[0], claim.line(finding.lines[0]), finding.release
    title = f"HCPCS Level II, {release.title}" if release else "the loaded release"
    shape = f"The form fits Level II, section {code[0]}, but the release lists no such code, in force or ended."
    later = _later(release, "Codes") if outlasts(finding) else ""
    is_early = line.first_day is not None and line.first_day < OLDEST_ENDED
    old = "Codes that ended before about 2014 to 2015 may not be in CMS’s file." if is_early else ""
    seen = f"{reference.gone[code]}." if code in reference.gone else ""
    return Text(
        f"{code} is not in {title}",
        sentences(shape, seen, later, old, _STILL_CHECKED),
        _transposed(code, line, claim),
    )


def _transposed(code: str, line: ClaimLine, claim: Claim) -> str:
    """Whether another line has the same characters with two neighbors changed about."""
    swapped = {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(1, 4)}
    meant = next((other for other in claim.lines if other.code in swapped - {code}), None)
    return f"Did you mean {meant.code}? It is already on line {meant.number}." if meant else ""


def _when(modifier: str, row: ModifierRow | None, day: date | None, release: LoadedRelease | None) -> str:
    title = f"HCPCS Level II, {release.title}," if release else "The loaded release"
    if not is_modifier(modifier):
        return "A modifier has two characters: two digits, two letters, or a letter and a digit."
    began = (row.added_date if row else None) or first_day(modifier)
    if began and day and day < began:
        return f"{modifier} starts on {us_date(began)}."
    if row is None:
        return f"{title} has no such modifier."
    if row.termination_date:
        return f"{modifier} ended: its last usable day was {us_date(row.termination_date)}."
    return f"{title} does not have it on this date."


def _no_list(release: LoadedRelease | None, what: str) -> tuple[str, ...]:
    if release is None:
        return ("No release of HCPCS Level II is loaded.",)
    if release.is_starter:
        return (f"Only starter data is loaded. It does not have this {what}; CMS’s file may well have it.",)
    return (f"What is loaded of {release.title} does not have this {what}; CMS’s file may well have it.",)
