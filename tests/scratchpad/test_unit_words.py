from datetime import date, timedelta

import pytest

from scratchpad.findings import Kind, Status
from scratchpad.reference import Reference
from scratchpad.unit_words import unit_text
from tests.scratchpad.worded import DAY, claim, line, mue, of_line, release

ONE_LINE = claim("11042")


SUMMER = Reference(mue={"2024Q3": release("mue")}, mue_loaded=(release("mue"),))


def text(status: Status, row=None, about=ONE_LINE, reference=SUMMER, **fields):
    return unit_text(of_line(Kind.MUE, status, row, **fields), about, reference)


def told(*args, **fields) -> str:
    said = text(*args, **fields)
    return " ".join((said.headline, *said.sentences, said.change, said.seen))


def test_units_of_a_day_over_the_limit_are_told_in_the_words_of_the_design():
    said = text(Status.DOS_EXCEEDS_CLINICAL, mue(value=8), units=10)
    assert said.headline == "11042: 10 units on one day, the limit is 8"
    assert (
        said.sentences[0]
        == "All 10 units of 11042 on this date are denied by this edit, not only the 2 above the limit."
    )


def test_units_of_a_line_over_the_limit_speak_of_that_line():
    said = text(Status.LINE_EXCEEDS, mue("1", 4), claim(line(1, "11042", 6)), units=6)
    assert said.headline == "11042: 6 units on one line, the limit is 4"
    assert said.sentences[0] == "All 6 units of line 1 are denied by this edit, not only the 2 above the limit."


@pytest.mark.parametrize(
    ("status", "mai", "change"),
    [
        (Status.LINE_EXCEEDS, "1", "may be reported on lines of their own"),
        (
            Status.DOS_EXCEEDS_POLICY,
            "2",
            "2 units or fewer on one day. Beyond that: no. The value follows from law",
        ),
        (
            Status.DOS_EXCEEDS_CLINICAL,
            "3",
            "Beyond that: perhaps. The contractor may allow more after it has looked at the records",
        ),
    ],
)
def test_what_would_change_a_limit_depends_on_its_indicator(status, mai, change):
    assert change in text(status, mue(mai), units=5).change


@pytest.mark.parametrize(
    ("units", "limit", "denied"),
    [
        (2, 1, "Both units of 11042 on this date are denied by this edit, not only the one above the limit."),
        (4, 3, "All 4 units of 11042 on this date are denied by this edit, not only the one above the limit."),
        (4, 2, "All 4 units of 11042 on this date are denied by this edit, not only the 2 above the limit."),
    ],
)
def test_one_unit_and_two_are_told_in_good_english(units, limit, denied):
    assert text(Status.DOS_EXCEEDS_CLINICAL, mue(value=limit), units=units).sentences[0] == denied


def test_a_limit_of_one_is_met_by_one_unit_and_by_no_fewer():
    assert text(Status.DOS_EXCEEDS_POLICY, mue("2", 1), units=2).change.startswith("1 unit on one day.")


def test_lines_counted_together_are_named_and_modifiers_do_not_split_them():
    two = claim("11042", "11042-59")
    finding = of_line(Kind.MUE, Status.DOS_EXCEEDS_POLICY, mue("2", 1), units=2)._replace(lines=(1, 2))
    together = "Lines 1 and 2 are counted together: modifiers do not split them."
    assert together in unit_text(finding, two, SUMMER).sentences


@pytest.mark.parametrize(
    ("units", "last", "sentence"),
    [
        (11, 19, "Line 1: 11 units over 5 days count as 2 a day."),
        (
            5,
            16,
            "Line 1: 5 units over 2 days count as 3 a day (halves are rounded up, which is this site’s choice).",
        ),
    ],
)
def test_a_span_says_how_many_units_count_a_day(units, last, sentence):
    span = claim(line(1, "11042", units, DAY, last_day=date(2024, 8, last)))
    assert sentence in text(Status.WITHIN_LIMIT, mue(value=4), span, units=2).sentences


def test_reason_codes_of_units_say_what_is_from_secondary_sources():
    seen = text(Status.DOS_EXCEEDS_POLICY, mue("2"), units=5).seen
    assert "RARC N362" in seen
    assert "from secondary sources also CARC 151" in seen
    assert "222" not in seen


@pytest.mark.parametrize(("units", "words"), [(1, "1 unit over 3 days counts"), (4, "4 units over 3 days count")])
def test_the_units_of_a_span_are_counted_in_good_english(units, words):
    span = claim(line(1, "11042", units, DAY, last_day=date(2024, 8, 17)))
    assert f"Line 1: {words} as " in told(Status.WITHIN_LIMIT, mue(value=4), span, units=1)


def test_a_line_over_its_limit_day_for_day_is_denied_with_its_own_units():
    span = claim(line(1, "11042", 10, DAY, last_day=date(2024, 8, 19)))
    said = text(Status.LINE_EXCEEDS, mue("1", 1), span, units=2, day=DAY)
    assert said.headline == "11042: 2 units a day on line 1, the limit is 1"
    assert said.sentences[0] == ("All 10 units of line 1 are denied by this edit, not only those above the limit.")


OCTOBER = date(2024, 10, 2)
OVER_TWO_QUARTERS = claim(line(1, "11042", 10, date(2024, 9, 28), last_day=OCTOBER))


def test_units_over_several_days_name_the_day_that_is_over():
    said = text(Status.DOS_EXCEEDS_POLICY, mue("2", 1), OVER_TWO_QUARTERS, units=2, day=OCTOBER)
    assert said.headline == "11042: 2 units on Oct 2, 2024, the limit is 1"
    assert "Both units of 11042 on Oct 2, 2024 are denied by this edit" in said.sentences[0]


def test_a_span_into_a_quarter_that_is_not_loaded_says_what_the_loaded_one_says_and_which_days_are_missing():
    said = text(Status.DATA_NOT_LOADED, mue(value=4), OVER_TWO_QUARTERS, units=2, day=date(2024, 10, 1))
    assert said.headline == "11042: within on the loaded days, not checked on the others"
    assert said.sentences[:2] == (
        "For Sep 28 to Sep 30, 2024, July 2024 (2024Q3) answers: 2 units a day, within the limit of 4 per date of "
        "service.",
        "Oct 1 to Oct 2, 2024 are not loaded.",
    )


def test_of_a_code_without_a_value_on_its_loaded_days_that_is_said():
    said = text(Status.DATA_NOT_LOADED, None, OVER_TWO_QUARTERS, units=2, day=date(2024, 10, 1))
    assert said.headline == "11042: no published value on the loaded days, not checked on the others"
    assert said.sentences[0].startswith(
        "For Sep 28 to Sep 30, 2024, July 2024 (2024Q3) answers: no value is published for this code."
    )


@pytest.mark.parametrize("status", [Status.DOS_EXCEEDS_POLICY, Status.ZERO_MUE])
def test_a_span_over_its_limit_on_a_loaded_day_says_which_days_are_not_loaded(status):
    span = claim(line(1, "11042", 10, date(2024, 9, 30), last_day=date(2024, 10, 1)))
    said = text(status, mue("2", 0), span, units=5, day=date(2024, 9, 30))
    assert "Oct 1, 2024 is not loaded." in said.sentences
    assert not any("not loaded" in one for one in text(status, mue("2", 0), units=5, day=DAY).sentences)


@pytest.mark.parametrize("status", [Status.WITHIN_LIMIT, Status.ZERO_MUE, Status.NO_PUBLISHED_MUE])
def test_findings_on_a_code_of_several_days_are_told_apart(status):
    two = claim(line(1, "11042"), line(2, "11042", day=date(2024, 8, 16)))
    row = None if status is Status.NO_PUBLISHED_MUE else mue()
    findings = (
        of_line(Kind.MUE, status, row, units=1, day=date(2024, 8, day))._replace(lines=(at,))
        for at, day in ((1, 15), (2, 16))
    )
    first, second = (unit_text(finding, two, SUMMER) for finding in findings)
    assert first.headline.startswith("11042 on Aug 15, 2024: ")
    assert second.headline.startswith("11042 on Aug 16, 2024: ")


def test_that_modifiers_do_not_split_units_is_said_once():
    two = claim("11042", "11042-59")
    finding = of_line(Kind.MUE, Status.WITHIN_LIMIT, mue("2", 4), units=2)._replace(lines=(1, 2))
    assert " ".join(unit_text(finding, two, SUMMER).sentences).lower().count("modifiers do not split them") == 1


def test_reason_codes_of_units_explain_no_group_that_they_do_not_name():
    assert "Group" not in text(Status.DOS_EXCEEDS_POLICY, mue("2"), units=5).seen


def test_the_value_zero_is_not_said_to_be_no_limit():
    said = told(Status.ZERO_MUE, mue(value=0), units=1)
    assert "the published value is 0 in this setting, and no number of units fits it" in said
    assert "Not payable to practitioners under this edit" in said
    assert "It does not mean that there is no limit." in said


def test_no_published_value_may_still_be_a_limit():
    assert "may still have a limit" in told(Status.NO_PUBLISHED_MUE)


def later(title: str, quarter: str, day: date):
    return release("mue", title)._replace(quarter=quarter, first_day=day, last_day=day + timedelta(days=90))


def test_a_quarter_that_is_not_loaded_is_named_and_so_are_those_on_either_side_of_it():
    spring = later("April 2026", "2026Q2", date(2026, 4, 1))
    around = Reference(mue_loaded=(release("mue"), spring, later("July 2026", "2026Q3", date(2026, 7, 1))))
    between = claim(line(1, "11042", day=date(2025, 2, 2)))
    said = text(Status.DATA_NOT_LOADED, None, between, around)
    assert said.headline == "11042: no table of 2025Q1 is loaded"
    assert said.sentences == (
        "Each quarter has its own table of values. The nearest loaded ones are July 2024 (2024Q3) and April 2026 "
        "(2026Q2).",
        "The units were compared with nothing.",
    )


def test_the_nearest_table_is_one_where_none_is_loaded_on_the_other_side():
    said = told(Status.DATA_NOT_LOADED, about=claim(line(1, "11042", day=date(2024, 2, 2))))
    assert "no table of 2024Q1 is loaded" in said
    assert "The nearest loaded one is July 2024 (2024Q3)." in said


def test_before_mues_began_no_table_is_missing():
    said = text(Status.DATA_NOT_LOADED, about=claim(line(1, "11042", day=date(2006, 12, 31))))
    assert said.headline == "11042: the date is before MUEs began"
    assert said.sentences[0] == "The first took effect on Jan 1, 2007."
    assert "loaded" not in " ".join(said.sentences)


def test_a_starter_table_says_that_it_is_one():
    starter = release("mue", "Starter set", is_starter=True)
    assert "the starter set has no value for this code" in told(Status.DATA_NOT_LOADED, release=starter)
    old = claim(line(1, "11042", day=date(2024, 2, 2)))
    around = Reference(mue_loaded=(starter,))
    said = told(Status.DATA_NOT_LOADED, about=old, release=starter, reference=around)
    assert "Only starter data is loaded, for Jul 1 to Sep 30, 2024." in said
