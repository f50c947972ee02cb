from dataclasses import replace
from datetime import date

import pytest

from scratchpad.claim import DME_SUPPLIER
from scratchpad.findings import Kind, Status
from scratchpad.rules import check
from tests.builders import make_claim
from tests.references import a_mue, a_reference, a_release


def found(claim, *rows, **releases):
    findings = check(claim, a_reference(*rows, **releases))
    return {finding.subject: finding for finding in findings if finding.kind == Kind.MUE}


def told(claim, *rows, **releases):
    return {subject: finding.status for subject, finding in found(claim, *rows, **releases).items()}


@pytest.mark.parametrize(
    ("indicator", "over"), [("2", Status.DOS_EXCEEDS_POLICY), ("3", Status.DOS_EXCEEDS_CLINICAL)]
)
def test_the_lines_of_a_day_are_summed_whatever_their_modifiers(indicator, over):
    row = a_mue("97110", 4, indicator)
    assert told(make_claim("97110x2", "97110-59x2"), row) == {"97110": Status.WITHIN_LIMIT}
    assert told(make_claim("97110x2", "97110-59x2", "97110-76"), row) == {"97110": over}


def test_each_line_is_taken_alone_under_indicator_1():
    claim = make_claim("97110x4", "97110-76x5", "97110x4@2026-07-16")
    assert told(claim, a_mue("97110", 4, "1")) == {
        "97110@1": Status.WITHIN_LIMIT,
        "97110@2": Status.LINE_EXCEEDS,
        "97110@3": Status.WITHIN_LIMIT,
    }


def test_fifty_never_doubles_the_units():
    assert found(make_claim("69436-50"), a_mue("69436", 1, "2"))["69436"].units == 1


def test_days_and_providers_are_counted_apart_and_named_by_their_lines():
    claim = make_claim("82947", "82947@2026-07-16", "82947x2", "82947~B")
    assert told(claim, a_mue("82947", 2)) == {
        "82947@1+3": Status.DOS_EXCEEDS_CLINICAL,
        "82947@2": Status.WITHIN_LIMIT,
        "82947@4": Status.WITHIN_LIMIT,
    }


def test_the_units_counted_are_told():
    assert found(make_claim("82947x2", "82947x3"), a_mue("82947", 2))["82947"].units == 5


@pytest.mark.parametrize("indicator", ["1", "2", "3"])
def test_zero_is_told_once_for_a_day_under_every_indicator(indicator):
    claim = make_claim("G0027", "G0027-59")
    assert told(claim, a_mue("G0027", 0, indicator)) == {"G0027": Status.ZERO_MUE}


def test_a_code_without_a_row_has_no_published_limit():
    claim = make_claim("J9999x3", "J9999x3@2026-07-16")
    assert told(claim) == {"J9999@1": Status.NO_PUBLISHED_MUE, "J9999@2": Status.NO_PUBLISHED_MUE}


# --- Spans ---


@pytest.mark.parametrize(
    ("units", "per_day"), [(10, 2), (11, 2), (12, 2), (13, 3), (1, 0), (15, 3), (7, 1), (8, 2)]
)
def test_units_of_five_days_are_shared_to_the_nearest_whole_number(units, per_day):
    claim = make_claim(f"97110x{units}@2026-07-01..2026-07-05")
    assert found(claim, a_mue("97110", 2, "1"))["97110@1"].units == per_day


def test_half_a_unit_a_day_counts_as_one():
    row = a_mue("97110", 3, "2")
    assert told(make_claim("97110x7@2026-07-01..2026-07-02"), row) == {"97110": Status.DOS_EXCEEDS_POLICY}
    assert told(make_claim("97110x6@2026-07-01..2026-07-02"), row) == {"97110": Status.WITHIN_LIMIT}


def test_a_span_adds_to_the_other_lines_of_its_days():
    row = a_mue("97110", 2, "2")
    span = "97110x10@2026-07-01..2026-07-05"
    assert told(make_claim(span, "97110@2026-07-05"), row) == {"97110": Status.DOS_EXCEEDS_POLICY}
    assert told(make_claim(span, "97110@2026-07-06"), row) == {
        "97110@1": Status.WITHIN_LIMIT,
        "97110@2": Status.WITHIN_LIMIT,
    }


def test_lines_in_one_chain_of_days_are_one_group_and_its_fullest_day_counts():
    claim = make_claim("97110@2026-07-05", "97110x5@2026-07-01..2026-07-05", "97110x3@2026-07-03..2026-07-05")
    for limit in (2, 3):
        finding = found(claim, a_mue("97110", limit))["97110"]
        assert (finding.units, finding.lines) == (3, (1, 2, 3))


NINE, EIGHT, AFTER = "97110x9@2026-07-01", "97110x8@2026-07-05", "97110x2@2026-07-06"


def test_days_that_only_a_span_ties_together_are_told_apart_with_the_lines_and_units_of_each():
    by_subject = found(make_claim(NINE, EIGHT, "97110@2026-07-01..2026-07-05"), a_mue("97110", 5))
    assert {subject: (one.status, one.units, one.day.day) for subject, one in by_subject.items()} == {
        "97110@1+3": (Status.DOS_EXCEEDS_CLINICAL, 9, 1),
        "97110@2+3": (Status.DOS_EXCEEDS_CLINICAL, 8, 5),
    }


def test_lines_over_on_several_days_are_told_once():
    finding = found(make_claim("97110x15@2026-07-01..2026-07-03"), a_mue("97110", 4))["97110"]
    assert (finding.units, finding.day) == (5, date(2026, 7, 1))


def test_a_line_of_no_day_that_is_over_is_told_of_beside_those_that_are():
    by_subject = found(make_claim(NINE, AFTER, "97110x6@2026-07-01..2026-07-06"), a_mue("97110", 5))
    assert {subject: (one.status, one.units, one.day.day) for subject, one in by_subject.items()} == {
        "97110@1+3": (Status.DOS_EXCEEDS_CLINICAL, 10, 1),
        "97110@2+3": (Status.WITHIN_LIMIT, 3, 6),
    }


def test_under_indicator_1_a_span_ties_no_lines_together():
    claim = make_claim(NINE, AFTER, "97110x6@2026-07-01..2026-07-06")
    assert told(claim, a_mue("97110", 5, "1")) == {
        "97110@1": Status.LINE_EXCEEDS,
        "97110@2": Status.WITHIN_LIMIT,
        "97110@3": Status.WITHIN_LIMIT,
    }


def test_zero_is_told_of_a_span_that_comes_to_no_unit_a_day():
    assert told(make_claim("G0027@2026-07-01..2026-07-05"), a_mue("G0027", 0)) == {"G0027": Status.ZERO_MUE}


def test_a_quarter_missing_between_two_that_are_loaded_is_not_called_within_its_limit():
    tables = [a_release("mue", "2026Q1"), a_release("mue", "2026Q3")]
    finding = found(make_claim("97110@2026-03-01..2026-07-31"), a_mue("97110", 1), mue=tables)["97110"]
    assert (finding.status, finding.day) == (Status.DATA_NOT_LOADED, date(2026, 4, 1))


def test_a_span_over_two_quarters_is_held_to_the_limit_of_each():
    table_of = {quarter: a_release("mue", quarter) for quarter in ("2026Q2", "2026Q3")}
    rows = {("2026Q2", "97110"): a_mue("97110", 2), ("2026Q3", "97110"): a_mue("97110", 1)}
    reference = replace(a_reference(), mue=table_of, mues=rows)
    [finding] = [
        one for one in check(make_claim("97110x8@2026-06-29..2026-07-02"), reference) if one.kind == Kind.MUE
    ]
    assert (finding.status, finding.row.mue_value, finding.units) == (Status.DOS_EXCEEDS_CLINICAL, 1, 2)
    assert finding.day == date(2026, 7, 1)


def test_a_span_that_leaves_the_loaded_quarters_is_not_called_within_its_limit():
    span = "97110x{}@2026-09-30..2026-10-01"
    assert told(make_claim(span.format(2)), a_mue("97110", 1)) == {"97110": Status.DATA_NOT_LOADED}
    assert told(make_claim(span.format(4)), a_mue("97110", 1)) == {"97110": Status.DOS_EXCEEDS_CLINICAL}


# --- What is loaded ---


def test_the_quarter_of_the_date_of_service_answers_and_no_other():
    claim = make_claim("82947x9@2026-06-30", "82947x9@2026-07-01")
    assert told(claim, a_mue("82947", 2)) == {
        "82947@1": Status.DATA_NOT_LOADED,
        "82947@2": Status.DOS_EXCEEDS_CLINICAL,
    }


@pytest.mark.parametrize(("day", "nearest"), [(date(2023, 2, 2), 0), (date(2025, 2, 2), 0), (date(2027, 2, 2), 1)])
def test_a_missing_quarter_names_the_one_before_it_that_is_loaded_or_else_the_next(day, nearest):
    tables = [a_release("mue", "2024Q3"), a_release("mue", "2026Q3")]
    finding = found(make_claim("82947", day=day), a_mue("82947", 2), mue=tables)["82947"]
    assert (finding.status, finding.row, finding.release) == (Status.DATA_NOT_LOADED, None, tables[nearest])


def test_a_span_into_a_quarter_that_is_not_loaded_keeps_what_the_loaded_one_says():
    claim = make_claim("J1885x16@2026-09-29..2026-10-02")
    finding = found(claim, a_mue("J1885", 8))["J1885"]
    assert (finding.status, finding.day) == (Status.DATA_NOT_LOADED, date(2026, 10, 1))
    assert (finding.row, finding.release, finding.units) == (a_mue("J1885", 8), a_release("mue"), 4)


def test_units_of_such_lines_are_added_up_as_the_loaded_row_says():
    claim = make_claim("J1885x4@2026-09-30..2026-10-01", "J1885x6@2026-09-30..2026-10-01")
    for indicator, units in (("1", 3), ("2", 5)):
        assert found(claim, a_mue("J1885", 5, indicator))["J1885"].units == units


def test_without_any_table_nothing_is_said_of_units():
    finding = found(make_claim("82947"), mue=[])["82947"]
    assert (finding.status, finding.release) == (Status.DATA_NOT_LOADED, None)


@pytest.mark.parametrize("why", [{"partial": True}, {"is_starter": True}])
def test_a_row_missing_from_an_incomplete_table_says_nothing_and_one_in_it_counts(why):
    tables = [a_release("mue", **why)]
    assert told(make_claim("82947"), mue=tables) == {"82947": Status.DATA_NOT_LOADED}
    assert told(make_claim("82947x9"), a_mue("82947", 2), mue=tables) == {"82947": Status.DOS_EXCEEDS_CLINICAL}


def test_dme_suppliers_have_limits():
    claim = make_claim("E0601-RRx2", setting=DME_SUPPLIER)
    assert told(claim, a_mue("E0601", 1, "2")) == {"E0601": Status.DOS_EXCEEDS_POLICY}


@pytest.mark.parametrize("unreadable", ["97110x0", "97110x1.5", "97110x?-1", "97110x?TEN", "9711x9"])
def test_a_line_that_cannot_be_read_adds_no_units(unreadable):
    assert told(make_claim("97110", unreadable), a_mue("97110", 1)) == {"97110": Status.WITHIN_LIMIT}
