"""What holds of every claim, whatever its lines and the rows that are loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from catalog import codes
from catalog.edits import quarter_of
from catalog.modifiers import ncci_group
from scratchpad.claim import OUTPATIENT_HOSPITAL, PRACTITIONER, Claim, ClaimLine
from scratchpad.findings import Kind, Status
from scratchpad.rules import check
from scratchpad.rules.mue import units_per_day
from tests.builders import make_claim
from tests.references import a_mue, a_ptp, a_reference, a_release, an_addon

DAY = date(2026, 7, 15)
CODES = ("11042", "97597", "11045", "11047", "99213", "82947", "0001U", "J1885", "G0463", "9921")
OUTSIDE = ("22", "26", "50", "51", "76", "77", "99", "GA", "KX", "TC", "ZZ", "P1")
ASSOCIATED = ("24", "25", "27", "57", "58", "59", "78", "79", "91", "XE", "XS", "LT", "RT", "F1", "LM")

OVER = {Status.LINE_EXCEEDS, Status.DOS_EXCEEDS_POLICY, Status.DOS_EXCEEDS_CLINICAL, Status.ZERO_MUE}

modifiers = st.lists(st.sampled_from(OUTSIDE + ASSOCIATED), max_size=3).map(tuple)
starts = st.sampled_from(
    [date(1995, 12, 31), date(2012, 6, 1), date(2019, 6, 30), DAY, DAY, DAY, date(2026, 7, 17), date(2026, 9, 29)]
)


@st.composite
def lines(draw) -> ClaimLine:
    first = draw(starts)
    return ClaimLine(
        number=1,
        parsed=codes.parse(draw(st.sampled_from(CODES))),
        first_day=first,
        last_day=first + timedelta(days=draw(st.sampled_from([0, 0, 0, 1, 3]))),
        modifiers=draw(modifiers),
        units=draw(st.sampled_from([1, 1, 2, 5, None])),
        provider=draw(st.sampled_from(["", "", "", "B"])),
    )


def claim_of(setting: str, members) -> Claim:
    numbered = (replace(line, number=number) for number, line in enumerate(members, start=1))
    return Claim(setting, DAY, tuple(numbered))


claims = st.builds(
    claim_of, st.sampled_from([PRACTITIONER, OUTPATIENT_HOSPITAL]), st.lists(lines(), min_size=1, max_size=6)
)


@st.composite
def references(draw):
    one_code = st.sampled_from(CODES[:-1])
    since = st.sampled_from(["1996-01-01", "2012-01-01", "2026-07-15", "2027-01-01"])
    until = st.sampled_from([None, None, "2019-06-30", "2026-07-14", "2026-07-15"])
    pairs = st.builds(a_ptp, one_code, one_code, st.sampled_from("0119"), since, until)
    mues = st.builds(a_mue, one_code, st.integers(0, 3), st.sampled_from("123"))
    add_ons = st.builds(an_addon, one_code, one_code | st.just("CCCCC"), st.sampled_from("123"))
    incomplete = draw(st.sampled_from([{}, {}, {"partial": True}, {"is_starter": True}]))
    return a_reference(
        *draw(st.lists(pairs, max_size=12)),
        *draw(st.lists(mues, max_size=6)),
        *draw(st.lists(add_ons, max_size=6)),
        ptp=a_release("ptp", **incomplete),
    )


def untied(finding, number_of) -> tuple:
    """A finding without its own line numbers: ``number_of`` says which line of the other claim each is.

    A pair that no row decides is told in the order of the lines; here in none.
    """
    is_decided = finding.kind == Kind.PTP and finding.row and finding.status != Status.DATA_NOT_LOADED
    lines = [number_of[number] for number in finding.lines]
    return (
        *(finding.kind, finding.status, finding.row, finding.modifier, finding.units, finding.day),
        tuple(lines if is_decided else sorted(lines)),
        frozenset(one._replace(line=number_of[one.line]) for one in finding.weighed),
        frozenset(finding.remarks),
        frozenset(number_of[number] for number in finding.others),
    )


@given(st.data(), claims, references())
def test_the_order_of_lines_changes_no_finding(data, claim, reference):
    order = data.draw(st.permutations(range(len(claim.lines))))
    shuffled = claim_of(claim.setting, [claim.lines[at] for at in order])
    same = {number: number for number in range(1, len(order) + 1)}
    before = {number: at + 1 for number, at in enumerate(order, start=1)}
    assert {untied(one, same) for one in check(claim, reference)} == {
        untied(one, before) for one in check(shuffled, reference)
    }


@given(claims, lines(), references())
def test_a_further_line_leaves_what_is_told_of_the_others_but_for_add_ons_and_units(claim, line, reference):
    """Of units the day's total and its subject may change, never the line's own under MAI 1."""
    longer = claim_of(claim.setting, [*claim.lines, line])
    free = {Kind.ADDON, Kind.MUE}
    kept = {finding for finding in check(claim, reference) if finding.kind not in free}
    assert kept <= set(check(longer, reference))


@given(claims, lines(), references())
def test_a_further_line_never_takes_a_day_back_under_its_limit(claim, line, reference):
    longer = [one for one in check(claim_of(claim.setting, [*claim.lines, line]), reference) if one.status in OVER]
    for one in check(claim, reference):
        if one.status in OVER:
            assert any(set(one.lines) <= set(more.lines) and one.units <= more.units for more in longer)


@st.composite
def crowded_claims(draw) -> Claim:
    """Lines of one code on the same few days, which spans tie together."""
    spans = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(sorted)
    of_lines = draw(st.lists(st.tuples(spans, st.integers(1, 9)), min_size=2, max_size=5))
    return make_claim(*(f"11042x{units}@2026-07-0{one + 1}..2026-07-0{two + 1}" for (one, two), units in of_lines))


@given(claims | crowded_claims(), references())
@example(
    make_claim("11042x9@2026-07-01", "11042x8@2026-07-05", "11042@2026-07-01..2026-07-05"),
    a_reference(a_mue("11042", 5)),
)
def test_every_day_over_a_limit_for_all_its_lines_is_told_with_its_own_lines_and_units(claim, reference):
    told = [one for one in check(claim, reference) if one.status in OVER - {Status.LINE_EXCEEDS}]
    for one in told:
        assert (one.lines, one.units) == on_the_day(
            claim, one.codes[0], one.day, claim.line(one.lines[0]).provider
        )
    for line in claim.readable:
        for day in days_of(line):
            lines, units = on_the_day(claim, line.code, day, line.provider)
            row = reference.mues.get((quarter_of(day), line.code))
            if row and units > row.mue_value and (row.adjudication_indicator != "1" or not row.mue_value):
                assert any(set(lines) <= set(one.lines) and units <= one.units for one in told)


def days_of(line: ClaimLine) -> list[date]:
    return [line.first_day + timedelta(days=after) for after in range(line.days)]


def on_the_day(claim: Claim, code: str, day: date, provider: str) -> tuple[tuple[int, ...], int]:
    """The lines of a code that a provider reports for a day, and their units of that day."""
    those = [line for line in claim.readable if (line.code, line.provider) == (code, provider)]
    those = [line for line in those if day in days_of(line)]
    return tuple(line.number for line in those), sum(map(units_per_day, those))


@given(claims, references())
def test_every_line_that_can_be_read_is_in_a_finding_of_units(claim, reference):
    named = {number for one in check(claim, reference) if one.kind == Kind.MUE for number in one.lines}
    assert named == {line.number for line in claim.readable}


@given(claims, references())
def test_modifiers_outside_the_list_change_no_pair(claim, reference):
    bare = [replace(line, modifiers=tuple(filter(ncci_group, line.modifiers))) for line in claim.lines]

    def pairs(of_claim):
        return {
            one._replace(weighed=tuple(weighed for weighed in one.weighed if ncci_group(weighed.modifier)))
            for one in check(of_claim, reference)
            if one.kind == Kind.PTP
        }

    assert pairs(claim) == pairs(claim_of(claim.setting, bare))


@given(claims, references())
def test_indicator_0_is_never_bypassed(claim, reference):
    for finding in check(claim, reference):
        if finding.kind == Kind.PTP and finding.row and finding.row.modifier_indicator == "0":
            assert finding.status not in (
                Status.BYPASSED_BY_MODIFIER,
                Status.BYPASS_QUESTIONABLE,
                Status.BYPASS_UNVERIFIED,
            )


@given(claims, references())
def test_every_line_that_cannot_be_read_has_a_finding_and_takes_part_in_no_other(claim, reference):
    found = check(claim, reference)
    for line in claim.lines:
        kinds = {finding.kind for finding in found if line.number in finding.lines}
        assert Kind.PARSE in kinds
        if not line.is_readable:
            assert kinds <= {Kind.PARSE, Kind.UNITS}


@given(claims, references())
def test_no_two_findings_of_a_kind_have_one_subject(claim, reference):
    subjects = [(finding.kind, finding.subject) for finding in check(claim, reference)]
    assert len(subjects) == len(set(subjects))
