from datetime import date

import pytest

from catalog import golden
from catalog.golden import Outcome
from catalog.models import GoldenPair, Release
from tests.builders import make_ptp, make_release

pytestmark = pytest.mark.django_db

DAY = date(2024, 8, 1)


def make_pair(column_two: str = "97597", expected: str = "indicator_1", **fields) -> GoldenPair:
    defaults = {"setting": "practitioner", "day": DAY, "source": "CMS, NCCI Policy Manual, chapter 1"}
    return GoldenPair.objects.create(
        column_one="11042", column_two=column_two, expected=expected, **defaults | fields
    )


def make_table(setting: str = "practitioner", quarter: str = "2024Q3", **fields) -> Release:
    return make_release(quarter, dataset="ptp", setting=setting, **fields)


def test_each_pair_comes_out_as_expected_otherwise_or_not_checked():
    release = make_table()
    row = make_ptp("11042", "97597", release)
    pairs = [make_pair(), make_pair("97598"), make_pair("97602", day=date(2024, 10, 1))]
    found = {result.pair: result for result in golden.results(release)}
    assert [found[pair].outcome for pair in pairs] == [
        Outcome.AS_EXPECTED,
        Outcome.OTHERWISE,
        Outcome.NOT_CHECKED,
    ]
    assert [found[pair].row for pair in pairs] == [row, None, None]
    assert found[pairs[1]].said == "No edit on file"
    assert found[pairs[2]].said == "It answers for Jan 1, 1996 to Sep 30, 2024 only"
    tally = golden.Checked(release, list(found.values())).tally
    assert tally == {Outcome.OTHERWISE: 1, Outcome.AS_EXPECTED: 1, Outcome.NOT_CHECKED: 1}


@pytest.mark.parametrize("fields", [{"partial": True}, {"origin": Release.Origin.STARTER}])
def test_a_table_that_is_not_whole_answers_only_with_the_rows_it_has(fields):
    release = make_table(**fields)
    make_ptp("11042", "97597", release)
    present, missing = make_pair(expected="indicator_0"), make_pair("97598")
    found = {result.pair: result for result in golden.results(release)}
    assert found[present].is_wrong
    assert found[missing] == (missing, Outcome.NOT_CHECKED, "No row of it, but the table is not whole", None)


def test_a_release_that_is_being_written_is_as_incomplete_as_it_is_told_to_be():
    release = make_table()
    make_pair()
    assert golden.results(release)[0].is_wrong
    assert not golden.results(release, is_partial=True)[0].is_wrong


def test_current_and_rehearsed_tables_are_checked_with_their_own_pairs(django_assert_num_queries):
    for setting in ("practitioner", "outpatient_hospital"):
        make_table(setting)
        make_pair(setting=setting)
    rehearsed = make_table(quarter="2024Q4", state=Release.State.REHEARSED)
    make_table(quarter="2024Q2", current=False)
    make_release(dataset="mue", setting="practitioner")
    with django_assert_num_queries(5):
        found = golden.check_all()
    assert [(one.release.setting, one.release.quarter, len(one.results)) for one in found] == [
        ("practitioner", "2024Q3", 1),
        ("outpatient_hospital", "2024Q3", 1),
        ("practitioner", "2024Q4", 1),
    ]
    assert found[-1].release == rehearsed
    assert all(result.is_wrong for one in found for result in one.results)


def test_pairs_are_asked_for_ten_at_a_time(django_assert_num_queries):
    release = make_table()
    for number in range(25):
        make_ptp("11042", f"{97600 + number}", release)
        make_pair(f"{97600 + number}")
    with django_assert_num_queries(4):
        found = golden.results(release)
    assert [result.outcome for result in found] == [Outcome.AS_EXPECTED] * 25


def test_without_a_pair_no_table_is_read(django_assert_num_queries):
    release = make_table()
    with django_assert_num_queries(1):
        assert golden.results(release) == []


def test_a_release_that_no_pair_speaks_for_says_so_and_never_that_all_is_well():
    release = make_table()
    make_pair(setting="outpatient_hospital")
    kept = golden.check(release)
    assert (kept.checked, kept.silence) == (0, golden.none_kept("practitioner"))
    assert kept.silence == (
        "No golden pair is kept for practitioners: nothing was checked against expected answers."
    )
    make_pair(day=date(2024, 10, 1))
    assert golden.check(release).silence == (
        "The golden pair kept for practitioners cannot be checked against it: "
        "nothing was checked against expected answers."
    )
    make_pair("97598", day=date(2024, 10, 1))
    assert golden.check(release).silence.startswith("None of the 2 golden pairs kept for practitioners can be")
    make_pair("97602")
    assert (golden.check(release).checked, golden.check(release).silence) == (1, "")
