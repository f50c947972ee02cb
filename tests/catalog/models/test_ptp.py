from datetime import date

import pytest

from catalog.models import PtpEdit, Release
from tests.builders import make_ptp, make_release
from tests.plans import assert_searches_indexes

pytestmark = pytest.mark.django_db

DAY = date(2024, 7, 1)


def pairs(edits) -> set[tuple[str, str]]:
    return {(edit.column_one, edit.column_two) for edit in edits}


def test_edits_among_codes_are_found_in_either_order_by_one_query(django_assert_num_queries):
    make_ptp("11042", "97597")
    make_ptp("99213", "11042")
    make_ptp("11042", "36415")
    with django_assert_num_queries(1):
        found = list(PtpEdit.objects.among(["97597", "11042", "99213", "11042"]))
    assert pairs(found) == {("11042", "97597"), ("99213", "11042")}


def test_among_no_codes_or_one_there_is_no_edit():
    make_ptp("11042", "97597")
    assert not PtpEdit.objects.among([]).exists()
    assert not PtpEdit.objects.among(["11042"]).exists()


def test_a_pair_is_found_in_either_order_with_all_its_periods():
    ended = make_ptp("11042", "97597", effective_date=date(2010, 1, 1), deletion_date=date(2012, 12, 31))
    turned = make_ptp("97597", "11042")
    make_ptp("11042", "36415")
    for one, two in (("11042", "97597"), ("97597", "11042")):
        assert set(PtpEdit.objects.for_pair(one, two)) == {ended, turned}


def test_a_code_is_found_in_both_columns():
    make_ptp("11042", "97597")
    make_ptp("99213", "11042")
    make_ptp("99213", "36415")
    assert pairs(PtpEdit.objects.for_code("11042")) == {("11042", "97597"), ("99213", "11042")}


@pytest.mark.parametrize(
    ("fields", "is_in_force"),
    [
        ({}, True),
        ({"effective_date": DAY}, True),
        ({"effective_date": date(2024, 7, 2)}, False),
        ({"deletion_date": DAY}, True),
        ({"deletion_date": date(2024, 6, 30)}, False),
        ({"modifier_indicator": "0"}, True),
        ({"modifier_indicator": "9"}, False),
        ({"modifier_indicator": "9", "effective_date": DAY, "deletion_date": DAY}, False),
    ],
)
def test_an_edit_is_in_force_from_its_effective_to_its_deletion_date(fields, is_in_force):
    make_ptp("11042", "97597", **fields)
    assert PtpEdit.objects.effective_on(DAY).exists() is is_in_force


def test_edits_are_those_of_one_release():
    older = make_release("2024Q2", dataset="ptp", setting="practitioner", current=False)
    hospital = make_release("2024Q3", dataset="ptp", setting="outpatient_hospital")
    mine = make_ptp("11042", "97597")
    make_ptp("11042", "97597", older)
    make_ptp("11042", "97597", hospital)
    assert list(PtpEdit.objects.of(mine.release)) == [mine]
    assert not PtpEdit.objects.of(None).exists()


def test_an_edit_says_whether_it_is_open_and_what_it_is():
    edit = make_ptp("11042", "97597")
    assert edit.is_open
    assert str(edit) == "11042 and 97597, from 2020-01-01"
    assert not make_ptp("11042", "97598", deletion_date=DAY).is_open


@pytest.mark.parametrize(
    "narrow",
    [
        lambda edits: edits.among([f"{code}" for code in range(11000, 11050)]),
        lambda edits: edits.among(["11042", "97597"]).effective_on(DAY),
        lambda edits: edits.for_pair("11042", "97597"),
        lambda edits: edits.for_code("11042"),
        lambda edits: edits.for_code("11042").effective_on(DAY),
        lambda edits: edits.filter(column_one="11042").effective_on(DAY).order_by("column_two")[:50],
        lambda edits: edits.filter(column_two="11042").effective_on(DAY).order_by("column_one")[:50],
    ],
    ids=[
        "among 50",
        "among, in force",
        "pair",
        "code",
        "code, in force",
        "column one, a page",
        "column two, a page",
    ],
)
def test_edits_are_searched_for_by_index(narrow):
    release = make_ptp("11042", "97597").release
    assert isinstance(release, Release)
    assert_searches_indexes(narrow(PtpEdit.objects.of(release)))
