"""Modifiers: whether they exist on the date of service, and what they count for beside a pair edit.

Which can bypass an edit, where they may sit and what they mean: CMS's PTP page, MLN1783722 (modifiers 59 and
X{EPSU}), Transmittal 2259 (CR 11168) and the NCCI Policy Manual, chapter I.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from catalog.codes import Kind as Shape
from catalog.codes import Level, contains, is_modifier, kind_of
from catalog.modifiers import NCCI_ASSOCIATED, first_day, is_level_one, ncci_group
from scratchpad.claim import OUTPATIENT_HOSPITAL, Claim, ClaimLine
from scratchpad.findings import Finding, Kind, Remark, Status, Weighed, Why
from scratchpad.reference import Reference

# Evaluation and management, and what is treated like it: eye visits and Medicare's own visit codes.
VISITS = (
    *(("99202", "99499"), ("98000", "98016"), ("92002", "92014")),
    *(("G0402", "G0402"), ("G0438", "G0439"), ("G0463", "G0463")),
)
FORMER_VISIT, FORMER_VISIT_LAST_DAY = "99201", date(2020, 12, 31)
"""A visit until CPT took it out; claims of the years before have it."""
LABORATORY_TESTS = (("80047", "89398"),)
LABORATORY_SHAPES = frozenset((Shape.PLA, Shape.MAAA))

SITES = frozenset(NCCI_ASSOCIATED["Anatomic"])
X_MODIFIERS = frozenset(("XE", "XP", "XS", "XU"))
DISTINCT_SERVICE = X_MODIFIERS | {"59"}
OF_VISITS = frozenset(("24", "25", "57"))
EITHER_COLUMN_DAY = date(2019, 7, 1)
"""Since then 59 and the X modifiers count on either line of a professional claim (CR 11168)."""

BYPASSED, QUESTIONABLE = Status.BYPASSED_BY_MODIFIER, Status.BYPASS_QUESTIONABLE
UNVERIFIED = Status.BYPASS_UNVERIFIED


def findings(claim: Claim, reference: Reference) -> Iterator[Finding]:
    """One finding for every modifier that is none, or is none on the date of service."""
    for line in claim.readable:
        for modifier in dict.fromkeys(line.modifiers):
            if not _is_valid(modifier, line, reference):
                yield Finding(
                    Kind.MODIFIER,
                    Status.MODIFIER_NOT_VALID,
                    (line.number,),
                    (line.code,),
                    reference.modifiers.get(modifier),
                    reference.hcpcs,
                    f"{modifier}@{line.number}",
                    modifier,
                    day=line.last_day,
                )


def _is_valid(modifier: str, line: ClaimLine, reference: Reference) -> bool:
    """Whether nothing known speaks against it. The AMA's modifiers are in no free file: of them nothing is."""
    if not is_modifier(modifier):
        return False
    if not all(exists_on(day, modifier, reference) for day in (line.first_day, line.last_day)):
        return False
    is_listed = modifier in reference.modifiers or ncci_group(modifier) or is_level_one(modifier)
    return bool(is_listed) or reference.hcpcs is None or reference.hcpcs.is_incomplete


def exists_on(day: date, modifier: str, reference: Reference) -> bool:
    """Whether no date of its own, and none of the HCPCS release, says that it began later or ended before."""
    began = first_day(modifier)
    if began and day < began:
        return False
    row = reference.modifiers.get(modifier)
    return row is None or (
        (row.added_date is None or row.added_date <= day)
        and (row.termination_date is None or day <= row.termination_date)
    )


@lru_cache(maxsize=1024)  # asked once for every pair with an edit
def is_visit(code: str, day: date) -> bool:
    """Whether it is an evaluation and management code on a day, or treated like one."""
    if code == FORMER_VISIT:
        return day <= FORMER_VISIT_LAST_DAY
    return any(contains(low, high, code) for low, high in VISITS)


def is_laboratory_test(code: str) -> bool:
    return kind_of(code) in LABORATORY_SHAPES or any(contains(low, high, code) for low, high in LABORATORY_TESTS)


# --- Beside a pair edit ------------------------------------------------------------------------------------


def weigh(
    column_one: ClaimLine, column_two: ClaimLine, day: date, setting: str, reference: Reference
) -> tuple[Weighed, ...]:
    """What each modifier on both lines counts for under an edit whose indicator is 1."""
    if not column_one.modifiers and not column_two.modifiers:
        return ()
    return tuple(
        Weighed(modifier, line.number, *_worth(modifier, line, other, day, setting, reference, is_second))
        for line, other, is_second in ((column_one, column_two, False), (column_two, column_one, True))
        for modifier in dict.fromkeys(line.modifiers)
    )


def without_effect(column_one: ClaimLine, column_two: ClaimLine) -> tuple[Weighed, ...]:
    """The modifiers on both lines under an edit whose indicator is 0: none counts for anything."""
    return tuple(
        Weighed(modifier, line.number, None, Why.INDICATOR_ZERO)
        for line in (column_one, column_two)
        for modifier in dict.fromkeys(line.modifiers)
    )


def _worth(
    modifier: str,
    line: ClaimLine,
    other: ClaimLine,
    day: date,
    setting: str,
    reference: Reference,
    is_second: bool,
) -> tuple[Status | None, Why | None]:
    if not ncci_group(modifier):
        return None, Why.NOT_IN_LIST
    if not exists_on(day, modifier, reference):
        return None, Why.NOT_VALID_ON_DATE
    if modifier in DISTINCT_SERVICE:
        return _distinct_service(line, day, setting, is_second)
    if modifier in OF_VISITS:
        return (BYPASSED, None) if is_visit(line.code, day) else (QUESTIONABLE, Why.NOT_A_VISIT)
    if modifier == "27":
        if setting != OUTPATIENT_HOSPITAL:
            return QUESTIONABLE, Why.FACILITY_MODIFIER
        return (BYPASSED, None) if is_visit(line.code, day) else (QUESTIONABLE, Why.NOT_A_VISIT)
    if modifier == "91":
        return (BYPASSED, None) if is_laboratory_test(line.code) else (QUESTIONABLE, Why.NOT_A_TEST)
    if modifier in SITES and modifier in other.modifiers:
        return QUESTIONABLE, Why.SAME_SITE
    return BYPASSED, None


def _distinct_service(
    line: ClaimLine, day: date, setting: str, is_second: bool
) -> tuple[Status | None, Why | None]:
    """59 and the X modifiers: not on visits; on column two always, on column one as setting and day have it."""
    if is_visit(line.code, day):
        return QUESTIONABLE, Why.A_VISIT
    if is_second:
        return BYPASSED, None
    if setting == OUTPATIENT_HOSPITAL:
        return UNVERIFIED, Why.COLUMN_ONE_HOSPITAL
    return (BYPASSED, None) if day >= EITHER_COLUMN_DAY else (None, Why.COLUMN_ONE_EARLIER)


def remarks(weighed: tuple[Weighed, ...], codes: tuple[str, str], day: date) -> Iterator[Remark]:
    """What else is to be said of modifiers that bypass an edit of two codes, or seem to; it changes no status."""
    counting: dict[int, dict[str, Status]] = {}
    for one in weighed:
        if one.counts_as:
            counting.setdefault(one.line, {})[one.modifier] = one.counts_as
    with_59 = [counted for counted in counting.values() if "59" in counted]
    if any(X_MODIFIERS & counted.keys() for counted in with_59):
        yield Remark.REDUNDANT_59
    if any(counted["59"] is BYPASSED and not X_MODIFIERS & counted.keys() for counted in with_59):
        yield Remark.MORE_SPECIFIC
    with_site = [counted for counted in counting.values() if SITES & counted.keys()]
    if len(with_site) == 1 and all(_has_site(code, day) for code in codes):
        yield Remark.SIDE_ON_ONE_LINE


def _has_site(code: str, day: date) -> bool:
    """Whether a side or digit can be asked of a code: not of visits, laboratory tests, supplies and drugs."""
    return kind_of(code).level is Level.ONE and not is_visit(code, day) and not is_laboratory_test(code)
